import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import {
  type AttemptOver,
  clean,
  cleanRuns,
  context,
  demand,
  failed,
  instant,
  run,
  type SyntheticRun,
  T0,
  target,
} from '../../kit/evidence.ts';
import { judgement, rateOf, reportOf, targetOf } from './judging.ts';

const HOUR_MS = 3_600_000;
const LOOSE = { independence: { minGapMs: 0, distinctHosts: false } };

const down: readonly AttemptOver[] = Array.from({ length: 5 }, () => failed('connection-refused'));
const sameHost = (runs: readonly SyntheticRun[]) =>
  runs.map((one, index) => ({ ...one, at: T0 + index * 1_000, context: context({ bootId: 'one' }) }));

describe('an ephemeral context over runs', () => {
  test('says after three healthy runs how many are needed and how many job runs could still fail, and exits 3', () => {
    for (const [count, monthly, more] of [
      [1, 688, 31],
      [2, 572, 30],
      [3, 473, 29],
      [7, 269, 25],
    ] as const) {
      const report = reportOf(cleanRuns(count));
      expect(report).toMatchObject({ verdict: 'inconclusive', exitCode: 3 });
      expect(rateOf(cleanRuns(count))).toMatchObject({
        cause: 'too-few-runs',
        observed: `No failure in ${count} of 32 runs; so far up to ${monthly} of 720 runs a month could fail. ${more} more clean runs are needed. The bound holds with 95 % confidence, checked at every run.`,
      });
      expect(report.targets[0]?.blocks).toMatchObject({
        counted: count,
        clean: count,
        met: 0,
        needed: 32,
        tolerable: 0.1,
      });
    }
  });

  test('passes after 32 clean runs that span a day, with the bound rounded up, its period, and what may have been missed', () => {
    expect(reportOf(cleanRuns(31))).toMatchObject({ verdict: 'inconclusive', exitCode: 3 });
    expect(reportOf(cleanRuns(32))).toMatchObject({ verdict: 'pass', exitCode: 0 });
    expect(rateOf(cleanRuns(32)).observed).toBe(
      '0 of 32 independent runs (480 attempts, 1 Nov 08:00 to 2 Nov 15:00 UTC) met a failure. With 95 % confidence, checked at every run, ' +
        'fewer than 9.9 % of job runs with 5 connections fail here: on average up to 71 of 720 runs a month. ' +
        'Bad periods that come less often than every 10 h may have been missed.',
    );
    expect(targetOf(cleanRuns(32)).blocks?.upperBound95).toBeCloseTo(0.09832168, 7);
  });

  test('does not pass before the runs span what the policy asks', () => {
    const close = cleanRuns(32).map((one, index) => ({ ...one, at: T0 + index * 15 * 60_000 }));
    expect(rateOf(close)).toMatchObject({ verdict: 'inconclusive', cause: 'span-too-short' });
    expect(rateOf(close).observed).toContain('They span 7 h, and policy.minSpan asks for 24 h.');
    expect(rateOf(close, { policy: { minSpanMs: 6 * HOUR_MS } }).verdict).toBe('pass');
  });

  test('needs 55 more (57 in all) after one bad run of two, and prints the stanza that begins anew', () => {
    const runs = [run(0, down), run(1, clean(15))];
    const finding = rateOf(runs);
    expect(reportOf(runs)).toMatchObject({ verdict: 'inconclusive', exitCode: 3 });
    expect(finding.observed).toContain('55 more (57 in all) clean runs are needed, one run of 2 failed.');
    const pasted = parse(finding.action?.slice(finding.action.indexOf('policy:')) ?? '');
    expect(pasted).toEqual({
      policy: {
        since: [
          {
            target: 'claims-db',
            context: 'serverless',
            at: instant(T0 + HOUR_MS + 15_000),
            reason: 'what was mended',
            ticket: 'TICKET',
            approvedBy: 'NAME',
          },
        ],
      },
    });
  });

  test('begins anew with that stanza, at the doubled threshold, and says so', () => {
    const runs = [run(0, down), run(1, clean(15))];
    const action = rateOf(runs).action ?? '';
    const { since } = parse(action.slice(action.indexOf('policy:'))).policy;
    expect(reportOf(runs, { policy: { since } })).toMatchObject({
      verdict: 'inconclusive',
      run: null,
      targets: [{ setAside: { before: 2 }, blocks: { counted: 0, needed: 39 } }],
      context: { findings: [{ rule: 'evidence/runs' }] },
    });
    expect(rateOf([...runs, run(2, clean(15))], { policy: { since } }).observed).toBe(
      'No failure in 1 of 39 runs; so far up to 688 of 720 runs a month could fail. 38 more clean runs are needed. ' +
        'The bound holds with 95 % confidence, checked at every run. ' +
        'Earlier runs set aside: 2 before policy.since. policy.since is used once: the evidence must reach 40 instead of 20.',
    );
  });

  test('repeats the entries that stand in that stanza, so that pasting it forgets no earlier use', () => {
    const since = [
      {
        target: 'claims-db',
        context: null,
        at: instant(T0 - HOUR_MS),
        reason: 'a "first" fix',
        ticket: 't',
        approvedBy: 'a',
      },
    ];
    const action = rateOf([run(0, down), run(1, clean(15))], { policy: { since } }).action ?? '';
    const { context: _everywhere, ...written } = since[0]!;
    expect(parse(action.slice(action.indexOf('policy:'))).policy.since).toEqual([
      written,
      expect.objectContaining({ target: 'claims-db', context: 'serverless' }),
    ]);
  });

  test('passes after policy.since only with 39 clean runs, and with 46 after a second use', () => {
    const since = { target: 'claims-db', context: null, at: instant(T0), reason: 'r', ticket: 't', approvedBy: 'a' };
    expect(rateOf(cleanRuns(38), { policy: { since: [since] } }).verdict).toBe('inconclusive');
    expect(rateOf(cleanRuns(39), { policy: { since: [since] } }).verdict).toBe('pass');
    expect(rateOf(cleanRuns(45), { policy: { since: [since, since] } }).verdict).toBe('inconclusive');
    expect(rateOf(cleanRuns(46), { policy: { since: [since, since] } }).verdict).toBe('pass');
  });

  test('fails with two bad runs of three, naming what failed and what is tolerated', () => {
    const runs = [run(0, down), run(1, clean(15)), run(2, down)];
    expect(reportOf(runs)).toMatchObject({ verdict: 'fail', exitCode: 1 });
    expect(rateOf(runs)).toMatchObject({ verdict: 'fail', cause: 'fails-too-often' });
    expect(rateOf(runs).observed).toBe(
      '2 of 3 independent runs met a failure (10 of 25 attempts: connection-refused at connect (10 times)); ' +
        'tolerated are 10 % of job runs with 5 connections.',
    );
    expect(rateOf(runs).action).toContain('since:');
  });

  test('says at once when a pass is out of reach of the budget of runs', () => {
    const finding = rateOf([run(0, down), run(1, clean(15))], { policy: { maxRuns: 56 } });
    expect(finding).toMatchObject({ verdict: 'inconclusive', cause: 'cannot-pass' });
    expect(finding.observed).toContain('It cannot pass within 56 runs (policy.maxRuns).');
  });

  test('counts runs of one host, or close together, as one draw and says so', () => {
    const runs = sameHost(cleanRuns(3));
    expect(targetOf(runs).blocks).toMatchObject({ counted: 1 });
    expect(rateOf(runs).observed).toContain('3 runs, 1 counts as independent: 2 share the host of an earlier one.');
    const close = cleanRuns(3).map((one, index) => ({ ...one, at: T0 + index * 60_000 }));
    expect(rateOf(close).observed).toContain(
      '3 runs, 1 counts as independent: 2 began within 15 min of an earlier one.',
    );
  });

  test('counts them apart where the policy loosens independence, and prints that with the verdict', () => {
    const { observed } = rateOf(sameHost(cleanRuns(3)), { policy: LOOSE });
    expect(observed).toContain('No failure in 3 of 32 runs');
    expect(observed).toContain(
      'policy.independence is loosened: runs need only 0 ms between them instead of 15 min, runs of one host count as independent.',
    );
    const many = sameHost(cleanRuns(32));
    expect(rateOf(many, { policy: { ...LOOSE, minSpanMs: 0 } })).toMatchObject({
      verdict: 'pass',
      observed: expect.stringContaining('policy.independence is loosened'),
    });
  });

  test('never counts a killed, interrupted or damaged run as clean', () => {
    for (const over of [{ end: null }, { end: 'interrupted' }, { damaged: true }] as const) {
      const runs = [...cleanRuns(2), run(2, clean(15), over)];
      expect(targetOf(runs).blocks).toMatchObject({ counted: 2, needed: 32 });
      expect(rateOf(runs).observed).toContain(
        'Of 3 runs, 1 run without a failure does not count as clean: 1 interrupted, without an end, or damaged.',
      );
    }
  });

  test('keeps the failures of a killed run', () => {
    const runs = [run(0, [...clean(3), failed('login-timeout')], { end: null }), run(1, clean(15))];
    expect(targetOf(runs).blocks).toMatchObject({ counted: 2, clean: 1, met: 1 });
  });

  test('begins a new history where the target connects elsewhere', () => {
    const moved = [target({ digest: 'sha256:2' })];
    const runs = [run(0, down), run(1, down), run(2, clean(15), { targets: moved })];
    expect(targetOf(runs)).toMatchObject({
      verdict: 'inconclusive',
      setAside: { otherTarget: 2 },
      blocks: { counted: 1 },
    });
    expect(rateOf(runs).observed).toContain('Earlier runs set aside: 2 connected elsewhere.');
  });

  test('says that runs of several profiles are judged together', () => {
    const runs = [run(0, clean(15), { profile: 'quick' }), run(1, clean(15))];
    expect(rateOf(runs).observed).toContain('Runs of the profiles gate and quick are judged together');
  });

  test('a failing part makes the run bad', () => {
    const targets = [target({ parts: { join: 3 } })];
    const joins = Array.from({ length: 3 }, () => ({ part: { name: 'join', reached: true } }));
    const broken = [...joins.slice(1), failed('group-unstable', { part: { name: 'join', reached: true } })];
    const runs = [run(0, [...joins, ...clean(12)], { targets }), run(1, [...broken, ...clean(12)], { targets })];
    expect(targetOf(runs).blocks).toMatchObject({ counted: 2, clean: 1, met: 1 });
  });
});

