import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { upperBound95 } from '../../../src/analyze/clopper-pearson.ts';
import { fisherExact } from '../../../src/analyze/fisher.ts';
import { holm } from '../../../src/analyze/holm.ts';
import { newcombe95, wilson95 } from '../../../src/analyze/wilson.ts';

// scipy 1.10.1: binomtest(k, n).proportion_ci(.95, 'wilson')
test.each([
  [0, 1, 0, 0.79345069],
  [0, 20, 0, 0.16112516],
  [1, 20, 0.00888145, 0.23613119],
  [10, 20, 0.29929801, 0.70070199],
  [20, 20, 0.83887484, 1],
  [3, 154, 0.0066469, 0.05570338],
  [7, 31, 0.11395136, 0.39812418],
])('Wilson’s interval for %i of %i is the published one', (count, of, lower, upper) => {
  const interval = wilson95({ count, of });
  expect(interval.lower).toBeCloseTo(lower, 7);
  expect(interval.upper).toBeCloseTo(upper, 7);
});

test.each([
  [0, 30, 5, 30, -0.16666667, -0.33564351, -0.0197299],
  [56, 70, 48, 80, 0.2, 0.05243147, 0.33387265],
  [9, 10, 3, 10, 0.6, 0.17052272, 0.80901797],
  [0, 29, 0, 29, 0, -0.1169698, 0.1169698],
  [6, 30, 0, 30, 0.2, 0.04540515, 0.37305696],
  [2, 154, 0, 154, 0.01298701, -0.01310925, 0.04611057],
  [10, 10, 0, 10, 1, 0.60750935, 1],
])(
  'Newcombe’s interval for %i of %i less %i of %i is the published one',
  (a, ofA, b, ofB, difference, lower, upper) => {
    const interval = newcombe95({ count: a, of: ofA }, { count: b, of: ofB });
    expect(interval.difference).toBeCloseTo(difference, 7);
    expect(interval.lower).toBeCloseTo(lower, 7);
    expect(interval.upper).toBeCloseTo(upper, 7);
  },
);

describe('Fisher’s exact test', () => {
  // scipy 1.10.1 stats.fisher_exact, as exact fractions
  test.each([
    [0, 30, 5, 30, 117 / 2242],
    [0, 30, 6, 30, 585 / 24662],
    [0, 29, 3, 29, 9 / 38],
    [1, 10, 9, 10, 101 / 92378],
    [3, 154, 0, 154, 76 / 307],
    [8, 10, 1, 6, 5 / 143],
    [0, 5, 5, 5, 1 / 126],
    [2, 30, 2, 30, 1],
  ])('of %i of %i against %i of %i is the published one', (a, ofA, b, ofB, p) => {
    expect(fisherExact({ count: a, of: ofA }, { count: b, of: ofB })).toBeCloseTo(p, 9);
  });

  test('does not depend on which comes first, nor on whether failures or successes are counted', () => {
    const counted = fc
      .integer({ min: 1, max: 60 })
      .chain((of) => fc.record({ count: fc.nat(of), of: fc.constant(of) }));
    const others = ({ count, of }: { count: number; of: number }) => ({ count: of - count, of });
    fc.assert(
      fc.property(counted, counted, (one, two) => {
        const p = fisherExact(one, two);
        expect(p).toBeGreaterThan(0);
        expect(p).toBeLessThanOrEqual(1);
        expect(fisherExact(two, one)).toBeCloseTo(p, 10);
        expect(fisherExact(others(one), others(two))).toBeCloseTo(p, 10);
      }),
      { seed: 20261124 },
    );
  });

  test('holds for a million attempts too', () => {
    const half = { count: 250_000, of: 500_000 };
    expect(fisherExact(half, half)).toBe(1);
    expect(fisherExact({ count: 0, of: 999_000 }, { count: 3, of: 1_000 })).toBeCloseTo(1e-9, 10);
  });
});

test.each([
  [
    [0.01, 0.04, 0.03, 0.005],
    [0.03, 0.06, 0.06, 0.02],
  ],
  [
    [0.01, 0.01, 0.01],
    [0.03, 0.03, 0.03],
  ],
  [
    [0.0001, 0.02, 0.02, 0.9, 0.013],
    [0.0005, 0.06, 0.06, 0.9, 0.052],
  ],
  [
    [0.026, 0.001],
    [0.026, 0.002],
  ],
  [
    [0.5, 0.6, 0.9],
    [1, 1, 1],
  ],
  [[], []],
])('Holm’s adjustment of %j is %j', (values, adjusted) => {
  const found = holm(values);
  for (const [index, value] of adjusted.entries()) expect(found[index]).toBeCloseTo(value, 12);
  expect(found).toHaveLength(adjusted.length);
});

// Statistics §5: no address outside a list that was named before the runs; where run 1 named it, one run less.
test.each([
  [5, 0.4507, 0.5271],
  [10, 0.2589, 0.2831],
  [29, 0.0981, 0.1015],
  [59, 0.0495, 0.0503],
])('the zero-new bound of %i runs is %f, and %f where the first run named the address', (runs, named, shown) => {
  expect(upperBound95(0, runs)).toBeCloseTo(named, 4);
  expect(upperBound95(0, runs)).toBeCloseTo(1 - 0.05 ** (1 / runs), 10);
  expect(upperBound95(0, runs - 1)).toBeCloseTo(shown, 4);
});
