import { createHash } from 'node:crypto';
import type { EvidenceFolder, RunHeader } from '../model/evidence.ts';
import { PreflightError } from '../model/preflight-error.ts';
import type { AttemptRecord, DenialRecord, EvidenceRecord, HealthRecord, StopRecord } from '../model/records.ts';
import { attributing } from './denials.ts';
import { parseDenial, parseRecord } from './parse.ts';
import { beginningOf, layOut, type Piece } from './pieces.ts';
import { codeOf, type EvidenceStore } from './store.ts';

type FileReading = {
  readonly name: string;
  /** Read so far: what came later, or cannot be read any more, is in no header. */
  readonly lines: number;
  readonly digest: string;
  readonly pieces: readonly Piece[];
  readonly denials: readonly DenialRecord[];
  readonly problems: readonly string[];
};

/**
 * Reads a folder by the `run` key of its records; a file name means nothing. Tolerant of unknown keys and never of lost lines: an
 * unreadable line is forgiven only as the last of a file whose run has no end, where a kill cut it off.
 */
export function readFolder(store: EvidenceStore): EvidenceFolder {
  const { files, copies } = withoutCopies(store.list().map((name) => readFile(store, name)));
  const runs = byRun(files.flatMap(({ pieces }) => pieces));
  const headers = inOrder([...runs.values()].map(headerOf).filter((header) => header !== null));
  const attributed = attributing(
    files.flatMap(({ denials }) => denials),
    headers,
  );
  const skipped = new Map([...runs.values()].flatMap((pieces) => [...layOut(pieces).skipped]));
  return {
    headers,
    problems: [...files.flatMap(({ problems }) => problems), ...[...runs].flatMap(orphaned)],
    copies,
    *records(wanted) {
      for (const file of files) {
        if (!file.pieces.some(({ run }) => wanted.has(run))) continue;
        for (const record of recordsOf(store, file, { wanted, skipped })) yield attributed(record);
      }
    },
  };
}

function byRun(pieces: readonly Piece[]): ReadonlyMap<string, readonly Piece[]> {
  const runs = new Map<string, Piece[]>();
  for (const piece of pieces) {
    const others = runs.get(piece.run);
    if (others === undefined) runs.set(piece.run, [piece]);
    else others.push(piece);
  }
  return runs;
}

function orphaned([run, pieces]: readonly [string, readonly Piece[]]): readonly string[] {
  if (beginningOf(pieces) !== null) return [];
  const { records } = layOut(pieces);
  return [`run ${run}: ${records} records, and the record that begins the run is missing`];
}

/** A copy of another file, byte for byte, adds nothing and takes nothing away. */
function withoutCopies(read: readonly FileReading[]) {
  const files = new Map<string, FileReading>();
  const copies: string[] = [];
  for (const file of read) {
    if (files.has(file.digest)) copies.push(file.name);
    else files.set(file.digest, file);
  }
  return { files: [...files.values()], copies };
}

function readFile(store: EvidenceStore, name: string): FileReading {
  const pieces: Piece[] = [];
  const denials: DenialRecord[] = [];
  const current = new Map<string, Piece>();
  const hash = createHash('sha256');
  const unreadable: { readonly line: number; readonly last: boolean }[] = [];
  let line = 0;
  try {
    for (const { text, last } of store.lines(name)) {
      hash.update(text).update('\n');
      line += 1;
      const record = parseRecord(text, `${name}:${line}`);
      const denial = record === null ? parseDenial(text) : null;
      if (record !== null) note(record, current, pieces);
      else if (denial !== null) denials.push(denial);
      else unreadable.push({ line, last });
    }
  } catch (error) {
    const why = codeOf(error);
    if (why === null || error instanceof PreflightError) throw error;
    // read up to here, perhaps: what follows may have been a failure
    for (const piece of pieces) piece.damage.push(`${name} cannot be read beyond line ${line} (${why})`);
    return { name, lines: line, digest: name, pieces, denials, problems: [`${name} cannot be read (${why})`] };
  }
  // a denial that broke off blames nobody
  const problems = pieces.length === 0 && denials.length > 0 ? [] : blame(pieces, unreadable, name);
  return { name, lines: line, digest: hash.digest('hex'), pieces, denials, problems };
}

