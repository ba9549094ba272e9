import type { RunOfTarget } from '../model/analysis.ts';
import { type Chance, type Later, laterOf } from './hint.ts';
import { binomialUpperTail } from './tails.ts';
import type { Counted } from './wilson.ts';

/** Failures come at equal distances: every third attempt, say, where one of three servers behind a name is down. */
export type SpacingHint = Chance & {
  readonly kind: 'spacing';
  /** Attempts from one failure to the next, give or take a tenth. */
  readonly every: number;
  readonly gaps: Counted;
};

const LEAST_GAPS = 5;
const TOLERANCE = 0.1;

/** `gaps` counts, for each number of attempts, how often a failure came so many after the one before it; the last stands for all above. */
export function spacingHint(runs: readonly RunOfTarget[], gaps: readonly number[]): SpacingHint | null {
  const all = gaps.reduce((sum, count) => sum + count, 0);
  if (all < LEAST_GAPS) return null;
  const expected = expectedGaps(runs.map(laterOf), gaps.length - 1);
  const [nearest] = candidates(gaps, expected)
    // With less it is no rhythm; and side by side they are a burst.
    .filter(({ count }) => count >= LEAST_GAPS && 2 * count >= all)
    .map((one) => ({ ...one, p: Math.min(1, one.among * binomialUpperTail(one.count, all, one.share)) }))
    .sort((a, b) => a.p - b.p || a.every - b.every);
  if (nearest === undefined) return null;
  const { every, count, among, share, p } = nearest;
  const attainable = Math.min(1, among * binomialUpperTail(all, all, share));
  return { kind: 'spacing', every, gaps: { count, of: all }, p, attainable };
}

/** Each distance from two attempts on: how often it was met, and the share of gaps that it would have in a random order. */
function candidates(gaps: readonly number[], expected: readonly number[]) {
  const total = expected.reduce((sum, count) => sum + count, 0);
  const among = Math.max(0, gaps.length - 3);
  return Array.from({ length: among }, (_, index) => {
    const every = index + 2;
    const reach = Math.floor(every * TOLERANCE);
    const within = (counts: readonly number[]) =>
      counts.slice(every - reach, Math.min(every + reach + 1, gaps.length - 1)).reduce((sum, count) => sum + count, 0);
    return { every, among, count: within(gaps), share: total === 0 ? 1 : within(expected) / total };
  });
}

/** How many gaps of each length are to be expected if the failures of each run lay anywhere in it; the last stands for all above. */
function expectedGaps(runs: readonly Later[], most: number): readonly number[] {
  const expected = new Array<number>(most + 1).fill(0);
  for (const { made, failed } of runs) {
    if (failed < 2) continue;
    let left = failed - 1;
    // Two given attempts failed, and none of those between them.
    let chance = (failed * (failed - 1)) / (made * (made - 1));
    for (let gap = 1; gap < most; gap += 1) {
      const count = Math.max(0, made - gap) * chance;
      expected[gap] = (expected[gap] ?? 0) + count;
      left -= count;
      chance *= Math.max(0, made - failed - (gap - 1)) / Math.max(1, made - 1 - gap);
    }
    expected[most] = (expected[most] ?? 0) + Math.max(0, left);
  }
  return expected;
}
