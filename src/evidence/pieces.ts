import type { EndRecord, RunRecord } from '../model/records.ts';

// A run lies in one file, or in parts that were published one after another. Each part begins with the run record and says how many
// records of the run lie before it. So a part that is lost is missed, and what lies there twice counts once: a part that broke off and
// was written again under another name, or the file of the whole run beside its parts.

/** What a file holds of a run, from a run record on. */
export type Piece = {
  readonly run: string;
  /** Null where the run record is not in this file. */
  readonly beginning: RunRecord | null;
  end: EndRecord | null;
  lastAt: string;
  /** Without the run record. */
  records: number;
  readonly damage: string[];
};

export type Layout = {
  /** Each record once, without those that begin a piece. */
  readonly records: number;
  readonly missing: number;
  /** How many of its first records another piece has as well. */
  readonly skipped: ReadonlyMap<Piece, number>;
};

/** The pieces of one run, as they follow each other. */
export function layOut(pieces: readonly Piece[]): Layout {
  const parts = pieces.filter(({ beginning }) => beginning !== null && beginning.part !== null);
  const wholes = pieces.filter(({ beginning }) => beginning !== null && beginning.part === null);
  // two files of the whole run that differ are no parts of it: which of them is right, nobody knows
  const placed = parts.length > 0 && wholes.length < 2 ? [...parts, ...wholes] : [];
  const loose = pieces.filter((piece) => !placed.includes(piece));
  const skipped = new Map<Piece, number>();
  let missing = 0;
  let reached = 0;
  for (const piece of placed.toSorted(byPlace)) {
    const before = recordsBefore(piece);
    if (before > reached) missing += before - reached;
    skipped.set(piece, Math.min(Math.max(reached - before, 0), piece.records));
    reached = Math.max(reached, before + piece.records);
  }
  return { records: reached - missing + loose.reduce((sum, { records }) => sum + records, 0), missing, skipped };
}

/** The run record that stands first in the run. */
export const beginningOf = (pieces: readonly Piece[]): RunRecord | null =>
  pieces.filter(({ beginning }) => beginning !== null).toSorted(byPlace)[0]?.beginning ?? null;

const recordsBefore = ({ beginning }: Piece): number => beginning?.part?.recordsBefore ?? 0;

/** Of two that begin at the same record, the longer one first: the other adds nothing to it. */
const byPlace = (a: Piece, b: Piece): number => recordsBefore(a) - recordsBefore(b) || b.records - a.records;
