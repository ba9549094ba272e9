import type { AttemptRecord, EndRecord, HealthRecord, RunRecord, StopRecord } from './records.ts';

/** What reading a folder says of one run, before its attempts are looked at. */
export type RunHeader = {
  readonly run: RunRecord;
  readonly end: EndRecord | null;
  /** Time of its last record. */
  readonly lastAt: string;
  readonly records: number;
  /**
   * `whole`: every record is there. `no-end`: killed or still going; its failures count and it is never clean. `damaged`: a line is
   * lost or unreadable, which may have been a failure: unknown, never clean.
   */
  readonly state: 'whole' | 'no-end' | 'damaged';
  /** For people, where the state is not `whole`. */
  readonly why: string | null;
};

export type EvidenceFolder = {
  /** In order of their start. */
  readonly headers: readonly RunHeader[];
  /** Files and lines that cannot be read or are no evidence, a sentence each with the place. */
  readonly problems: readonly string[];
  /** Files that are copies of others, byte for byte: they add nothing and take nothing away. */
  readonly copies: readonly string[];
  /** The records of these runs, in the order in which they were written, one at a time. */
  records(runs: ReadonlySet<string>): Iterable<AttemptRecord | StopRecord | HealthRecord>;
};
