import { describe, expect, test } from 'vitest';
import { exactly, guarded, overRuns, ratesOf, wald } from '../kit/simulate-exact.ts';

// The yardstick of this folder, held against what was computed elsewhere (docs/decisions/080), as printed there.

const PERCENTS = [0, 0.1, 0.5, 1, 2, 10, 50];

type Design = {
  readonly name: string;
  readonly rates: { readonly p0: number; readonly p1: number };
  readonly threshold: number;
  /** Attempts after which a run gives up. */
  readonly most: number;
  /** At each of the rates: mean attempts with neither end nor guard, with both, and then the chance of a pass in %. */
  readonly endless: readonly number[];
  readonly ended: readonly number[];
  readonly pass: readonly number[];
  /** Without end and guard, in %: a pass at p1, a fail at p0. */
  readonly errors: readonly [number, number];
};

const DESIGNS: readonly Design[] = [
  {
    name: 'plain quick',
    rates: { p0: 0.01, p1: 0.1 },
    threshold: 19,
    most: 100,
    endless: [31, 31.8, 35.2, 39.6, 47.5, 24.3, 4],
    ended: [31, 31.8, 35.2, 39.3, 45.6, 25, 10],
    pass: [100, 99.98, 99.2, 95.8, 82.2, 4.9, 0],
    errors: [5.0, 2.29],
  },
  {
    name: 'plain gate',
    rates: { p0: 0.001, p1: 0.02 },
    threshold: 19,
    most: 500,
    endless: [154, 176.2, 218.6, 179.5, 98.9, 17.3, 2.2],
    ended: [154, 176.7, 213.7, 178.2, 101.9, 20.8, 10],
    pass: [100, 98.5, 68.1, 30.3, 5.12, 0, 0],
    errors: [5.12, 1.56],
  },
  {
    name: 'plain strict',
    rates: { p0: 0.001, p1: 0.01 },
    threshold: 19,
    most: 1_000,
    endless: [326, 415, 484.3, 247.4, 105.7, 20, 4],
    ended: [326, 410.9, 446.3, 245.4, 105.7, 20.8, 10],
    pass: [100, 95.6, 33, 5, 0.14, 0, 0],
    errors: [5.11, 2.35],
  },
  {
    name: 'quick',
    rates: ratesOf(0.1, 1),
    threshold: 20,
    most: 100,
    endless: [32, 32.8, 36.2, 40.6, 48.8, 24.8, 4],
    ended: [32, 32.8, 36.2, 40.3, 46.8, 25.5, 10],
    pass: [100, 99.98, 99.2, 95.8, 82.1, 4.56, 0],
    errors: [4.66, 2.19],
  },
  {
    name: 'gate',
    rates: ratesOf(0.1, 5),
    threshold: 20,
    most: 500,
    endless: [158, 178.3, 251.9, 238.6, 124.4, 20, 4],
    ended: [158, 178.1, 237.7, 220.9, 123.4, 20.9, 10],
    pass: [100, 99.2, 73.9, 34.8, 5.54, 0, 0],
    errors: [4.83, 2.21],
  },
  {
    name: 'strict',
    rates: ratesOf(0.1, 10),
    threshold: 20,
    most: 1_000,
    endless: [315, 398.5, 476.4, 249.1, 106.3, 20, 4],
    ended: [315, 395.6, 441.3, 247, 106.4, 20.8, 10],
    pass: [100, 95.9, 35, 5.67, 0.18, 0, 0],
    errors: [4.86, 2.18],
  },
];

/** How far a printed number may be off, in its last digit and by what it was rounded from. */
const meanSlack = (mean: number): number => 0.06 + mean / 1_000;
const PERCENT_SLACK = 0.06;
const ERROR_SLACK = 0.02;

describe.each(DESIGNS)('over attempts, profile $name: exactly as published', (design) => {
  const endless = wald(design.rates.p0, design.rates.p1, design.threshold);
  const ended = guarded(endless, design.most);

  test.each(
    PERCENTS.map((percent, at) => ({
      percent,
      free: design.endless[at] ?? Number.NaN,
      held: design.ended[at] ?? Number.NaN,
      pass: design.pass[at] ?? Number.NaN,
    })),
  )(
    'at $percent % of failing attempts: $free without end and guard, $held with both',
    ({ percent, free, held, pass }) => {
      const outcome = exactly(ended, percent / 100);
      expectNear(exactly(endless, percent / 100).trials, free, meanSlack(free));
      expectNear(outcome.trials, held, meanSlack(held));
      expectNear(100 * outcome.pass, pass, pass < 1 ? ERROR_SLACK : PERCENT_SLACK);
    },
  );

  test('in both errors', () => {
    const [pass, fail] = design.errors;
    expectNear(100 * exactly(endless, design.rates.p1).pass, pass, ERROR_SLACK);
    expectNear(100 * exactly(endless, design.rates.p0).fail, fail, ERROR_SLACK);
  });
});

test.each(
  [
    [0.1, 99.9, 0.02],
    [0.5, 97.3, 0.4],
    [1, 90.7, 1.5],
    [2, 73.0, 5.8],
    [3, 55.2, 12.6],
    [5, 28.4, 31.2],
    [10, 4.31, 77.1],
    [20, 0.08, 99.5],
    [50, 0, 100],
  ].map(([bad = 0, pass = 0, fail = 0]) => ({ bad, pass, fail })),
)('over at most 60 runs, $bad % of them bad: $pass % pass and $fail % fail, exactly as published', (row) => {
  const outcome = exactly(overRuns(0.1, 60), row.bad / 100);
  expectNear(100 * outcome.pass, row.pass, PERCENT_SLACK);
  expectNear(100 * outcome.fail, row.fail, PERCENT_SLACK);
});

function expectNear(number: number, published: number, slack: number): void {
  expect(Math.abs(number - published), `${number} beside ${published}`).toBeLessThan(slack);
}
