import fc from 'fast-check';
import { expect, test } from 'vitest';
import { nearest } from '../../../src/config/nearest.ts';

test.each([
  ['minRemaningSeconds', ['maxRemainingSeconds', 'minRemainingSeconds'], 'minRemainingSeconds'],
  ['pasword', ['user', 'password'], 'password'],
  ['FirewallAllows', ['firewallAllows'], 'firewallAllows'],
  ['hots', ['host', 'port'], 'host'],
  ['x', ['host'], null],
  ['somethingElse', ['host', 'port'], null],
  ['anything', [], null],
])('%s among %j is near %s', (word, candidates, expected) => {
  expect(nearest(word, candidates)).toBe(expected);
});

test('one swap, loss or repetition within a name of four letters or more is always found', () => {
  const name = fc.stringMatching(/^[a-z]{4,12}$/);
  fc.assert(
    fc.property(name, fc.nat(), fc.constantFrom('swap', 'lose', 'repeat'), (word, at, mistake) => {
      const i = at % (word.length - 1);
      const [before, a, b, after] = [word.slice(0, i), word[i], word[i + 1], word.slice(i + 2)];
      const wrong = {
        swap: `${before}${b}${a}${after}`,
        lose: `${before}${b}${after}`,
        repeat: `${before}${a}${a}${b}${after}`,
      };
      fc.pre(wrong[mistake] !== word);
      expect(nearest(wrong[mistake], ['0000000000', word])).toBe(word);
    }),
  );
});
