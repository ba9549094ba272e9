import { expect, test } from 'vitest';
import {
  type AttemptOver,
  clean,
  cleanRuns,
  context,
  demand,
  failed,
  run,
  type SyntheticRun,
  T0,
  target,
} from '../../kit/evidence.ts';
import { findingOf, reportOf } from './judging.ts';

// More that is bad, or that says nothing, never brings a verdict nearer to a pass.

const MINUTE_MS = 60_000;
const HOUR_MS = 3_600_000;

test('a burst of failed lookups is no pass of one run, although it counts once in the rate', () => {
  const lookup = failed('name-lookup-failed', {
    failure: {
      stage: 'resolve',
      server: 's',
      cause: 'name-lookup-failed',
      code: 'EAI_AGAIN',
      number: null,
      detail: '',
    },
  });
  const burst = Array.from({ length: 29 }, () => lookup);
  const stable = context({ ephemeral: false });
  const runs = [run(0, [...clean(35), ...burst, ...clean(36)], { profile: 'quick', scope: 'run', context: stable })];
  expect(reportOf(runs, { scope: 'run', profile: 'quick' }).verdict).toBe('inconclusive');
});

test('a run that says nothing covers no time', () => {
  const close = cleanRuns(32).map((one, index) => ({ ...one, at: T0 + index * 16 * MINUTE_MS }));
  const late = { at: T0 + 30 * HOUR_MS, context: context({ bootId: 'boot-0' }) };
  const empty: readonly SyntheticRun[] = [
    run(99, [], { ...late, end: 'interrupted' }),
    run(100, clean(1), { ...late, at: late.at + MINUTE_MS, end: null }),
  ];
  expect(findingOf(close, 'stability/failure-rate')?.cause).toBe('span-too-short');
  expect(reportOf([...close, ...empty]).verdict).toBe('inconclusive');
});

const hold = (plannedMs: number) => ({ kind: 'idle' as const, plannedMs, keepalive: 'as-client' as const });
const span = (elapsedMs: number, ok: boolean) => ({ stage: 'hold' as const, server: 's', elapsedMs, ok });

function closedAfter(elapsedMs: number): AttemptOver {
  const failure = {
    stage: 'hold' as const,
    server: 's',
    cause: 'connection-closed',
    code: null,
    number: null,
    detail: '',
  };
  return failed('connection-closed', { hold: hold(1_860_000), stages: [span(elapsedMs, false)], failure });
}

test.each([
  ['alone', []],
  ['among later ones', [1_700_000, 1_750_000]],
])('an idle connection that was lost early is a blocker %s', (_, later) => {
  const alive: AttemptOver = {
    hold: hold(600_000),
    stages: [span(600_000, true), { stage: 'reuse', server: 's', elapsedMs: 1, ok: true }],
  };
  const lost = [200_000, ...later].map(closedAfter);
  const asks = target({ demand: demand({ longestIdleMs: 600_000 }) });
  const runs = [run(0, [...clean(15), alive, ...lost], { targets: [asks] })];
  expect(findingOf(runs, 'idle/survives')).toMatchObject({ verdict: 'fail', cause: 'idle-dropped' });
});

test('an address that the server refused while a hold opened is a blocker', () => {
  const failure = {
    stage: 'authenticate' as const,
    server: 's',
    cause: 'egress-refused',
    code: null,
    number: 40615,
    detail: '',
  };
  const refused = failed('egress-refused', { hold: hold(250_000), failure });
  expect(reportOf(cleanRuns(40)).verdict).toBe('pass');
  const report = reportOf([...cleanRuns(39), run(40, [...clean(15), refused])]);
  expect(report.verdict).toBe('fail');
  expect(report.targets[0]?.attempts.failed).toBe(0);
});

test('a record that is there twice where another is missing damages its run', () => {
  const runs = cleanRuns(40);
  const last = runs.at(-1);
  if (last === undefined) throw new Error('no run');
  const doubled = {
    ...last,
    attempts: last.attempts.map((attempt, index) => ({ ...attempt, n: Math.min(index + 1, 14) })),
  };
  expect(reportOf([...runs.slice(0, -1), doubled]).verdict).toBe('inconclusive');
});
