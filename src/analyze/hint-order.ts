import type { RunOfTarget } from '../model/analysis.ts';
import { indexBlocks } from './blocks.ts';
import { type Chance, type HintQuestion, laterOf } from './hint.ts';
import { runsTest, type Sequence } from './runs-test.ts';
import { signTest, unequalUpperTail } from './tails.ts';
import type { Counted } from './wilson.ts';

// What the order of the attempts within their runs says. Each run is compared only with other orders of its own attempts.

/** The first attempt of a run fails more often than its others. */
export type FirstHint = Chance & { readonly kind: 'first'; readonly first: Counted; readonly later: Counted };

export function firstHint(all: readonly RunOfTarget[]): FirstHint | null {
  const runs = all.filter(({ firstScored, succeeded, failed }) => firstScored && succeeded + failed > 1);
  if (runs.length === 0) return null;
  const first = { count: runs.filter(({ firstFailed }) => firstFailed).length, of: runs.length };
  // Were the first as any other, it would be among the failed with their share.
  const chances = runs.map(({ succeeded, failed }) => failed / (succeeded + failed));
  const later = runs.map(laterOf);
  return {
    kind: 'first',
    first,
    later: { count: total(later, ({ failed }) => failed), of: total(later, ({ made }) => made) },
    p: unequalUpperTail(first.count, chances),
    attainable: unequalUpperTail(chances.filter((chance) => chance > 0).length, chances),
  };
}

/** Failures come early in a run, or late. */
export type HalfHint = Chance & { readonly kind: 'half'; readonly early: number; readonly late: number };

/** Independent runs whose failures lie on the whole in their first half, or in their second, by the sum of their ranks. */
export function halfHint(runs: readonly RunOfTarget[], question: HintQuestion): HalfHint | null {
  const { of, count } = indexBlocks(runs, question);
  const shifts = new Array<number>(count).fill(0);
  runs.map(laterOf).forEach(({ made, failed, places }, run) => {
    const block = of[run] ?? 0;
    shifts[block] = (shifts[block] ?? 0) + places - (failed * (made + 1)) / 2;
  });
  const early = shifts.filter((shift) => shift < 0).length;
  const late = shifts.filter((shift) => shift > 0).length;
  if (early + late === 0) return null;
  return { kind: 'half', early, late, p: signTest(early, late), attainable: signTest(early + late, 0) };
}

/** Failures stand together within their runs. */
export type BurstHint = Chance & {
  readonly kind: 'bursts';
  readonly attempts: Counted;
  readonly stretches: number;
  readonly longest: number;
};

export function burstHint(runs: readonly RunOfTarget[]): BurstHint | null {
  const mixed = runs.filter((run) => {
    const { failed, made } = laterOf(run);
    return failed > 0 && failed < made;
  });
  if (mixed.length === 0) return null;
  const later = mixed.map(laterOf);
  const sequences = later.map(
    ({ made, failed, turns }): Sequence => ({ failed, succeeded: made - failed, stretches: turns + 1 }),
  );
  const { stretches, p } = runsTest(sequences);
  return {
    kind: 'bursts',
    attempts: { count: total(later, ({ failed }) => failed), of: total(later, ({ made }) => made) },
    stretches,
    longest: Math.max(...mixed.map(({ longestFailures }) => longestFailures)),
    p,
    attainable: runsTest(sequences.map((sequence) => ({ ...sequence, stretches: 2 }))).p,
  };
}

const total = <T>(items: readonly T[], amount: (item: T) => number): number =>
  items.reduce((sum, item) => sum + amount(item), 0);
