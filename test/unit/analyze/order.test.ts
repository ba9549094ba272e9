import { describe, expect, test } from 'vitest';
import { normalLowerTail } from '../../../src/analyze/normal.ts';
import { runsTest, type Sequence } from '../../../src/analyze/runs-test.ts';
import { binomialUpperTail, signTest, unequalUpperTail } from '../../../src/analyze/tails.ts';

/** `0` succeeded, `1` failed. */
function sequence(text: string): Sequence {
  const failed = [...text].filter((each) => each === '1').length;
  const stretches = [...text].filter((each, index) => each !== text[index - 1]).length;
  return { failed, succeeded: text.length - failed, stretches };
}

describe('the test of Wald and Wolfowitz', () => {
  // Exact lower tails by fractions, z without continuity correction.
  test.each([
    [`${'0'.repeat(10)}11111${'0'.repeat(5)}`, 3, -3.4336196, 5 / 3876],
    ['0001'.repeat(4), 8, Math.SQRT1_2, 149 / 182],
    [`111${'0'.repeat(22)}111`, 3, -4.32999358, 1 / 13455],
    [`${'0'.repeat(12)}111${'0'.repeat(14)}`, 3, -3.68418077, 1 / 126],
  ])('of %s is the published one', (text, stretches, z, p) => {
    const test = runsTest([sequence(text)]);
    expect(test.stretches).toBe(stretches);
    expect(test.z).toBeCloseTo(z, 7);
    expect(test.p).toBeCloseTo(p, 9);
  });

  // From ten failures on the normal distribution stands for the exact one.
  test.each([
    ['01'.repeat(10), 20, 4.13521463],
    ['0110'.repeat(5), 11, 0],
  ])('of %s has the published z', (text, stretches, z) => {
    const test = runsTest([sequence(text)]);
    expect(test.stretches).toBe(stretches);
    expect(test.z).toBeCloseTo(z, 7);
    expect(test.p).toBeCloseTo(normalLowerTail(z), 9);
  });

  test('is over several sequences what it is over every pair of their orders', () => {
    // 3 orders of one failure in three, and 6 of two in four; 7 of the 18 pairs have 5 stretches or fewer.
    const pairs = ['100', '010', '001'].flatMap((a) =>
      ['1100', '1010', '1001', '0110', '0101', '0011'].map((b) => sequence(a).stretches + sequence(b).stretches),
    );
    for (const seen of [4, 5, 6, 7]) {
      const share = pairs.filter((stretches) => stretches <= seen).length / pairs.length;
      const second = { ...sequence('1100'), stretches: seen - 2 };
      expect(runsTest([sequence('100'), second]).p).toBeCloseTo(share, 12);
    }
  });

  test('says nothing of sequences that know one outcome', () => {
    expect(runsTest([sequence('111'), sequence('000')])).toMatchObject({ p: 1 });
    expect(runsTest([sequence('111'), sequence('00011')]).p).toBe(runsTest([sequence('00011')]).p);
  });
});

// scipy 1.10.1 stats.norm.cdf
test.each([
  [0, 0.5],
  [-1, 0.15865525393145707],
  [-1.959963984540054, 0.025],
  [1.6448536269514722, 0.95],
  [-5, 2.866515718791933e-7],
])('the normal tail below %f is the published one', (z, p) => {
  expect(Math.abs(normalLowerTail(z) / p - 1)).toBeLessThan(2e-7);
});

describe('the chance of so many hits or more', () => {
  test.each([
    [0, 10, 0.3, 1],
    [1, 10, 0.3, 1 - 0.7 ** 10],
    [10, 10, 0.3, 0.3 ** 10],
    [8, 10, 0.5, 56 / 1024],
    [11, 10, 0.5, 0],
  ])('%i of %i at %f is the binomial one', (hits, tries, chance, p) => {
    expect(binomialUpperTail(hits, tries, chance)).toBeCloseTo(p, 12);
  });

  test('with equal chances is the same either way', () => {
    for (const hits of [0, 1, 4, 9, 12]) {
      expect(unequalUpperTail(hits, new Array(12).fill(0.2))).toBeCloseTo(binomialUpperTail(hits, 12, 0.2), 10);
    }
  });

  test('with unequal chances counts every way', () => {
    expect(unequalUpperTail(1, [0.5, 0.1])).toBeCloseTo(0.55, 12);
    expect(unequalUpperTail(2, [0.5, 0.1])).toBeCloseTo(0.05, 12);
    expect(unequalUpperTail(3, [0.5, 0.1])).toBe(0);
  });

  test.each([
    [8, 2, 2 * (56 / 1024)],
    [2, 8, 2 * (56 / 1024)],
    [6, 0, 2 / 64],
    [5, 5, 1],
  ])('a coin that falls %i to %i', (some, others, p) => {
    expect(signTest(some, others)).toBeCloseTo(p, 12);
  });
});
