import { describe, expect, test } from 'vitest';
import type { HoldRequest, TargetRecord } from '../../../src/model/records.ts';
import { type AttemptOver, clean, cleanRuns, demand, failed, requirement, run, target } from '../../kit/evidence.ts';
import { findingOf, reportOf, targetOf } from './judging.ts';

const times = (count: number, attempt: AttemptOver): AttemptOver[] => Array.from({ length: count }, () => attempt);
const withTarget = (over: Partial<TargetRecord>, attempts: readonly AttemptOver[] = clean(15)) => [
  run(0, attempts, { targets: [target(over)] }),
];

describe('a target that has never succeeded', () => {
  const rule = 'stability/never-succeeded';

  test('is a blocker after three attempts, with the cause of its failures', () => {
    expect(findingOf([run(0, times(2, failed('connection-refused')))], rule)).toBeUndefined();
    const runs = [run(0, [...times(4, failed('connection-refused')), failed('connect-timeout')])];
    expect(findingOf(runs, rule)).toMatchObject({ verdict: 'fail', cause: 'connection-refused', owner: 'network' });
    expect(findingOf(runs, rule)?.observed).toContain('no success in 5 attempts of 1 run');
    expect(reportOf(runs)).toMatchObject({ verdict: 'fail', exitCode: 1 });
  });

  test('is one over the whole history, and none once it has succeeded anywhere in it', () => {
    const twice = [run(0, times(2, failed('connect-timeout'))), run(1, times(1, failed('connect-timeout')))];
    expect(findingOf(twice, rule)?.observed).toContain('3 attempts of 2 runs');
    expect(findingOf([run(-1, clean(1)), ...twice], rule)).toBeUndefined();
  });

  test('is inconclusive where the failures say nothing of it', () => {
    const runs = [run(0, times(5, failed('version-unsupported')))];
    expect(findingOf(runs, rule)).toMatchObject({ verdict: 'inconclusive', cause: 'version-unsupported' });
    expect(reportOf(runs)).toMatchObject({ verdict: 'inconclusive', exitCode: 3 });
  });
});

describe('a decisive cause', () => {
  const rule = 'stability/decisive';

  test('that lasts until the target works is closed by a later success only', () => {
    const expired = failed('certificate-expired');
    expect(findingOf([run(0, [...clean(5), expired])], rule)).toMatchObject({
      verdict: 'fail',
      cause: 'certificate-expired',
    });
    expect(findingOf([run(0, [expired, ...clean(5)])], rule)).toBeUndefined();
    expect(findingOf([run(0, [...clean(5), expired]), run(1, clean(1))], rule)).toBeUndefined();
  });

  test('that is for good stays as long as it is in the counted history', () => {
    const runs = [run(0, [failed('egress-refused'), ...clean(14)]), ...cleanRuns(40, 15, 1)];
    expect(reportOf(runs)).toMatchObject({ verdict: 'fail' });
    expect(findingOf(runs, rule)).toMatchObject({ cause: 'egress-refused', owner: 'network' });
    const since = {
      target: 'claims-db',
      context: null,
      at: '2026-11-01T08:30:00Z',
      reason: 'r',
      ticket: 't',
      approvedBy: 'a',
    };
    expect(findingOf(runs, rule, { policy: { since: [since] } })).toBeUndefined();
  });

  test('of a part is closed by a success of that part only', () => {
    const join = { part: { name: 'join', reached: true } };
    const parts = { targets: [target({ parts: { join: 1 } })] };
    expect(findingOf([run(0, [failed('not-authorized', join), ...clean(14)], parts)], rule)).toMatchObject({
      verdict: 'fail',
    });
    expect(findingOf([run(0, [failed('not-authorized', join), join, ...clean(14)], parts)], rule)).toBeUndefined();
  });
});

