import { describe, expect, test } from 'vitest';
import {
  type AttemptOver,
  clean,
  context,
  demand,
  failed,
  run,
  type SyntheticRun,
  target,
} from '../../kit/evidence.ts';
import { type Asked, rateOf, reportOf, targetOf } from './judging.ts';

const QUICK: Asked = { scope: 'run', profile: 'quick' };
const one = (attempts: readonly AttemptOver[], over: Partial<SyntheticRun> = {}) => [
  run(0, attempts, { context: context({ ephemeral: false }), scope: 'run', ...over }),
];
const apart = (failures: number, total: number): AttemptOver[] =>
  Array.from({ length: total }, (_, index) => (index % 2 === 1 && index < failures * 2 ? failed('login-timeout') : {}));

describe('one run alone', () => {
  test('passes on a stable context and names its period', () => {
    const finding = rateOf(one(clean(32)), QUICK);
    expect(finding.verdict).toBe('pass');
    expect(finding.observed).toMatch(/^No blocker seen in this run, 08:00 to 08:00 UTC: 0 of 32 attempts failed\./);
    expect(finding.observed).toContain('fewer than 9.9 % of job runs with 1 connection fail in a period like this one');
    expect(reportOf(one(clean(32)), QUICK)).toMatchObject({ scope: 'run', verdict: 'pass', exitCode: 0 });
  });

  test('is at best a warning on an ephemeral context', () => {
    const report = reportOf(one(clean(32), { context: context() }), QUICK);
    expect(report).toMatchObject({ verdict: 'warn', exitCode: 0 });
    expect(report.targets[0]?.findings[0]).toMatchObject({ cause: 'one-run-only' });
    expect(reportOf(one(clean(32), { context: context() }), { ...QUICK, policy: { warn: 'blocks' } }).exitCode).toBe(1);
  });

  test('has no blocks, and a failure rate with its exact limits', () => {
    expect(targetOf(one(apart(3, 20)), QUICK)).toMatchObject({ blocks: null, attempts: { total: 20, failed: 3 } });
    const rate = targetOf(one(apart(3, 20)), QUICK).attempts.failureRate;
    expect(rate?.observed).toBe(0.15);
    expect(rate?.lower).toBeCloseTo(0.03207094, 7);
    expect(rate?.upper).toBeCloseTo(0.37892683, 7);
    expect(rate?.upperBound95).toBeCloseTo(0.3436638, 7);
  });

  test.each<[string, SyntheticRun[], string, string]>([
    ['too few attempts', one(clean(31)), 'inconclusive', 'too-few-attempts'],
    [
      'too few attempts within the limits',
      one(clean(20), { stops: { 'claims-db': 'logins' } }),
      'inconclusive',
      'limits-too-low',
    ],
    ['two failures in ten attempts', one(apart(2, 10)), 'fail', 'fails-too-often'],
    ['two failures side by side', one([failed('x'), failed('x'), ...clean(98)]), 'inconclusive', 'failures-adjacent'],
    ['an interrupted run', one(clean(40), { end: 'interrupted' }), 'inconclusive', 'run-interrupted'],
    ['a run without an end', one(clean(40), { end: null }), 'inconclusive', 'run-interrupted'],
    ['a damaged run', one(clean(40), { damaged: true }), 'inconclusive', 'evidence-unreadable'],
    [
      'a starved run',
      one([...clean(36), ...Array.from({ length: 10 }, () => ({ taint: 'starved' as const }))]),
      'inconclusive',
      'local-starvation',
    ],
    ['an interrupted run that fails', one(apart(5, 12), { end: 'interrupted' }), 'fail', 'fails-too-often'],
    ['no attempt that counts', one([{ outcome: 'aborted' }]), 'inconclusive', 'nothing-observed'],
  ])('with %s is judged so', (_, runs, verdict, cause) => {
    expect(rateOf(runs, QUICK)).toMatchObject({ verdict, cause });
  });

  test('is that run and no other, whatever its history', () => {
    const runs = [
      run(
        0,
        Array.from({ length: 12 }, () => failed('connection-refused')),
      ),
      ...one(clean(32), { id: 'run-1', at: run(1, []).at }),
    ];
    expect(reportOf(runs, QUICK)).toMatchObject({ verdict: 'pass', run: { id: 'run-1' } });
    expect(reportOf(runs, { ...QUICK, run: 'run-0' })).toMatchObject({ verdict: 'fail', run: { id: 'run-0' } });
  });

  test('under gate asks for the numbers of the workload', () => {
    const targets = [target({ demand: demand({ connectionsPerRun: 2 }) })];
    expect(rateOf(one(clean(62), { targets }), { scope: 'run' }).verdict).toBe('inconclusive');
    expect(rateOf(one(clean(63), { targets }), { scope: 'run' }).verdict).toBe('pass');
  });
});
