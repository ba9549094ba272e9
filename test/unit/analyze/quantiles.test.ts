import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createQuantiles } from '../../../src/analyze/quantiles.ts';

const quantilesOf = (values: Iterable<number>) => {
  const quantiles = createQuantiles();
  for (const value of values) quantiles.add(value);
  return quantiles.read();
};

describe('percentiles', () => {
  // numpy.quantile(method='linear'), Hyndman-Fan type 7
  test.each([
    [[1, 2, 3, 4], 'p50', 2.5],
    [[3, 6, 7, 8, 8, 10, 13, 15, 16, 20], 'p95', 18.2],
    [Array.from({ length: 100 }, (_, index) => index + 1), 'p99', 99.01],
    [[7], 'p95', 7],
    [[1, 2], 'p95', 1.95],
  ] as const)('of few values are exact: %j has %s %f', (values, name, expected) => {
    expect(quantilesOf(values)[name]).toBeCloseTo(expected, 12);
  });

  test('of many values are within one per cent, whatever the order', () => {
    const values = Array.from({ length: 10_000 }, (_, index) => 0.5 + ((index * 7919) % 10_000) / 10);
    const { p50, p95, p99, min, max, count } = quantilesOf(values);
    expect(count).toBe(10_000);
    expect([min, max]).toEqual([0.5, 1000.4]);
    for (const [found, exact] of [
      [p50, 500.45],
      [p95, 950.4],
      [p99, 990.4],
    ] as const) {
      expect(Math.abs(found / exact - 1)).toBeLessThan(0.01);
    }
    expect(quantilesOf([...values].reverse())).toEqual(quantilesOf(values));
  });

  test('never leave the range of the values, zero and negative ones among them', () => {
    fc.assert(
      fc.property(
        fc.array(fc.double({ min: -1e6, max: 1e6, noNaN: true }), { minLength: 1, maxLength: 600 }),
        (values) => {
          const { p50, p95, p99, min, max } = quantilesOf(values);
          expect(min).toBeLessThanOrEqual(p50);
          expect(p50).toBeLessThanOrEqual(p95);
          expect(p95).toBeLessThanOrEqual(p99);
          expect(p99).toBeLessThanOrEqual(max);
        },
      ),
      { seed: 1 },
    );
  });
});