describe('a dear part', () => {
  const rule = 'stability/parts';
  const join = { part: { name: 'join', reached: true } };
  const runs = (...attempts: AttemptOver[]) => withTarget({ parts: { join: 3 } }, [...attempts, ...clean(12)]);

  test('passes when every planned try succeeded', () => {
    expect(findingOf(runs(...times(3, join)), rule)).toMatchObject({
      verdict: 'pass',
      observed: 'join: 3 of 3 tries succeeded, 3 were planned',
    });
  });

  test('that was planned and not tried often enough leaves a gap', () => {
    expect(findingOf(runs(join, join, { part: { name: 'join', reached: false } }), rule)).toMatchObject({
      verdict: 'inconclusive',
      cause: 'part-missing',
    });
  });

  test('that never works fails with its own cause', () => {
    expect(findingOf(runs(...times(3, failed('group-unstable', join))), rule)).toMatchObject({
      verdict: 'fail',
      cause: 'group-unstable',
    });
  });

  test('that only this probe may not try says nothing of the target', () => {
    const report = reportOf(runs(...times(3, failed('probe-not-authorized', join))));
    expect(report.verdict).toBe('inconclusive');
    expect(report.targets[0]?.findings).toContainEqual(
      expect.objectContaining({ rule, verdict: 'inconclusive', cause: 'probe-not-authorized' }),
    );
  });

  test('that failed now and then is no pass of one run', () => {
    const some = runs(join, join, failed('group-unstable', join));
    expect(findingOf(some, rule, { scope: 'run' })).toMatchObject({ verdict: 'inconclusive', cause: 'part-failed' });
    expect(findingOf(some, rule)).toMatchObject({ verdict: 'pass' });
    expect(targetOf(some).blocks).toMatchObject({ met: 1 });
  });
});

describe('the addresses of ours', () => {
  const rule = 'egress/observed-within-allowed';
  const seen = (addresses: readonly string[], over: Parameters<typeof requirement>[0] = {}) =>
    withTarget(
      { requirement: requirement({ firewallAllows: ['203.0.113.0/24', '2001:db8::/32', '192.0.2.7'], ...over }) },
      clean(15).map((attempt, index) => ({
        ...attempt,
        egress: addresses.slice(index % addresses.length).slice(0, 1),
      })),
    );

  test.each([
    [['203.0.113.9']],
    [['203.0.113.9', '203.0.113.10']],
    [['::ffff:203.0.113.9']],
    [['2001:db8::1']],
    [['192.0.2.7']],
  ])('pass when all lie in the list: %j', (addresses) => {
    expect(findingOf(seen(addresses), rule)).toMatchObject({ verdict: 'pass', cause: null });
  });

  test('say with what strength none was outside', () => {
    expect(findingOf(seen(['203.0.113.9']), rule)?.observed).toBe(
      '1 address, none outside the list in any of 1 independent run (1 Nov 08:00 to 1 Nov 08:00 UTC): with 95 % confidence, checked at every run, fewer than 95.5 % of runs leave it',
    );
  });

  test.each([[['198.51.100.1']], [['::ffff:198.51.100.1']], [['2001:db9::1']], [['192.0.2.8']]])(
    'block when one lies outside, and name it: %j',
    (addresses) => {
      const finding = findingOf(seen(['203.0.113.9', ...addresses]), rule);
      expect(finding).toMatchObject({ verdict: 'fail', cause: 'egress-not-allowed', owner: 'network' });
      expect(finding?.observed).toContain(`1 of 2 addresses outside the list: ${addresses[0]} (1 of 1 run)`);
      expect(finding?.action).toContain(`${addresses[0]}`);
    },
  );

  test('are not compared on a private path, nor where no list is declared', () => {
    expect(findingOf(seen(['198.51.100.1'], { path: 'private' }), rule)).toBeUndefined();
    expect(findingOf(seen(['198.51.100.1'], { firewallAllows: null }), rule)).toBeUndefined();
  });

  test('leave a gap where none was seen, or what was seen is no address', () => {
    expect(findingOf(seen([]), rule)).toMatchObject({ verdict: 'inconclusive', cause: 'egress-not-seen' });
    expect(findingOf(seen(['broker-1']), rule)).toMatchObject({ verdict: 'inconclusive', cause: 'egress-not-seen' });
  });

  test('leave a gap where there were more than are kept', () => {
    const many = Array.from({ length: 2_001 }, (_, index) => ({ egress: [`10.0.${index >> 8}.${index & 255}`] }));
    const runs = withTarget({ requirement: requirement({ firewallAllows: ['10.0.0.0/8'] }) }, many);
    expect(findingOf(runs, rule)).toMatchObject({ verdict: 'inconclusive' });
  });
});

