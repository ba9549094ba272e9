import { createHash } from 'node:crypto';
import type { EvidenceFolder, RunHeader } from '../model/evidence.ts';
import { PreflightError } from '../model/preflight-error.ts';
import type {
  AttemptRecord,
  EndRecord,
  EvidenceRecord,
  HealthRecord,
  RunRecord,
  StopRecord,
} from '../model/records.ts';
import { parseRecord } from './parse.ts';
import { codeOf, type EvidenceStore } from './store.ts';

/** What one reading learns of a run, in one file or over all of them. */
type Draft = {
  run: RunRecord | null;
  end: EndRecord | null;
  lastAt: string;
  records: number;
  readonly damage: string[];
};

type FileReading = {
  readonly name: string;
  /** Read so far: what came later, or cannot be read any more, is in no header. */
  readonly lines: number;
  readonly digest: string;
  readonly drafts: ReadonlyMap<string, Draft>;
  readonly problems: readonly string[];
};

/**
 * Reads a folder by the `run` key of its records; a file name means nothing. Tolerant of unknown keys and never of lost lines: an
 * unreadable line is forgiven only as the last of a file whose run has no end, where a kill cut it off.
 */
export function readFolder(store: EvidenceStore): EvidenceFolder {
  const files = withoutCopies(store.list().map((name) => readFile(store, name)));
  const drafts = new Map<string, Draft>();
  for (const file of files) {
    for (const [run, draft] of file.drafts) drafts.set(run, merge(drafts.get(run), draft));
  }
  const orphans = [...drafts].filter(([, draft]) => draft.run === null);
  return {
    headers: headersOf(drafts),
    problems: [
      ...files.flatMap((file) => file.problems),
      ...orphans.map(
        ([run, { records }]) => `run ${run}: ${records} records, and the record that begins the run is missing`,
      ),
    ],
    *records(wanted) {
      for (const file of files) {
        if ([...file.drafts.keys()].some((run) => wanted.has(run))) yield* recordsOf(store, file, wanted);
      }
    },
  };
}

/** A copy of another file, byte for byte, adds nothing and takes nothing away. */
function withoutCopies(files: readonly FileReading[]): readonly FileReading[] {
  const seen = new Set<string>();
  return files.filter(({ digest }) => {
    const fresh = !seen.has(digest);
    seen.add(digest);
    return fresh;
  });
}

function readFile(store: EvidenceStore, name: string): FileReading {
  const drafts = new Map<string, Draft>();
  const hash = createHash('sha256');
  const unreadable: { readonly line: number; readonly last: boolean }[] = [];
  let line = 0;
  try {
    for (const { text, last } of store.lines(name)) {
      hash.update(text).update('\n');
      line += 1;
      const record = parseRecord(text, `${name}:${line}`);
      if (record === null) unreadable.push({ line, last });
      else drafts.set(record.run, note(drafts.get(record.run), record));
    }
  } catch (error) {
    const why = codeOf(error);
    if (why === null || error instanceof PreflightError) throw error;
    // read up to here, perhaps: what follows may have been a failure
    for (const draft of drafts.values()) draft.damage.push(`${name} cannot be read beyond line ${line} (${why})`);
    return { name, lines: line, digest: name, drafts, problems: [`${name} cannot be read (${why})`] };
  }
  return { name, lines: line, digest: hash.digest('hex'), drafts, problems: blame(drafts, unreadable, name) };
}

function note(draft: Draft | undefined, record: EvidenceRecord): Draft {
  const known = draft ?? { run: null, end: null, lastAt: record.at, records: 0, damage: [] };
  known.records += 1;
  known.lastAt = later(known.lastAt, record.at);
  if (record.record === 'run') known.run = record;
  if (record.record === 'end') known.end = record;
  return known;
}

/** Whom an unreadable line belonged to can not be known: every run of its file may have lost a failure. */
function blame(
  drafts: ReadonlyMap<string, Draft>,
  unreadable: readonly { readonly line: number; readonly last: boolean }[],
  name: string,
): string[] {
  if (drafts.size === 0) {
    return [`${name}: no line of it is an evidence record; move it out of the folder, or restore it`];
  }
  for (const { line, last } of unreadable) {
    for (const draft of drafts.values()) {
      if (last && draft.end === null) continue;
      draft.damage.push(`${name}:${line} cannot be read`);
    }
  }
  return [];
}

function merge(one: Draft | undefined, other: Draft): Draft {
  if (one === undefined) return other;
  return {
    run: one.run ?? other.run,
    end: one.end ?? other.end,
    lastAt: later(one.lastAt, other.lastAt),
    records: one.records + other.records,
    damage: [...one.damage, ...other.damage],
  };
}

function headersOf(drafts: ReadonlyMap<string, Draft>): readonly RunHeader[] {
  const headers: RunHeader[] = [];
  for (const { run, end, lastAt, records, damage } of drafts.values()) {
    if (run === null) continue;
    const lost = end === null ? 0 : end.records + 1 - records;
    const why =
      damage[0] ?? (lost === 0 ? null : `${Math.abs(lost)} of its records are ${lost > 0 ? 'missing' : 'too many'}`);
    headers.push({
      run,
      end,
      lastAt,
      records,
      state: why !== null ? 'damaged' : end === null ? 'no-end' : 'whole',
      why: why ?? (end === null ? 'it has no end: killed, or still running' : null),
    });
  }
  return inOrder(headers);
}

/** Of their start. */
export const inOrder = (headers: readonly RunHeader[]): readonly RunHeader[] =>
  headers.toSorted((a, b) => (a.run.at === b.run.at ? compare(a.run.run, b.run.run) : compare(a.run.at, b.run.at)));

/** ISO 8601 in UTC sorts as text. */
const later = (a: string, b: string): string => (a < b ? b : a);
const compare = (a: string, b: string): number => (a < b ? -1 : 1);

function* recordsOf(
  store: EvidenceStore,
  { name, lines }: FileReading,
  wanted: ReadonlySet<string>,
): Iterable<AttemptRecord | StopRecord | HealthRecord> {
  let line = 0;
  for (const { text } of store.lines(name)) {
    line += 1;
    const record = parseRecord(text, name);
    const isWanted = record !== null && wanted.has(record.run);
    if (isWanted && record.record !== 'run' && record.record !== 'end') yield record;
    if (line === lines) return;
  }
}