describe('the numbers of the workload', () => {
  test.each([
    ['quick', {}, 0.1, 'with 1 connection '],
    ['gate', {}, 0.1, 'with 5 connections '],
    ['strict', {}, 0.1, 'with 10 connections '],
    ['quick', { tolerableFailedRuns: 0.05, connectionsPerRun: 34 }, 0.1, 'with 1 connection '],
    ['gate', { tolerableFailedRuns: 0.05, connectionsPerRun: 34 }, 0.05, 'with 34 connections '],
    ['gate', { connectionsPerRun: 128 }, 0.1, 'with 128 connections '],
  ] as const)('under %s with %j a share of %f is tolerated of job runs %s', (profile, asks, tolerable, connections) => {
    const runs = [run(0, clean(65), { targets: [target({ demand: demand(asks) })] })];
    expect(targetOf(runs, { profile }).blocks?.tolerable).toBeCloseTo(tolerable, 12);
    expect(rateOf(runs, { profile }).required).toContain(connections);
  });

  test('above 64 connections the score is made for 64 and the tolerable share shrinks with it', () => {
    const targets = [target({ demand: demand({ connectionsPerRun: 128, runsPerMonth: 100 }) })];
    const runs = Array.from({ length: 65 }, (_, index) => run(index, clean(66), { targets }));
    expect(rateOf(runs.slice(1)).verdict).toBe('inconclusive');
    expect(rateOf(runs).verdict).toBe('pass');
    expect(targetOf(runs).blocks?.upperBound95).toBeCloseTo(2 * 0.04979773, 7);
    expect(targetOf(runs).blocks?.ofRunsPerMonth).toBe('10 of 100');
  });

  test('the policy speaks where the workloads are silent, and the present configuration before the evidence', () => {
    const runs = cleanRuns(32);
    const policy = { tolerableFailedRuns: 0.05 };
    expect(targetOf(runs, { policy }).blocks).toMatchObject({ tolerable: 0.05, needed: 65 });
    const { requirement } = target();
    const present = new Map([['claims-db', { requirement, expect: {}, demand: demand({ tolerableFailedRuns: 0.2 }) }]]);
    expect(targetOf(runs, { policy, present })).toMatchObject({
      judgedBy: 'config',
      blocks: { tolerable: 0.2 },
      verdict: 'pass',
    });
    expect(targetOf(runs)).toMatchObject({ judgedBy: 'evidence' });
  });

  test('a first attempt that alone fails is a warning where the workload retries it, else the run is bad', () => {
    const cold = (retriesFirstConnection: boolean) =>
      Array.from({ length: 32 }, (_, index) =>
        run(index, [failed('connect-timeout'), ...clean(14)], {
          targets: [target({ demand: demand({ retriesFirstConnection }) })],
        }),
      );
    expect(reportOf(cold(false))).toMatchObject({ verdict: 'fail' });
    expect(reportOf(cold(true))).toMatchObject({ verdict: 'warn', exitCode: 0 });
    expect(targetOf(cold(true)).findings[0]).toMatchObject({
      rule: 'stability/first-attempt',
      cause: 'first-attempt-only',
    });
  });
});

