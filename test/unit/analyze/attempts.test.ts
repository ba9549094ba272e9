import { describe, expect, test } from 'vitest';
import {
  attemptBound,
  attemptDecision,
  attemptRates,
  attemptsLacking,
  attemptsNeeded,
  cleanRunsNeeded,
  plannedAttempts,
} from '../../../src/analyze/attempts.ts';
import { createTally } from '../../../src/analyze/tally.ts';
import type { Criteria } from '../../../src/model/policy.ts';
import { type AttemptOver, attemptRecords, clean, failed } from '../../kit/evidence.ts';

const criteria = (over: Partial<Criteria> = {}): Criteria => ({
  tolerable: 0.1,
  connections: 1,
  retriesFirstConnection: false,
  runsPerMonth: 720,
  threshold: 20,
  ...over,
});

const tallyOf = (attempts: readonly AttemptOver[]) => {
  const tally = createTally();
  for (const record of attemptRecords(attempts)) tally.add(record);
  return tally.read();
};

/** `failures` apart from each other, in `total` attempts. */
const spread = (failures: number, total: number): AttemptOver[] =>
  Array.from({ length: total }, (_, index) => (index % 2 === 1 && index < failures * 2 ? failed('login-timeout') : {}));

const QUICK = criteria();
const GATE = criteria({ connections: 5 });
const STRICT = criteria({ connections: 10 });

describe('the test over the attempts of one run', () => {
  test.each([
    ['quick', QUICK, Math.LN10, 0.09531],
    ['gate', GATE, 2.340269, 0.019062],
    ['strict', STRICT, 2.345021, 0.009531],
  ] as const)('moves in %s by the published steps', (_, { tolerable, connections }, down, up) => {
    const { p0, p1 } = attemptRates(tolerable, connections);
    expect(Math.log(p1 / p0)).toBeCloseTo(down, 6);
    expect(Math.log((1 - p0) / (1 - p1))).toBeCloseTo(up, 6);
  });

  test.each([
    ['quick', QUICK, [32, 57, 82, 107]],
    ['gate', GATE, [158, 281, 405, 529]],
    ['strict', STRICT, [315, 562, 809, 1056]],
  ] as const)('passes in %s at the published number of attempts and not one earlier', (_, one, boundaries) => {
    for (const [failures, total] of boundaries.entries()) {
      expect(attemptDecision(tallyOf(spread(failures, total)), one)).toBe('accepted-rate');
      expect(attemptDecision(tallyOf(spread(failures, total - 1)), one)).toBeNull();
      expect(attemptsLacking(tallyOf(spread(failures, total - 1)), one)).toBe(1);
    }
  });

  test.each([
    [
      'quick',
      QUICK,
      [
        [2, 18],
        [3, 44],
        [4, 69],
      ],
    ],
    [
      'gate',
      GATE,
      [
        [2, 90],
        [3, 214],
        [4, 337],
      ],
    ],
    [
      'strict',
      STRICT,
      [
        [2, 179],
        [3, 426],
        [4, 673],
      ],
    ],
  ] as const)('fails in %s up to the published number of attempts and not one later', (_, one, boundaries) => {
    for (const [failures, total] of boundaries) {
      expect(attemptDecision(tallyOf(spread(failures, total)), one)).toBe('rejected-rate');
      expect(attemptDecision(tallyOf(spread(failures, total + 1)), one)).toBeNull();
    }
  });

  test('needs ten attempts before it fails', () => {
    const everyAttempt = (count: number) => tallyOf(Array.from({ length: count }, () => failed('login-timeout')));
    expect(attemptDecision(everyAttempt(9), GATE)).toBeNull();
    expect(attemptDecision(everyAttempt(10), GATE)).toBe('rejected-rate');
  });

  test('never passes once two failures came side by side', () => {
    const burst = [failed('login-timeout'), failed('login-timeout'), ...clean(500)];
    expect(attemptDecision(tallyOf(burst), QUICK)).toBeNull();
  });

  test('leaves the first attempt out where the workload retries it', () => {
    const retries = criteria({ retriesFirstConnection: true });
    expect(attemptDecision(tallyOf([failed('connect-timeout'), ...clean(31)]), retries)).toBeNull();
    expect(attemptDecision(tallyOf([failed('connect-timeout'), ...clean(32)]), retries)).toBe('accepted-rate');
    expect(attemptDecision(tallyOf(clean(32)), retries)).toBeNull();
    expect(attemptsNeeded(retries)).toBe(33);
  });

  test.each([
    [1, 0.1, 32],
    [2, 0.1, 63],
    [5, 0.1, 158],
    [10, 0.1, 315],
    [20, 0.1, 629],
    [32, 0.1, 1006],
    [1, 0.01, 332],
    [5, 0.01, 1656],
    [32, 0.01, 10593],
  ])('needs, at %i connections and a tolerable share of %f, %i clean attempts', (connections, tolerable, needed) => {
    expect(attemptsNeeded(criteria({ connections, tolerable }))).toBe(needed);
  });

  test('bounds the share of failing job runs just below the tolerable one where it first passes', () => {
    expect(attemptBound(tallyOf(clean(32)), QUICK)).toBeCloseTo(0.09832168, 7);
    expect(attemptBound(tallyOf(clean(158)), GATE)).toBeLessThanOrEqual(0.1);
    expect(attemptBound(tallyOf(clean(157)), GATE)).toBeGreaterThan(0.1);
    expect(attemptBound(tallyOf([]), QUICK)).toBeCloseTo(1, 6);
  });
});

test.each([
  [0.3, 20, 10],
  [0.2, 20, 15],
  [0.1, 20, 32],
  [0.1, 40, 39],
  [0.1, 80, 46],
  [0.05, 20, 65],
  [0.02, 20, 165],
  [0.01, 20, 332],
])('a tolerable share of %f at the threshold %i takes %i = %i clean runs', (tolerable, threshold, needed) => {
  expect(cleanRunsNeeded(tolerable, threshold)).toBe(needed);
});

test.each([
  [1, 15],
  [5, 15],
  [14, 15],
  [34, 35],
  [64, 65],
  [400, 65],
])('a run for %i connections makes %i attempts', (connections, attempts) => {
  expect(plannedAttempts(connections)).toBe(attempts);
});