describe('an idle connection', () => {
  const rule = 'idle/survives';
  const hold = (
    plannedMs: number,
    cause: string | null,
    over: Partial<HoldRequest> = {},
    heldMs = plannedMs,
  ): AttemptOver => {
    const stages = [{ stage: 'hold' as const, server: null, elapsedMs: heldMs, ok: true }];
    const request = { hold: { kind: 'idle' as const, plannedMs, keepalive: 'as-client' as const, ...over }, stages };
    if (cause === null) return request;
    const stage = cause === 'login-timeout' ? 'authenticate' : heldMs < plannedMs ? 'hold' : 'reuse';
    return {
      ...request,
      ...failed(cause, { failure: { stage, server: null, cause, code: null, number: null, detail: '' } }),
    };
  };
  const judged = (...holds: AttemptOver[]) =>
    findingOf(withTarget({ requirement: requirement({ survivesIdleMs: 600_000 }) }, [...clean(15), ...holds]), rule);

  test.each<[string, AttemptOver[], string, string | null]>([
    ['lives as long as required', [hold(600_000, null)], 'pass', null],
    ['lives longer than required', [hold(900_000, null)], 'pass', null],
    ['lives for less than required', [hold(300_000, null)], 'inconclusive', 'idle-not-tested'],
    ['is silent', [hold(600_000, 'idle-silent')], 'fail', 'idle-dropped'],
    ['is reset', [hold(600_000, 'connection-reset')], 'fail', 'idle-dropped'],
    ['is closed', [hold(600_000, 'connection-closed')], 'fail', 'idle-dropped'],
    ['is lost on a shorter rung already', [hold(250_000, 'idle-silent'), hold(600_000, null)], 'fail', 'idle-dropped'],
    ['is lost on a longer rung only', [hold(600_000, null), hold(900_000, 'idle-silent')], 'pass', null],
    [
      'is closed on a longer rung, before the required time',
      [hold(900_000, 'connection-closed', {}, 300_000)],
      'fail',
      'idle-dropped',
    ],
    [
      'lives with keepalive only',
      [hold(600_000, null, { keepalive: { intervalMs: 30_000 } })],
      'inconclusive',
      'idle-not-tested',
    ],
    ['was not opened', [hold(600_000, 'login-timeout')], 'inconclusive', 'idle-not-tested'],
    ['was interrupted', [{ ...hold(600_000, null), outcome: 'aborted' }], 'inconclusive', 'idle-not-tested'],
    ['was used, not idle', [hold(600_000, null, { kind: 'in-use' })], 'inconclusive', 'idle-not-tested'],
    ['was not tried', [], 'inconclusive', 'idle-not-tested'],
  ])('that %s: %j', (_, holds, verdict, cause) => {
    expect(judged(...holds)).toMatchObject({ verdict, cause });
  });

  test('is judged by the longest idle of the workloads where the target states none, and not at all where nobody does', () => {
    const idle = withTarget({ demand: demand({ longestIdleMs: 600_000 }) }, [
      ...clean(15),
      hold(600_000, 'idle-silent'),
    ]);
    expect(findingOf(idle, rule)).toMatchObject({
      verdict: 'fail',
      required: 'a connection survives being idle for 10 min',
    });
    expect(findingOf(withTarget({}, [...clean(15), hold(600_000, 'idle-silent')]), rule)).toBeUndefined();
  });
});

