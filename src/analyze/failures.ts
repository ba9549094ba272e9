import type { FailureSeen } from '../model/analysis.ts';
import { isCause } from '../model/causes.ts';
import type { AttemptRecord, Failure } from '../model/records.ts';
import { createRunMarks, type RunMarks } from './distinct.ts';

const CAP = 200;

type Entry = Failure & {
  readonly part: string | null;
  count: number;
  firstAt: string;
  lastAt: string;
  readonly runs: RunMarks;
};

export type FailureFold = {
  add(record: AttemptRecord, run: number): void;
  read(): readonly FailureSeen[];
};

/** The distinct failures of a target. Beyond the cap servers and codes are dropped and never the cause, which may be a blocker. */
export function createFailureFold(runs: number): FailureFold {
  const entries = new Map<string, Entry>();

  function entryFor(failure: Failure & { readonly part: string | null }, at: string): Entry {
    const key = keyOf(failure);
    const known = entries.get(key);
    if (known !== undefined) return known;
    if (entries.size >= CAP && !isCoarse(failure)) return entryFor(coarse(failure), at);
    const entry = { ...failure, count: 0, firstAt: at, lastAt: at, runs: createRunMarks(runs) };
    entries.set(key, entry);
    return entry;
  }

  return {
    add(record, run) {
      if (record.failure === null) return;
      const part = record.part?.reached === true ? record.part.name : null;
      const entry = entryFor({ ...record.failure, part }, record.at);
      entry.count += 1;
      if (record.at < entry.firstAt) entry.firstAt = record.at;
      if (record.at > entry.lastAt) entry.lastAt = record.at;
      entry.runs.mark(run);
    },
    read: () =>
      [...entries.values()]
        .map(({ runs: marks, ...entry }) => ({ ...entry, runs: marks.count() }))
        .sort((a, b) => b.count - a.count || (keyOf(a) < keyOf(b) ? -1 : 1)),
  };
}

const keyOf = ({ part, stage, server, cause, code, number }: Failure & { readonly part: string | null }): string =>
  JSON.stringify([cause, stage, server, code, number, part]);

type PartFailure = Failure & { readonly part: string | null };

const coarse = (failure: PartFailure): PartFailure => ({
  stage: failure.stage,
  // Causes of a newer tool have no text here, and there is no end to their names.
  cause: isCause(failure.cause) ? failure.cause : 'unclassified',
  server: null,
  code: null,
  number: null,
  detail: 'one of more kinds than are told apart',
  part: failure.part,
});

const isCoarse = ({ server, code, number, cause }: PartFailure): boolean =>
  server === null && code === null && number === null && isCause(cause);
