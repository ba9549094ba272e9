import { describe, expect, test } from 'vitest';
import { lnFail, lnPass, upperBound } from '../../../src/analyze/rule.ts';

const blocks = (clean: number, ...scores: readonly number[]) =>
  [...Array.from({ length: clean }, () => 0), ...scores].map((score) => ({ score, raises: true }));

describe('the evidence over runs', () => {
  test.each([
    [1, [], 0.95477387],
    [7, [], 0.37244069],
    [29, [], 0.10787323],
    [32, [], 0.09832168],
    [56, [1], 0.09930932],
    [31, [2 / 7], 0.1076011],
    [65, [], 0.04979773],
    [165, [], 0.01995137],
    [332, [], 0.00997083],
  ])('bounds the share of failing job runs after %i clean blocks and %j by %f', (clean, scores, bound) => {
    expect(upperBound(blocks(clean, ...scores))).toBeCloseTo(bound, 7);
  });

  test.each([
    [0, []],
    [0, [1]],
    [0, [1, 1, 1]],
  ])('bounds nothing after %i clean blocks and %j', (clean, scores) => {
    expect(upperBound(blocks(clean, ...scores))).toBe(1);
  });

  test('for a pass falls by a bad block to a tenth', () => {
    expect(lnPass(blocks(20, 1), 0.1)).toBeCloseTo(-0.3963815, 7);
  });

  test.each([
    [0, 4.60517019],
    [16, 3.08020731],
    [17, 2.98489713],
  ])('for a fail is, with two bad blocks and %i clean ones, %f', (clean, expected) => {
    expect(lnFail(blocks(clean, 1, 1), 0.1)).toBeCloseTo(expected, 7);
  });

  test('is not raised, and a failure not excused, by a block that was cut short', () => {
    const short = { score: 0, raises: false };
    expect(lnPass([short], 0.1)).toBe(0);
    expect(lnFail([short], 0.1)).toBe(0);
    expect(lnPass([{ score: 1, raises: false }], 0.1)).toBeCloseTo(Math.log(0.1), 12);
    expect(lnFail([{ score: 1, raises: false }], 0.1)).toBeCloseTo(Math.log(10), 12);
  });
});
