import type { AttemptRecord, EvidenceRecord, HealthRecord, RunRecord, StopRecord } from '../model/records.ts';
import type { Redaction } from '../model/redaction.ts';
import type { EvidenceStore } from './store.ts';

export type RunWriter = {
  /** Of the file that the run is written to. */
  readonly name: string;
  write(record: AttemptRecord | StopRecord | HealthRecord): void;
  end(at: string, interrupted: boolean): void;
};

/**
 * Begins the evidence of a run. Each record is a line that stands in the file before the next attempt begins, so that a killed run loses
 * none that was finished. `written` is given each line but that of the run.
 */
export function beginRun(
  store: EvidenceStore,
  run: RunRecord,
  redaction: Redaction,
  written: (line: string) => void = () => {},
): RunWriter {
  const name = fileName(run, 1);
  const file = store.create(name);
  let records = 0;
  const append = (record: EvidenceRecord) => {
    // counted first, so that one which cannot be written is missed when the run is read
    records += 1;
    const line = JSON.stringify(redaction.data(excerpted(record, redaction)));
    file.append(line);
    if (record.record !== 'run') written(line);
  };
  append(run);
  return {
    name,
    write: append,
    end(at, interrupted) {
      append({ record: 'end', run: run.run, at, interrupted, records });
      file.close();
    },
  };
}

const EXCERPT_LENGTH = 240;

/** A server's text is cut to a short excerpt after it was redacted: a cut through a secret would hide its rest from the search. */
function excerpted(record: EvidenceRecord, redaction: Redaction): EvidenceRecord {
  if (record.record !== 'attempt' || record.failure === null) return record;
  const detail = redaction.text(record.failure.detail).slice(0, EXCERPT_LENGTH);
  return { ...record, failure: { ...record.failure, detail } };
}

/** A name has at most 255 bytes on most file systems. */
const LONGEST_CONTEXT = 100;

/** For people: nothing is read from it. */
export function fileName({ context, at, run }: RunRecord, part: number): string {
  const name = context.name
    .replace(/[^A-Za-z0-9_.-]+/g, '_')
    .replace(/^\.+/, '_')
    .slice(0, LONGEST_CONTEXT);
  const startedAt = at.replace(/[-:]/g, '').replace(/\.\d+/, '');
  return `${name}-${startedAt}-${run}.${String(part).padStart(4, '0')}.ndjson`;
}