describe('latency', () => {
  const rule = 'latency/p95';
  const slow = (count: number, elapsedMs: number) =>
    withTarget(
      { requirement: requirement({ p95Ms: { connect: 100 } }) },
      times(count, { stages: [{ stage: 'connect', server: null, elapsedMs, ok: true }] }),
    );

  test.each([
    [20, 90, 'pass', null],
    [20, 110, 'fail', 'latency-too-high'],
    [19, 110, 'inconclusive', 'too-few-attempts'],
  ] as const)('of %i attempts that take %i ms is %s', (count, elapsedMs, verdict, cause) => {
    expect(findingOf(slow(count, elapsedMs), rule)).toMatchObject({ verdict, cause });
  });

  test('of a stage that was never done leaves a gap', () => {
    const runs = withTarget({ requirement: requirement({ p95Ms: { tls: 100 } }) });
    expect(findingOf(runs, rule)).toMatchObject({ verdict: 'inconclusive', cause: 'nothing-observed' });
  });
});

test('an address that does not answer while another does is a warning', () => {
  const spans = [
    { stage: 'connect' as const, server: '10.0.0.1:1433', elapsedMs: 10_000, ok: false },
    { stage: 'connect' as const, server: '10.0.0.2:1433', elapsedMs: 2, ok: true },
  ];
  expect(findingOf([run(0, times(3, { stages: spans }))], 'connect/every-address')).toMatchObject({
    verdict: 'warn',
    cause: 'address-not-answering',
    observed: '10.0.0.1:1433 failed 3 of 3 times, in attempts that another address made succeed',
  });
});

test('what this client cannot try is never a pass', () => {
  const runs = cleanRuns(32).map((one) => ({
    ...one,
    targets: [target({ untestable: 'Kerberos is not spoken here' })],
  }));
  expect(reportOf(runs)).toMatchObject({ verdict: 'inconclusive' });
  expect(findingOf(runs, 'stage/untestable')).toMatchObject({
    cause: 'not-testable',
    observed: 'Kerberos is not spoken here',
  });
});

test('a damaged run keeps all others from passing', () => {
  const runs = [...cleanRuns(40), run(40, clean(15), { damaged: true })];
  expect(reportOf(runs)).toMatchObject({ verdict: 'inconclusive', targets: [{ setAside: { unreadable: 1 } }] });
  expect(findingOf(runs, 'evidence/complete')).toMatchObject({ cause: 'evidence-unreadable' });
});

describe('a target that the latest run did not try', () => {
  test.each([
    [
      'its identity was rejected elsewhere',
      { stops: { 'claims-db': 'credential' } },
      [],
      'identity-rejected-elsewhere',
    ],
    ['we broke', { stops: { 'claims-db': 'defect' } }, [{ outcome: 'broken' }], 'defect'],
    ['we broke now and then', {}, [...clean(14), { outcome: 'broken' }], 'defect'],
    ['it was interrupted', { stops: { 'claims-db': 'interrupted' }, end: 'interrupted' }, [], 'run-interrupted'],
    ['time ran out', { stops: { 'claims-db': 'wall-time' } }, [], 'nothing-observed'],
    ['nothing says why', {}, [], 'nothing-observed'],
    ['the host starved', {}, times(3, { taint: 'starved' }), 'local-starvation'],
  ] as const)('since %s is inconclusive', (_, over, attempts, cause) => {
    const runs = [...cleanRuns(40), run(40, attempts, over)];
    expect(reportOf(runs)).toMatchObject({ verdict: 'inconclusive' });
    expect(findingOf(runs, 'stability/stopped')).toMatchObject({ verdict: 'inconclusive', cause });
  });
});
