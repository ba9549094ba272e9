import { describe, expect, test } from 'vitest';
import { analyze } from '../../../src/analyze/analyze.ts';
import { bracketOf } from '../../../src/analyze/bracket.ts';
import type { HoldAnalysis } from '../../../src/model/analysis.ts';
import { DEFAULT_POLICY, type Since } from '../../../src/model/policy.ts';
import type { HoldRequest } from '../../../src/model/records.ts';
import { historyOf } from '../../../src/plan/history.ts';
import {
  type AttemptOver,
  clean,
  failed,
  folderOf,
  instant,
  run,
  type SyntheticRun,
  T0,
  target,
} from '../../kit/evidence.ts';

const request = (plannedMs: number, over: Partial<HoldRequest> = {}): HoldRequest => ({
  kind: 'idle',
  plannedMs,
  keepalive: 'as-client',
  ...over,
});

const heldFor = (elapsedMs: number) => [{ stage: 'hold' as const, server: null, elapsedMs, ok: true }];
const alive = (hold: HoldRequest, over: AttemptOver = {}): AttemptOver => ({
  hold,
  stages: heldFor(hold.plannedMs),
  ...over,
});
const lost = (hold: HoldRequest, cause: string, afterMs = hold.plannedMs, over: AttemptOver = {}): AttemptOver => ({
  hold,
  ...failed(cause, {
    failure: {
      stage: afterMs < hold.plannedMs ? 'hold' : 'reuse',
      server: null,
      cause,
      code: null,
      number: null,
      detail: '',
    },
  }),
  stages: heldFor(afterMs),
  ...over,
});

const analysisOf = (runs: readonly SyntheticRun[], since: readonly Since[] = []) =>
  analyze(folderOf(runs), {
    context: 'serverless',
    vantage: 'driver',
    scope: 'period',
    run: null,
    only: null,
    judgedAt: instant(T0 + 86_400_000),
    policy: { ...DEFAULT_POLICY, since: [...since] },
  });
const named = (analysis: ReturnType<typeof analyze>, name = 'claims-db') => {
  const found = analysis.targets.find(({ target: { name: own } }) => own === name);
  if (found === undefined) throw new Error(`no ${name}`);
  return found;
};

describe('how a hold ended', () => {
  test('in use and in silence is timed by its last answer', () => {
    const hold = request(300_000, { kind: 'in-use' });
    const died = lost(hold, 'in-use-silent', 125_000, { measures: { lastAnswerMs: 120_000 } });
    expect(named(analysisOf([run(0, [died])])).holds).toMatchObject([{ outcome: 'silent', afterMs: 120_000 }]);
  });

  test('is alive where only what came after its use failed', () => {
    const left = lost(request(60_000, { kind: 'membership' }), 'group-unstable', 60_000, {
      stages: [...heldFor(60_000), { stage: 'reuse', server: null, elapsedMs: 3, ok: true }],
    });
    const failure = {
      stage: 'authorize' as const,
      server: null,
      cause: 'group-unstable',
      code: null,
      number: null,
      detail: '',
    };
    expect(named(analysisOf([run(0, [{ ...left, failure }])])).holds).toMatchObject([{ outcome: 'alive' }]);
  });
});

describe('what a run held', () => {
  test('is its longest hold that came to an end, and its first loss', () => {
    const long = request(600_000);
    const analysis = analysisOf([
      run(0, [
        alive(request(250_000)),
        lost(request(360_000), 'idle-silent'),
        lost(long, 'connection-closed', 301_000),
      ]),
      run(1, [alive(request(250_000)), alive(long)]),
      run(2, [alive(request(250_000)), { ...alive(long), outcome: 'aborted' }]),
      run(3, [alive(request(250_000, { keepalive: { intervalMs: 30_000 } })), ...clean(3)]),
    ]);
    expect(named(analysis).heldRuns).toEqual([
      { run: 'run-0', kind: 'idle', longestMs: 600_000, lostAtMs: 301_000 },
      { run: 'run-1', kind: 'idle', longestMs: 600_000, lostAtMs: null },
      { run: 'run-2', kind: 'idle', longestMs: 250_000, lostAtMs: null },
    ]);
  });

  test('tells the next run whether to hold again', () => {
    const long = request(600_000);
    const runs = [run(0, [alive(long)]), run(1, [alive(request(250_000))]), run(2, [lost(long, 'idle-silent')])];
    const held = (longestMs: number, neededMs: number | null) =>
      historyOf(analysisOf(runs)).held(target().digest, 'idle', { longestMs, neededMs });
    expect(held(600_000, 600_000)).toEqual({ runs: 2, latestLost: true });
    expect(held(600_000, 300_000)).toEqual({ runs: 2, latestLost: false });
    expect(held(600_000, null)).toEqual({ runs: 2, latestLost: false });
    expect(held(250_000, 600_000)).toEqual({ runs: 3, latestLost: true });
    expect(held(900_000, 900_000)).toEqual({ runs: 0, latestLost: false });
    const { held: other } = historyOf(analysisOf(runs));
    expect(other('sha256:other', 'idle', { longestMs: 1, neededMs: 1 })).toEqual({ runs: 0, latestLost: false });
    expect(other(target().digest, 'membership', { longestMs: 1, neededMs: 1 })).toEqual({ runs: 0, latestLost: false });
  });
});

