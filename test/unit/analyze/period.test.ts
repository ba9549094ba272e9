import { describe, expect, test } from 'vitest';
import { assessPeriod } from '../../../src/analyze/period.ts';
import type { RunOfTarget } from '../../../src/model/analysis.ts';
import { type Criteria, DEFAULT_POLICY, type Policy } from '../../../src/model/policy.ts';
import { instant, T0 } from '../../kit/evidence.ts';
import { bad, criteria, runOf } from './reference.ts';

const MINUTE_MS = 60_000;

const assess = (
  runs: readonly RunOfTarget[],
  {
    numbers = criteria(),
    policy = {},
    ephemeral = true,
  }: { numbers?: Criteria; policy?: Partial<Policy>; ephemeral?: boolean } = {},
) => assessPeriod(runs, numbers, { policy: { ...DEFAULT_POLICY, ...policy }, ephemeral });

const cleanRuns = (count: number): RunOfTarget[] => Array.from({ length: count }, (_, index) => runOf(index));

describe('over a period', () => {
  test('nothing is known without a run', () => {
    expect(assess([])).toMatchObject({ clean: 0, met: 0, decision: null, bound: 1, lacking: 32, spanMs: 0 });
  });

  test.each([
    [0.3, 10, 20],
    [0.1, 32, 20],
    [0.1, 39, 40],
    [0.05, 65, 20],
  ])(
    'a tolerable share of %f is accepted after %i clean runs at the threshold %i, not one earlier',
    (tolerable, runs, threshold) => {
      const numbers = criteria({ tolerable, threshold });
      expect(assess(cleanRuns(runs - 1), { numbers })).toMatchObject({ decision: null, lacking: 1 });
      expect(assess(cleanRuns(runs), { numbers })).toMatchObject({
        decision: 'accepted-rate',
        lacking: 0,
        clean: runs,
      });
    },
  );

  test('one bad run of two leaves 55 to go, and two of two are rejected', () => {
    expect(assess([runOf(0, bad), runOf(1)])).toMatchObject({ decision: null, clean: 1, met: 1, lacking: 55 });
    expect(assess([runOf(0, bad), runOf(1, bad)])).toMatchObject({ decision: 'rejected-rate', met: 2 });
  });

  test('two bad runs are rejected up to 16 clean ones beside them', () => {
    const among = (clean: number) => [...cleanRuns(clean), runOf(clean, bad), runOf(clean + 1, bad)];
    expect(assess(among(16)).decision).toBe('rejected-rate');
    expect(assess(among(17)).decision).toBeNull();
  });

  test('20 clean runs and a bad one need 36 more', () => {
    expect(assess([...cleanRuns(20), runOf(20, bad)]).lacking).toBe(36);
  });

  test('one bad run never rejects, however bad', () => {
    expect(assess([runOf(0, bad)]).decision).toBeNull();
  });

  test('more runs than the budget leaves are futile', () => {
    expect(assess([runOf(0, bad), runOf(1)], { policy: { maxRuns: 56 } }).futile).toBe(true);
    expect(assess([runOf(0, bad), runOf(1)], { policy: { maxRuns: 57 } }).futile).toBe(false);
  });

  test('the span must be covered, and is measured between the runs that are evidence', () => {
    expect(assess(cleanRuns(25)).spanCovered).toBe(true);
    expect(assess(cleanRuns(24)).spanCovered).toBe(false);
    const killedLongAgo = runOf(-100, { complete: false });
    expect(assess([killedLongAgo, ...cleanRuns(24)]).spanCovered).toBe(false);
  });
});

describe('runs count as one independent draw', () => {
  const at = (minutes: number, over: Partial<RunOfTarget> = {}) => ({
    ...runOf(minutes, over),
    startedAt: instant(T0 + minutes * MINUTE_MS),
  });

  test('where they share a host, on an ephemeral context', () => {
    const runs = [0, 60, 120].map((minutes) => at(minutes, { bootId: 'one' }));
    expect(assess(runs)).toMatchObject({ clean: 1, sameHost: 2 });
    expect(assess(runs, { ephemeral: false })).toMatchObject({ clean: 3, sameHost: 0 });
    expect(assess(runs, { policy: { independence: { minGapMs: 0, distinctHosts: false } } })).toMatchObject({
      clean: 3,
    });
  });

  test('where they began within a quarter of an hour of the first', () => {
    expect(assess([at(0), at(14), at(15), at(29), at(30)])).toMatchObject({ clean: 3, tooClose: 2 });
  });

  test('and the worst of them counts: a bad run is not diluted by repeating it', () => {
    expect(assess([at(0, bad), at(5), at(10)])).toMatchObject({ clean: 0, met: 1 });
  });

  test('and a host that nobody knows is never the same host', () => {
    expect(assess([at(0, { bootId: null }), at(60, { bootId: null })])).toMatchObject({ clean: 2 });
  });

  test('and a damaged run keeps a clean one beside it from counting', () => {
    expect(assess([at(0, { damaged: true, complete: false }), at(5)])).toMatchObject({ clean: 0, met: 0 });
    expect(assess([at(0, { complete: false }), at(5)])).toMatchObject({ clean: 1, met: 0 });
  });
});
