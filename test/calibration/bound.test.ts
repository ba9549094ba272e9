import { describe, test } from 'vitest';
import { badRuns, createRandom, independent, type Random, type State } from '../kit/simulate.ts';
import { attemptBounds, looks } from '../kit/simulate-judging.ts';
import { ATTEMPTS, criteria, expectAtMost } from './sampling.ts';

// The bound that is printed holds at all looks together: in at most one history of twenty is it ever below the truth. So it also holds for a
// user who goes on through every `fail` until a `pass` shows, which is the same bound at the tolerable share.

const HISTORIES = 500;
const PROMISED = 0.05;

const failing = (rate: number, connections: number): number => 1 - (1 - rate) ** connections;

/** In how many of the histories a bound was ever below the true share. */
function everBelow(truth: number, boundsOf: (random: Random) => Iterable<number>, seed: number): number {
  const random = createRandom(seed);
  let below = 0;
  for (let history = 0; history < HISTORIES; history += 1) {
    for (const bound of boundsOf(random)) {
      if (bound >= truth) continue;
      below += 1;
      break;
    }
  }
  return below;
}

type True = readonly [state: State, failing: number, looks: number];

const OVER_RUNS: readonly True[] = [
  [badRuns(0.1), 0.1, 60],
  [badRuns(0.2), 0.2, 40],
  [badRuns(0.5), 0.5, 20],
  [badRuns(0.2, 0.5), 0.2 * failing(0.5, 5), 40],
  [badRuns(0.1, 1, 0.02), 0.1 + 0.9 * failing(0.02, 5), 40],
  [independent(0.1), failing(0.1, 5), 25],
];

const IN_RUN: readonly True[] = [
  [independent(0.01), failing(0.01, 5), 400],
  [independent(0.021), failing(0.021, 5), 250],
  [independent(0.1), failing(0.1, 5), 60],
  [independent(0.5), failing(0.5, 5), 20],
];

const titled = (rows: readonly True[]) =>
  rows.map((row) => [`${row[0].name}, ${row[2]} looks (${HISTORIES} histories)`, ...row] as const);

describe('the bound over runs is never below the share of job runs that truly fail', () => {
  test.each(titled(OVER_RUNS))('%s', (_, state, truth, most) => {
    function* bounds(random: Random) {
      for (const { assessment } of looks(state, random, { criteria: criteria(), attempts: ATTEMPTS, most }))
        yield assessment.bound;
    }
    expectAtMost('histories with a bound below the truth', everBelow(truth, bounds, 20_261_131), HISTORIES, PROMISED);
  });
});

describe('the bound of one run is never below it either, if its attempts fail on their own', () => {
  test.each(titled(IN_RUN))('%s', (_, state, truth, most) => {
    const bounds = (random: Random) => attemptBounds(state, random, { criteria: criteria(), most });
    expectAtMost('runs with a bound below the truth', everBelow(truth, bounds, 20_261_132), HISTORIES, PROMISED);
  });
});
