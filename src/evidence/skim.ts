import type { EvidenceFolder, RunHeader } from '../model/evidence.ts';
import { PreflightError } from '../model/preflight-error.ts';
import type { AttemptRecord, HealthRecord, StopRecord } from '../model/records.ts';
import { parseRecord } from './parse.ts';
import { inOrder, readFolder } from './read.ts';
import { codeOf, type EvidenceStore } from './store.ts';

// A long history is read once instead of twice. A file that begins with its run and closes with the end of it is believed to be whole until
// its records are read, and reading them checks each line and their number.

/** A file is not what was believed of it: the folder is to be read as a whole, before anything counts. */
class SkimError extends Error {
  override readonly name = 'SkimError';
}

export type Evidence = {
  /** Its records may throw, where `folding` does not stand around them. */
  readonly folder: EvidenceFolder;
  /** What comes of the folder; made anew, of a whole reading, where the records are not what was believed of them. */
  folding<T>(fold: (folder: EvidenceFolder) => T): T;
};

export function openEvidence(store: EvidenceStore): Evidence {
  const folder = skimFolder(store) ?? readFolder(store);
  return {
    folder,
    folding(fold) {
      try {
        return fold(folder);
      } catch (error) {
        if (error instanceof SkimError) return fold(readFolder(store));
        throw error;
      }
    },
  };
}

/** What the first and the last line of each file say; null where some file is anything but one run from its beginning to its end. */
function skimFolder(store: EvidenceStore): EvidenceFolder | null {
  const headers = new Map<string, RunHeader>();
  const runs = new Set<string>();
  for (const name of store.list()) {
    const header = readable(() => headerOf(store, name));
    if (header === null || runs.has(header.run.run)) return null;
    headers.set(name, header);
    runs.add(header.run.run);
  }
  return {
    headers: inOrder([...headers.values()]),
    problems: [],
    *records(wanted) {
      for (const [name, { run, records }] of headers) {
        if (wanted.has(run.run)) yield* checkedRecords(store, { name, run: run.run, records });
      }
    },
  };
}

function headerOf(store: EvidenceStore, name: string): RunHeader | null {
  const [first] = store.lines(name);
  const last = store.lastLine(name);
  const run = first === undefined ? null : parseRecord(first.text, `${name}:1`);
  const end = last === null ? null : parseRecord(last, name);
  if (run?.record !== 'run' || end?.record !== 'end' || end.run !== run.run) return null;
  return { run, end, lastAt: end.at, records: end.records + 1, state: 'whole', why: null };
}

type Believed = { readonly name: string; readonly run: string; readonly records: number };

function* checkedRecords(
  store: EvidenceStore,
  { name, run, records }: Believed,
): Iterable<AttemptRecord | StopRecord | HealthRecord> {
  let line = 0;
  try {
    for (const { text } of store.lines(name)) {
      line += 1;
      const record = parseRecord(text, `${name}:${line}`);
      const isInPlace = record?.run === run && (record.record === 'run') === (line === 1);
      if (!isInPlace) throw new SkimError(`${name}:${line} is not what the first and the last line speak of`);
      if (record.record !== 'run' && record.record !== 'end') yield record;
    }
  } catch (error) {
    throw isOfSystem(error) ? new SkimError(`${name} cannot be read`, { cause: error }) : error;
  }
  if (line !== records) throw new SkimError(`${name} has ${line} lines, and its end speaks of ${records}`);
}

/** A whole reading names what the system cannot read, and judges what it read up to there. */
function readable<T>(work: () => T): T | null {
  try {
    return work();
  } catch (error) {
    if (isOfSystem(error)) return null;
    throw error;
  }
}

const isOfSystem = (error: unknown): boolean => codeOf(error) !== null && !(error instanceof PreflightError);
