import { describe, expect, test } from 'vitest';
import { mayRaise, missChance, scoreOf } from '../../../src/analyze/score.ts';
import type { RunOfTarget } from '../../../src/model/analysis.ts';
import { criteria, runOf } from './reference.ts';

const part = (over: object) => ({
  parts: [{ name: 'join', planned: 3, made: 3, failed: 0, unjudged: 0, lastSuccessAt: null, ...over }],
});

describe('the score of a run', () => {
  test.each([
    [15, 5, 1, false, 2 / 7],
    [15, 5, 1, true, 5 / 14],
    [15, 5, 3, false, 61 / 91],
    [15, 5, 14, false, 1],
    [31, 10, 2, false, 15 / 29],
    [12, 1, 1, false, 1 / 11],
    [15, 5, 0, false, 0],
  ])(
    'of %i attempts for %i connections, %i of them failed after the first (retries: %s), is %f',
    (made, connections, failed, retriesFirstConnection, score) => {
      const run = runOf(0, { succeeded: made - failed, failed });
      expect(scoreOf(run, criteria({ connections, retriesFirstConnection }))).toBeCloseTo(score, 12);
    },
  );

  test('is 1 where the first attempt failed, unless the workload retries it', () => {
    const run = runOf(0, { succeeded: 14, failed: 1, firstFailed: true });
    expect(scoreOf(run, criteria())).toBe(1);
    expect(scoreOf(run, criteria({ retriesFirstConnection: true }))).toBe(0);
  });

  test('counts a first lookup that failed again at once as one of the others, since a retry would have met it', () => {
    const run = runOf(0, { succeeded: 13, failed: 1, repeated: 1, firstFailed: true, firstRepeated: true });
    expect(scoreOf(run, criteria({ retriesFirstConnection: true }))).toBeCloseTo(missChance(14, 1, 5), 12);
    expect(scoreOf(run, criteria())).toBe(1);
  });

  test('does not take a later attempt for the first where the first is in no rate', () => {
    const run = runOf(0, { succeeded: 13, failed: 1, firstScored: false, tainted: 1 });
    expect(scoreOf(run, criteria())).toBeCloseTo(missChance(14, 1, 5), 12);
  });

  test('is 1 where a part failed, but not where only this probe lacks a permission', () => {
    expect(scoreOf(runOf(0, part({ failed: 1 })), criteria())).toBe(1);
    expect(scoreOf(runOf(0, part({ failed: 3, unjudged: 3 })), criteria())).toBe(0);
  });
});

test.each<[string, Partial<RunOfTarget>, boolean]>([
  ['a whole run', {}, true],
  ['one attempt failed', { succeeded: 14, failed: 1 }, true],
  ['nine attempts', { succeeded: 9 }, false],
  ['ten attempts', { succeeded: 10 }, true],
  ['it did not end', { complete: false }, false],
  ['a fifth was tainted', { succeeded: 12, tainted: 3 }, true],
  ['more than a fifth met a failed lookup again', { succeeded: 11, repeated: 3 }, false],
  ['more than a fifth was tainted', { succeeded: 11, tainted: 3 }, false],
  ['all tries of a part', part({}), true],
  ['a try of a part is missing', part({ made: 2 }), false],
  ['a part could not be tried by us', part({ failed: 1, unjudged: 1 }), false],
])('where %s, %j, the run may raise the evidence: %s', (_, over, raises) => {
  expect(mayRaise(runOf(0, over), criteria())).toBe(raises);
});

test('a run for ten connections raises the evidence from eleven attempts', () => {
  expect(mayRaise(runOf(0, { succeeded: 10 }), criteria({ connections: 10 }))).toBe(false);
  expect(mayRaise(runOf(0, { succeeded: 11 }), criteria({ connections: 10 }))).toBe(true);
});