describe('a stable context over a period', () => {
  const stable = (runs: readonly SyntheticRun[]) =>
    runs.map((one) => ({ ...one, context: context({ ephemeral: false, bootId: 'one' }) }));

  test('counts runs of its one host apart', () => {
    expect(rateOf(stable(cleanRuns(32))).verdict).toBe('pass');
  });

  test('fails already where the attempts of the latest run fail it, and not once a clean run follows', () => {
    const bad = run(
      1,
      Array.from({ length: 15 }, (_, index) => (index % 2 === 1 ? failed('login-timeout') : {})),
    );
    expect(rateOf([run(0, clean(15)), bad])).toMatchObject({ verdict: 'inconclusive' });
    expect(rateOf(stable([run(0, clean(15)), bad]))).toMatchObject({ verdict: 'fail', cause: 'fails-too-often' });
    expect(rateOf(stable([bad, run(2, clean(15))]))).toMatchObject({ verdict: 'inconclusive' });
  });
});

test('the same evidence gives the same report at another time, but for that time', () => {
  const runs = [run(0, down), run(1, clean(15))];
  const at = (judgedAt: string) => ({ ...judgement(runs, { judgedAt }).report, judgedAt: null });
  expect(at(instant(T0 + 50 * HOUR_MS))).toEqual(at(instant(T0 + 40 * HOUR_MS)));
});
