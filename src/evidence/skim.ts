import type { EvidenceFolder, RunHeader } from '../model/evidence.ts';
import { PreflightError } from '../model/preflight-error.ts';
import type { AttemptRecord, DenialRecord, EndRecord, HealthRecord, RunRecord, StopRecord } from '../model/records.ts';
import { attributing } from './denials.ts';
import { parseDenial, parseRecord } from './parse.ts';
import { inOrder, readFolder } from './read.ts';
import { codeOf, type EvidenceStore } from './store.ts';

// A long history is read once instead of twice. What the first and the last line of each file say is believed until its records are read,
// and reading them checks each line and their number: of a file that begins with its run and closes with the end of it, and of parts that
// begin where the part before them ends.

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

type Bounds = { readonly name: string; readonly run: RunRecord; readonly end: EndRecord | null };
/** `records`: how many, without the run record. */
type Believed = { readonly name: string; readonly run: string; readonly records: number };

/** What the first and the last line of each file say; null where some run is anything but whole, in one file or in parts. */
function skimFolder(store: EvidenceStore): EvidenceFolder | null {
  const runs = new Map<string, Bounds[]>();
  const denials: DenialRecord[] = [];
  for (const name of store.list()) {
    const bounds = readable(() => boundsOf(store, name) ?? denialsIn(store, name));
    if (bounds === null) return null;
    if (Array.isArray(bounds)) denials.push(...bounds);
    else runs.set(bounds.run.run, [...(runs.get(bounds.run.run) ?? []), bounds]);
  }
  const headers: RunHeader[] = [];
  const files: Believed[] = [];
  for (const bounds of runs.values()) {
    const believed = believedOf(bounds.toSorted((a, b) => firstOf(a) - firstOf(b)));
    if (believed === null) return null;
    headers.push(believed.header);
    files.push(...believed.files);
  }
  const attributed = attributing(denials, headers);
  return {
    headers: inOrder(headers),
    problems: [],
    copies: [],
    *records(wanted) {
      for (const file of files) {
        if (!wanted.has(file.run)) continue;
        for (const record of checkedRecords(store, file)) yield attributed(record);
      }
    },
  };
}

function boundsOf(store: EvidenceStore, name: string): Bounds | null {
  const [first] = store.lines(name);
  const run = first === undefined ? null : parseRecord(first.text, `${name}:1`);
  if (run?.record !== 'run') return null;
  const last = store.lastLine(name);
  const end = last === null ? null : parseRecord(last, name);
  return { name, run, end: end?.record === 'end' && end.run === run.run ? end : null };
}

/** Null where some line of it is no denial. */
function denialsIn(store: EvidenceStore, name: string): DenialRecord[] | null {
  const denials: DenialRecord[] = [];
  for (const { text } of store.lines(name)) {
    const denial = parseDenial(text);
    if (denial === null) return null;
    denials.push(denial);
  }
  return denials.length === 0 ? null : denials;
}

const firstOf = ({ run: { part } }: Bounds): number => part?.recordsBefore ?? 0;

/** Each file is to end where the next one begins, and the last one with the end of the run. */
function believedOf(bounds: readonly Bounds[]): { readonly header: RunHeader; readonly files: Believed[] } | null {
  const [first, ...others] = bounds;
  const end = bounds.at(-1)?.end ?? null;
  if (first === undefined || end === null || firstOf(first) > 0) return null;
  const isInParts = bounds.every(({ run: { part } }) => part !== null);
  if (others.length > 0 && !isInParts) return null;
  const files = bounds.map((each, index) => {
    const next = bounds[index + 1];
    const upTo = next === undefined ? end.records : firstOf(next);
    return { name: each.name, run: each.run.run, records: upTo - firstOf(each) };
  });
  // only the first part may be empty: two others that begin at one place are a part that was written twice
  if (files.slice(1).some(({ records }) => records <= 0)) return null;
  const header = { run: first.run, end, lastAt: end.at, records: end.records + 1, state: 'whole', why: null } as const;
  return { header, files };
}

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
  if (line !== records + 1) throw new SkimError(`${name} has ${line} lines, and ${records + 1} are spoken of`);
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
