import fc from 'fast-check';
import { expect, test } from 'vitest';
import { assessPeriod } from '../../../src/analyze/period.ts';
import { assessWorkload } from '../../../src/analyze/workload.ts';
import type { RunOfTarget } from '../../../src/model/analysis.ts';
import { DEFAULT_POLICY } from '../../../src/model/policy.ts';
import { bad, criteria, runOf } from './reference.ts';

const SETTING = { policy: DEFAULT_POLICY, ephemeral: true };

const joint = (targets: readonly (readonly RunOfTarget[])[], numbers = criteria()) =>
  assessWorkload(targets, numbers, SETTING);

const history = (count: number, badAt: readonly number[] = [], from = 0): RunOfTarget[] =>
  Array.from({ length: count }, (_, index) => runOf(from + index, badAt.includes(index) ? bad : {}));

test('a workload with one target is judged as that target', () => {
  for (const runs of [history(32), history(7, [3]), history(3, [0, 2]), []])
    expect(joint([runs])).toEqual(assessPeriod(runs, criteria(), SETTING));
});

test('clean runs of several targets are as many clean runs', () => {
  expect(joint([history(32), history(32)])).toMatchObject({ clean: 32, met: 0, lacking: 0, decision: 'accepted-rate' });
});

test('failures at different targets in different runs add up for the job', () => {
  // Each alone: one bad run of 57 passes.
  const [one, other] = [history(57, [3]), history(57, [40])];
  expect(assessPeriod(one, criteria(), SETTING).decision).toBe('accepted-rate');
  expect(assessPeriod(other, criteria(), SETTING).decision).toBe('accepted-rate');
  expect(joint([one, other])).toMatchObject({ met: 2, lacking: 25, decision: null });
});

test('in one run the scores are 1 - prod(1 - y)', () => {
  // m 15, c 5, k 1 without retry: 2/7 (statistics §7)
  const run = runOf(0, { succeeded: 14, failed: 1 });
  const [block] = joint([[run], [run], [runOf(0)]]).blocks;
  expect(block?.score).toBeCloseTo(1 - (5 / 7) ** 2, 12);
});

test('two bad runs at two targets fail the job that neither target fails alone', () => {
  const [one, other] = [history(11, [1]), history(11, [5])];
  expect(assessPeriod(one, criteria(), SETTING).decision).toBeNull();
  expect(joint([one, other]).decision).toBe('rejected-rate');
});

test('a run that did not try every target lowers the evidence and never raises it', () => {
  expect(joint([history(32), history(31)])).toMatchObject({ clean: 31, lacking: 1 });
  expect(joint([history(32), []])).toMatchObject({ clean: 0, lacking: 32 });
  expect(joint([history(32, [31]), history(31)])).toMatchObject({ clean: 31, met: 1 });
});

test('a run that lost a record at one target is not clean', () => {
  const damaged = history(32).map((run, index) => (index === 5 ? { ...run, damaged: true } : run));
  expect(joint([history(32), damaged])).toMatchObject({ clean: 31 });
});

test('the job never passes where one of its targets does not', () => {
  const histories = fc.array(fc.tuple(fc.array(fc.nat(59), { maxLength: 3 }), fc.integer({ min: 30, max: 60 })), {
    minLength: 1,
    maxLength: 3,
  });
  fc.assert(
    fc.property(histories, (shapes) => {
      const targets = shapes.map(([badAt, count]) => history(count, badAt));
      const whole = joint(targets);
      const alone = targets.map((runs) => assessPeriod(runs, criteria(), SETTING));
      expect(whole.bound).toBeGreaterThanOrEqual(Math.max(...alone.map(({ bound }) => bound)) - 1e-9);
      expect(whole.lacking).toBeGreaterThanOrEqual(Math.max(...alone.map(({ lacking }) => lacking)));
    }),
    { seed: 20261124 },
  );
});
