import type { Seen } from '../model/analysis.ts';

// Distinct values with their counts, up to a cap. Memory grows with values and runs, never with how often a value is seen.

type Entry<T> = {
  readonly value: T;
  succeeded: number;
  failed: number;
  firstAt: string;
  lastAt: string;
  readonly runs: RunMarks;
};

export type Sighting = {
  readonly at: string;
  /** The index of its run. */
  readonly run: number;
  /** Null: seen, and in no rate. */
  readonly outcome: 'succeeded' | 'failed' | null;
};

export type Distinct<T> = {
  see(key: string, value: T, sighting: Sighting): void;
  /** The most frequent first. */
  read(): readonly Seen<T>[];
  /** How often a value beyond the cap was seen. */
  overflow(): number;
};

export function createDistinct<T>(cap: number, runs: number): Distinct<T> {
  const entries = new Map<string, Entry<T>>();
  let overflow = 0;
  return {
    see(key, value, { at, run, outcome }) {
      let entry = entries.get(key);
      if (entry === undefined) {
        if (entries.size >= cap) {
          overflow += 1;
          return;
        }
        entry = { value, succeeded: 0, failed: 0, firstAt: at, lastAt: at, runs: createRunMarks(runs) };
        entries.set(key, entry);
      }
      if (outcome !== null) entry[outcome] += 1;
      if (at < entry.firstAt) entry.firstAt = at;
      if (at > entry.lastAt) entry.lastAt = at;
      entry.runs.mark(run, outcome === 'failed');
    },
    read: () =>
      [...entries]
        .map(([key, { runs: marks, ...counts }]) => ({
          key,
          seen: { ...counts, runs: marks.count(), inRuns: marks.read() },
        }))
        .sort((a, b) => mostFirst(a.seen, b.seen) || (a.key < b.key ? -1 : 1))
        .map(({ seen }) => seen),
    overflow: () => overflow,
  };
}

const mostFirst = (a: Seen<unknown>, b: Seen<unknown>): number => b.succeeded + b.failed - a.succeeded - a.failed;

/** In how many runs something was seen, whatever the order of the records. */
export type RunMarks = { mark(run: number, failed?: boolean): void; count(): number; read(): Uint8Array };

export const SEEN = 1;
export const FAILED = 2;

export function createRunMarks(runs: number): RunMarks {
  const marked = new Uint8Array(runs);
  let count = 0;
  return {
    mark(run, failed = false) {
      const before = marked[run] ?? 0;
      if (before === 0) count += 1;
      marked[run] = before | SEEN | (failed ? FAILED : 0);
    },
    count: () => count,
    read: () => marked,
  };
}
