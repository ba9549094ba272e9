import fc from 'fast-check';
import { expect, test } from 'vitest';
import { clean, failed } from '../../kit/evidence.ts';
import { down, mixed, relationOf, repeated, runsIn } from './comparing.ts';

const history = fc.record({
  good: fc.nat(45),
  bad: fc.nat(12),
  cause: fc.constantFrom('connection-reset', 'connect-timeout'),
  blocked: fc.constantFrom('none', 'none', 'down', 'refused'),
});
type History = typeof history extends fc.Arbitrary<infer Drawn> ? Drawn : never;

function runsOf({ good, bad, cause, blocked }: History) {
  if (blocked === 'down') return runsIn(repeated(bad + 1, down('login-rejected')));
  const refused = blocked === 'refused' ? [[...clean(14), failed('egress-refused')]] : [];
  return runsIn([clean(15), ...mixed(good, bad, cause), ...refused]);
}

const ofRuns = (one: History, two: History) => relationOf(runsOf(one), runsOf(two));

const TURNED = {
  same: 'same',
  better: 'worse',
  worse: 'better',
  different: 'different',
  'not-comparable': 'not-comparable',
};

test('seen from the other side, worse is better and nothing else changes', () => {
  fc.assert(
    fc.property(history, history, (one, two) => {
      const [there, back] = [ofRuns(one, two), ofRuns(two, one)];
      expect(back.relation).toBe(TURNED[there.relation]);
      expect(back.rates?.p ?? 2).toBeCloseTo(there.rates?.p ?? 2, 9);
      expect(back.differences.map(({ kind }) => kind).sort()).toEqual(there.differences.map(({ kind }) => kind).sort());
    }),
    { numRuns: 30, seed: 20261124 },
  );
});

test('a context is the same as itself, or there is too little to say so', () => {
  fc.assert(
    fc.property(history, (one) => {
      const { relation, differences } = ofRuns(one, one);
      expect(['same', 'not-comparable']).toContain(relation);
      expect(differences.filter(({ kind }) => kind !== 'target')).toEqual([]);
    }),
    { numRuns: 30, seed: 20261124 },
  );
});

test('none is the same but by an interval within 10 points, or by what fails in both', () => {
  let same = 0;
  fc.assert(
    fc.property(history, history, (one, two) => {
      const { relation, rates, differences } = ofRuns(one, two);
      if (relation !== 'same') return;
      same += 1;
      const isNarrow = rates !== null && rates.lower > -0.1 && rates.upper < 0.1;
      expect(isNarrow || differences.some(({ kind }) => kind === 'target')).toBe(true);
    }),
    { numRuns: 80, seed: 20261124 },
  );
  expect(same).toBeGreaterThan(5);
});