describe('a ladder that another target of the server held', () => {
  const targets = [target(), target({ name: 'archive', heldBy: 'claims-db' })];
  const holds = [
    alive(request(250_000)),
    lost(request(600_000), 'idle-silent'),
    alive(request(600_000, { kind: 'in-use' })),
  ];

  test('counts for both, and in no rate of either', () => {
    const analysis = analysisOf([run(0, [...clean(3), ...holds], { targets })]);
    expect(named(analysis, 'archive').holds).toEqual(named(analysis).holds);
    expect(named(analysis, 'archive').holds).toHaveLength(3);
    expect(named(analysis, 'archive').heldRuns).toEqual(named(analysis).heldRuns);
    expect(named(analysis, 'archive').runs).toMatchObject([{ succeeded: 0, failed: 0 }]);
    expect(named(analysis, 'archive').resolved).toEqual([]);
  });

  test('counts only in the runs that say so, and that count for this target', () => {
    const alone = [target(), target({ name: 'archive' })];
    const since: Since = {
      target: 'archive',
      context: null,
      at: instant(T0 + 1.5 * 3_600_000),
      reason: 'NAT',
      ticket: 'T-1',
      approvedBy: 'someone',
    };
    const runs = [run(0, holds, { targets: alone }), run(1, holds, { targets }), run(2, holds, { targets })];
    const idleIn = (name: string, entries: readonly Since[] = []) =>
      named(analysisOf(runs, entries), name).heldRuns.flatMap((held) => (held.kind === 'idle' ? [held.run] : []));
    expect(idleIn('archive')).toEqual(['run-1', 'run-2']);
    expect(idleIn('archive', [since])).toEqual(['run-2']);
    expect(idleIn('claims-db', [since])).toEqual(['run-0', 'run-1', 'run-2']);
  });

  test('is its idle connections alone: a membership is the target’s own', () => {
    const analysis = analysisOf([run(0, [alive(request(60_000, { kind: 'membership' }))], { targets })]);
    expect(named(analysis).holds).toHaveLength(1);
    expect(named(analysis, 'archive').holds).toEqual([]);
  });
});

describe('the bracket of an idle limit', () => {
  const held = (plannedMs: number, outcome: HoldAnalysis['outcome'], afterMs = plannedMs, count = 3): HoldAnalysis => ({
    ...request(plannedMs),
    outcome,
    afterMs,
    count,
    runs: 1,
  });

  test.each<[string, HoldAnalysis[], ReturnType<typeof bracketOf>]>([
    ['nothing was lost', [held(2_000, 'alive'), held(4_000, 'alive')], null],
    [
      'all above a rung is silent',
      [held(2_000, 'alive'), held(4_000, 'alive'), held(8_000, 'silent', 9_500), held(12_000, 'silent', 13_500)],
      { aboveMs: 4_000, withinMs: 8_000, outcome: 'silent' },
    ],
    [
      'the first rung is lost already',
      [held(2_000, 'reset', 2_001)],
      { aboveMs: 0, withinMs: 2_000, outcome: 'reset' },
    ],
    [
      'the peer closes while it is held',
      [held(4_000, 'alive'), held(8_000, 'closed', 6_001), held(12_000, 'closed', 6_000)],
      { aboveMs: 4_000, withinMs: 6_000, outcome: 'closed' },
    ],
    [
      'a rung is lost in part',
      [held(4_000, 'alive'), held(8_000, 'alive', 8_000, 2), held(8_000, 'silent', 9_500, 1)],
      { aboveMs: 4_000, withinMs: 8_000, outcome: 'silent' },
    ],
    [
      'a longer rung lived by chance',
      [held(4_000, 'alive'), held(8_000, 'silent'), held(12_000, 'alive')],
      { aboveMs: 4_000, withinMs: 8_000, outcome: 'silent' },
    ],
  ])('where %s', (_, holds, bracket) => {
    expect(bracketOf(holds)).toEqual(bracket);
  });
});