function note(record: EvidenceRecord, current: Map<string, Piece>, pieces: Piece[]): void {
  const known = record.record === 'run' ? undefined : current.get(record.run);
  const piece = known ?? pieceFrom(record);
  if (known === undefined) {
    current.set(record.run, piece);
    pieces.push(piece);
  }
  if (record.record === 'run') return;
  piece.records += 1;
  piece.lastAt = later(piece.lastAt, record.at);
  if (record.record === 'end') piece.end = record;
}

const pieceFrom = (record: EvidenceRecord): Piece => ({
  run: record.run,
  beginning: record.record === 'run' ? record : null,
  end: null,
  lastAt: record.at,
  records: 0,
  damage: [],
});

/** Whom an unreadable line belonged to can not be known: every run of its file may have lost a failure. */
function blame(
  pieces: readonly Piece[],
  unreadable: readonly { readonly line: number; readonly last: boolean }[],
  name: string,
): string[] {
  if (pieces.length === 0) {
    return [`${name}: no line of it is an evidence record; move it out of the folder, or restore it`];
  }
  const ended = new Set(pieces.filter(({ end }) => end !== null).map(({ run }) => run));
  for (const { line, last } of unreadable) {
    for (const { run, damage } of pieces) {
      if (!last || ended.has(run)) damage.push(`${name}:${line} cannot be read`);
    }
  }
  return [];
}

/** Null where nothing begins the run. */
function headerOf(pieces: readonly Piece[]): RunHeader | null {
  const run = beginningOf(pieces);
  if (run === null) return null;
  const end = pieces.findLast((piece) => piece.end !== null)?.end ?? null;
  const { records, missing } = layOut(pieces);
  const lost = end === null ? missing : end.records - records;
  const why =
    pieces.flatMap(({ damage }) => damage)[0] ??
    (lost === 0 ? null : `${Math.abs(lost)} of its records are ${lost > 0 ? 'missing' : 'too many'}`);
  return {
    run,
    end,
    lastAt: pieces.map(({ lastAt }) => lastAt).reduce(later),
    records: records + 1,
    state: why !== null ? 'damaged' : end === null ? 'no-end' : 'whole',
    why: why ?? (end === null ? withoutEnd(run) : null),
  };
}

const withoutEnd = ({ part }: RunHeader['run']): string => {
  const published = part === null ? '' : `; what its last ${part.everySeconds} s found may not have been published`;
  return `it has no end: killed, or still running${published}`;
};

/** Of their start. */
export const inOrder = (headers: readonly RunHeader[]): readonly RunHeader[] =>
  headers.toSorted((a, b) => (a.run.at === b.run.at ? compare(a.run.run, b.run.run) : compare(a.run.at, b.run.at)));

/** ISO 8601 in UTC sorts as text. */
const later = (a: string, b: string): string => (a < b ? b : a);
const compare = (a: string, b: string): number => (a < b ? -1 : 1);

type Wanted = { readonly wanted: ReadonlySet<string>; readonly skipped: ReadonlyMap<Piece, number> };

function* recordsOf(
  store: EvidenceStore,
  { name, lines, pieces }: FileReading,
  { wanted, skipped }: Wanted,
): Iterable<AttemptRecord | StopRecord | HealthRecord> {
  const counts = counting(pieces, skipped);
  let line = 0;
  for (const { text } of store.lines(name)) {
    line += 1;
    const record = parseRecord(text, name);
    if (record !== null && counts(record) && record.record !== 'run' && record.record !== 'end') {
      if (wanted.has(record.run)) yield record;
    }
    if (line === lines) return;
  }
}

/** Whether the next record of a file counts, or is another piece's as well. */
function counting(pieces: readonly Piece[], skipped: ReadonlyMap<Piece, number>): (record: EvidenceRecord) => boolean {
  const left = [...pieces];
  const toSkip = new Map<string, number>();
  return ({ record, run }) => {
    if (record === 'run' || !toSkip.has(run)) {
      const at = left.findIndex((piece) => piece.run === run);
      const [piece] = at < 0 ? [] : left.splice(at, 1);
      toSkip.set(run, piece === undefined ? 0 : (skipped.get(piece) ?? 0));
    }
    const skip = toSkip.get(run) ?? 0;
    if (record !== 'run' && skip > 0) toSkip.set(run, skip - 1);
    return skip === 0;
  };
}
