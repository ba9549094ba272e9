import { describe, expect, test } from 'vitest';
import { interval95, lowerBound95, upperBound95 } from '../../../src/analyze/clopper-pearson.ts';

// scipy 1.10.1: stats.beta.ppf and binomtest(k, n).proportion_ci(.95, 'exact')
describe('the exact limits on a share', () => {
  test.each([
    [0, 1, 0.95, 0, 0, 0.975],
    [0, 12, 0.22092219, 0, 0, 0.26464847],
    [0, 20, 0.13910834, 0, 0, 0.16843347],
    [0, 29, 0.09814463, 0, 0, 0.11944487],
    [0, 59, 0.04950761, 0, 0, 0.0606089],
    [0, 154, 0.01926482, 0, 0, 0.02366915],
    [0, 299, 0.00996915, 0, 0, 0.0122616],
    [1, 29, 0.15339202, 0.00176717, 0.00087265, 0.1776443],
    [1, 46, 0.09902432, 0.00111445, 0.00055024, 0.11527183],
    [3, 20, 0.3436638, 0.04216941, 0.03207094, 0.37892683],
    [5, 50, 0.198833, 0.04023659, 0.03327509, 0.21813537],
    [7, 31, 0.38261023, 0.11108877, 0.09594217, 0.41096387],
    [10, 10, 1, 0.74113445, 0.69150289, 1],
  ])('for %i of %i are the published ones', (failed, total, upper, lower, twoSidedLower, twoSidedUpper) => {
    expect(upperBound95(failed, total)).toBeCloseTo(upper, 7);
    expect(lowerBound95(failed, total)).toBeCloseTo(lower, 7);
    expect(interval95(failed, total).lower).toBeCloseTo(twoSidedLower, 7);
    expect(interval95(failed, total).upper).toBeCloseTo(twoSidedUpper, 7);
  });

  test('hold for a million attempts too', () => {
    expect(upperBound95(0, 1_000_000)).toBeCloseTo(1 - 0.05 ** 1e-6, 12);
    const { lower, upper } = interval95(500_000, 1_000_000);
    expect(lower).toBeCloseTo(0.49902, 5);
    expect(upper).toBeCloseTo(0.50098, 5);
  });
});
