import { expect, test } from 'vitest';
import { upperBound95 } from '../../../src/analyze/clopper-pearson.ts';
import { newAddresses } from '../../../src/analyze/new-addresses.ts';

/** The address of each run as a letter. */
const history = (text: string) => newAddresses([...text].map((address) => new Set([address])));

// Good and Turing's f1/n of the counts [29], [1]x29, [10,5,2,2,1], [20,1,1,1], [3,3,2,1,1], [28,1]
test.each([
  ['a'.repeat(29), 1, 0],
  ['abcdefghijklmnopqrstuvwxyzABC', 29, 1],
  ['aaaaaaaaaabbbbbccdde', 5, 0.05],
  ['aaaaaaaaaaaaaaaaaaaabcd', 4, 0.13043478],
  ['aaabbbccde', 5, 0.2],
  [`${'a'.repeat(28)}b`, 2, 0.03448276],
])('the chance of a new address after %s is estimated as the published one', (text, addresses, estimated) => {
  expect(history(text)).toMatchObject({ runs: text.length, addresses });
  expect(history(text).estimated).toBeCloseTo(estimated, 8);
});

test.each([
  // 29 runs: 2 of the last 15 bring an address that the first 14 had not
  [`${'ab'.repeat(7)}${'a'.repeat(13)}cd`, 2, 15, 0.36344],
  ['a'.repeat(29), 0, 15, 1 - 0.05 ** (1 / 15)],
  ['abcdefghij', 5, 5, 1],
  ['aaaab', 1, 3, upperBound95(1, 3)],
])('the split bound after %s counts %i new in the last %i runs', (text, count, of, bound) => {
  expect(history(text).later).toEqual({ count, of });
  expect(history(text).atMost).toBeCloseTo(bound, 5);
});

test('a run with several addresses is new where one of them is', () => {
  const runs = [new Set(['a']), new Set(['a', 'b']), new Set(['b', 'c']), new Set(['a', 'c'])];
  expect(newAddresses(runs)).toMatchObject({ addresses: 3, later: { count: 2, of: 2 }, estimated: 0 });
});

test('without runs nothing bounds it', () => {
  expect(newAddresses([])).toMatchObject({ runs: 0, addresses: 0, estimated: 1, atMost: 1 });
});
