import process from 'node:process';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { describe, expect, test } from 'vitest';
import { analyze, type Question } from '../../../src/analyze/analyze.ts';
import { DEFAULT_POLICY, type Policy, type Since } from '../../../src/model/policy.ts';
import {
  clean,
  cleanRuns,
  context,
  failed,
  folderOf,
  instant,
  run,
  type SyntheticRun,
  T0,
  target,
} from '../../kit/evidence.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

const ask = (runs: readonly SyntheticRun[], over: Partial<Question> = {}, policy: Partial<Policy> = {}) =>
  analyze(folderOf(runs), {
    context: 'serverless',
    vantage: 'driver',
    scope: 'period',
    run: null,
    only: null,
    judgedAt: instant(T0 + 2 * DAY_MS),
    policy: { ...DEFAULT_POLICY, ...policy },
    ...over,
  });

const since = (over: Partial<Since> = {}): Since => ({
  target: 'claims-db',
  context: null,
  at: instant(T0 + 1.5 * HOUR_MS),
  reason: 'firewall',
  ticket: 'T-1',
  approvedBy: 'someone',
  ...over,
});

const only = (analysis: ReturnType<typeof analyze>) => {
  const [first, ...rest] = analysis.targets;
  if (first === undefined || rest.length > 0) throw new Error(`${analysis.targets.length} targets`);
  return first;
};

describe('which runs count', () => {
  test('all of one context and vantage, in order of their start', () => {
    const analysis = ask([
      ...cleanRuns(3),
      run(3, clean(1), { context: context({ name: 'dedicated' }) }),
      run(4, clean(1), { context: context({ vantage: 'udf' }) }),
    ]);
    expect(only(analysis).runs.map((one) => one.run)).toEqual(['run-0', 'run-1', 'run-2']);
    expect(analysis.runs).toHaveLength(3);
    expect(analysis.runs.every(({ counted, why }) => counted && why === null)).toBe(true);
  });

  test('not those that are older than the policy allows', () => {
    const analysis = ask(cleanRuns(3), { judgedAt: instant(T0 + 30 * DAY_MS + 1.5 * HOUR_MS) });
    expect(only(analysis)).toMatchObject({ runs: [{ run: 'run-2' }], setAside: { tooOld: 2 } });
    expect(analysis.runs[0]).toMatchObject({ counted: false, why: expect.stringContaining('policy.maxAge') });
  });

  test('of the targets that were asked for, and of controls: what others have found stays out', () => {
    const both = [target(), target({ name: 'other' }), target({ name: 'uplink', control: true })];
    const runs = [run(0, clean(3), { targets: both }), run(1, clean(3), { targets: [target({ name: 'other' })] })];
    const analysis = ask(runs, { only: ['claims-db'] });
    expect(analysis.targets.map((one) => one.target.name)).toEqual(['claims-db', 'uplink']);
    expect(analysis.runs).toMatchObject([
      { counted: true, why: null },
      { counted: false, why: 'it tried no target that was asked for' },
    ]);
    expect(ask(runs).targets.map((one) => one.target.name)).toEqual(['claims-db', 'other', 'uplink']);
  });

  test('and a target whose every run is too old is gone', () => {
    expect(ask(cleanRuns(3), { judgedAt: instant(T0 + 60 * DAY_MS) }).targets).toEqual([]);
  });

  test('not those before policy.since of their target and context', () => {
    const counted = (one: Since) => only(ask(cleanRuns(3), {}, { since: [one] }));
    expect(counted(since())).toMatchObject({ runs: [{ run: 'run-2' }], setAside: { before: 2 } });
    expect(counted(since({ context: 'serverless' })).runs).toHaveLength(1);
    expect(counted(since({ context: 'dedicated' })).runs).toHaveLength(3);
    expect(counted(since({ target: 'other' })).runs).toHaveLength(3);
  });

  test('and the latest of several policy.since holds', () => {
    const policy = { since: [since({ at: instant(T0 + 2.5 * HOUR_MS) }), since()] };
    expect(only(ask(cleanRuns(4), {}, policy)).runs.map((one) => one.run)).toEqual(['run-3']);
  });

  test('not those that connected elsewhere than the latest run does', () => {
    const moved = [target({ digest: 'sha256:2', endpoint: 'new.internal:1433' })];
    const analysis = ask([...cleanRuns(2), run(2, clean(2), { targets: moved })]);
    expect(only(analysis)).toMatchObject({
      runs: [{ run: 'run-2' }],
      setAside: { otherTarget: 2 },
      target: { endpoint: 'new.internal:1433' },
    });
    expect(analysis.runs[0]).toMatchObject({ counted: false, why: expect.stringContaining('connected elsewhere') });
  });

  test('a run that counts for one of its targets only says for which it does not', () => {
    const both = [target(), target({ name: 'other' })];
    const moved = [target({ digest: 'sha256:2' }), target({ name: 'other' })];
    const analysis = ask([run(0, clean(1), { targets: both }), run(1, clean(1), { targets: moved })]);
    expect(analysis.runs[0]).toMatchObject({
      counted: true,
      why: expect.stringMatching(/for claims-db: it connected/),
    });
  });

  test('a target that only an earlier run named is still judged', () => {
    const analysis = ask([run(0, clean(1), { targets: [target(), target({ name: 'other' })] }), run(1, clean(1))]);
    expect(analysis.targets.map(({ target: { name } }) => name)).toEqual(['claims-db', 'other']);
  });

  test('one alone in scope run: the one asked for, else the latest', () => {
    expect(only(ask(cleanRuns(3), { scope: 'run' })).runs).toMatchObject([{ run: 'run-2' }]);
    const analysis = ask(cleanRuns(3), { scope: 'run', run: 'run-1' });
    expect(only(analysis).runs).toMatchObject([{ run: 'run-1' }]);
    expect(analysis.runs.map(({ counted }) => counted)).toEqual([false, true, false]);
  });

  test('none where nothing was found, and the context has its name all the same', () => {
    expect(ask([])).toMatchObject({ context: { name: 'serverless', ephemeral: true }, runs: [], targets: [] });
  });
});

describe('a run that is not whole', () => {
  test('keeps its failures and is never complete, whether killed, interrupted or damaged', () => {
    const attempts = [...clean(3), failed('login-timeout')];
    const analysis = ask([
      run(0, attempts, { end: null }),
      run(1, attempts, { end: 'interrupted' }),
      run(2, attempts, { damaged: true }),
    ]);
    expect(only(analysis).runs).toMatchObject([
      { failed: 1, complete: false, damaged: false, endedAt: null },
      { failed: 1, complete: false, damaged: false },
      { failed: 1, complete: false, damaged: true },
    ]);
    expect(only(analysis).setAside.unreadable).toBe(1);
    expect(analysis.runs.map(({ why }) => why)).toEqual([
      expect.stringContaining('it has no end'),
      expect.stringContaining('it was interrupted'),
      expect.stringContaining('cannot be read'),
    ]);
  });

  test('does not count twice where the folder holds it twice', () => {
    const one = run(0, [...clean(3), failed('login-timeout')], { end: null });
    const folder = folderOf([one]);
    const doubled = {
      ...folder,
      headers: [...folder.headers, ...folder.headers],
      *records(ids: ReadonlySet<string>) {
        yield* folder.records(ids);
        yield* folder.records(ids);
      },
    };
    const question = { context: 'serverless', vantage: 'driver', scope: 'period', run: null, only: null } as const;
    const analysis = analyze(doubled, { ...question, judgedAt: instant(T0 + HOUR_MS), policy: DEFAULT_POLICY });
    expect(only(analysis).runs).toMatchObject([{ succeeded: 3, failed: 1 }]);
    expect(analysis.runs).toHaveLength(1);
  });
});

describe('what the attempts of a target have in common', () => {
  test('its failures by cause and place, with runs and times, the most frequent first', () => {
    const analysis = ask([
      run(0, [failed('login-timeout'), {}, failed('connect-timeout')]),
      run(1, [failed('login-timeout'), failed('login-timeout')]),
    ]);
    expect(only(analysis).failures).toMatchObject([
      {
        cause: 'login-timeout',
        count: 3,
        runs: 2,
        firstAt: instant(T0),
        lastAt: instant(T0 + HOUR_MS + 1_000),
        part: null,
      },
      { cause: 'connect-timeout', count: 1, runs: 1 },
    ]);
  });

  test('a part that failed is listed as a failure of that part', () => {
    const analysis = ask([run(0, [failed('group-unstable', { part: { name: 'join', reached: true } })])]);
    expect(only(analysis)).toMatchObject({
      failures: [{ cause: 'group-unstable', part: 'join' }],
      runs: [{ succeeded: 1 }],
    });
  });

  test('a failure that is in no rate for its taint is not listed', () => {
    expect(only(ask([run(0, [failed('connect-timeout', { taint: 'uplink' })])])).failures).toEqual([]);
  });

  test('an address of ours counts in no rate where its attempt is in none, and is seen all the same', () => {
    const analysis = ask([
      run(0, [{ egress: ['203.0.113.9'] }, failed('login-timeout', { egress: ['203.0.113.9'] })]),
      run(1, [{ egress: ['198.51.100.1'], outcome: 'aborted' }]),
    ]);
    expect(only(analysis).egress).toMatchObject([
      { value: '203.0.113.9', succeeded: 1, failed: 1, runs: 1 },
      { value: '198.51.100.1', succeeded: 0, failed: 0, runs: 1 },
    ]);
  });

  test('an address that does not answer while another does', () => {
    const spans = [
      { stage: 'connect' as const, server: '10.0.0.1:1433', elapsedMs: 10_000, ok: false },
      { stage: 'connect' as const, server: '10.0.0.2:1433', elapsedMs: 2, ok: true },
    ];
    expect(only(ask([run(0, [{ stages: spans }, failed('connect-timeout')])])).servers).toMatchObject([
      { value: '10.0.0.1:1433', succeeded: 0, failed: 1 },
      { value: '10.0.0.2:1433', succeeded: 1, failed: 0 },
    ]);
  });

  test('how long a stage takes is told of what succeeded, and how often it failed beside it', () => {
    const span = (elapsedMs: number, ok: boolean) => ({
      stages: [{ stage: 'connect' as const, server: null, elapsedMs, ok }],
    });
    const analysis = ask([run(0, [span(1, true), span(3, true), failed('connect-timeout', span(10_000, false))])]);
    expect(only(analysis).stages).toMatchObject([{ name: 'connect', count: 3, failed: 1, p50: 2, max: 3 }]);
  });

  test('observations and measures of what succeeded', () => {
    const analysis = ask([
      run(0, [{ measures: { rows: 3 } }, { measures: { rows: 5 }, observation: { version: '2' } }]),
      run(1, [{}]),
    ]);
    expect(only(analysis).observations).toMatchObject([
      { value: { version: '1' }, succeeded: 2, runs: 2 },
      { value: { version: '2' }, succeeded: 1, runs: 1 },
    ]);
    expect(only(analysis).measures).toMatchObject([{ name: 'rows', count: 2, p50: 4, min: 3, max: 5 }]);
  });

  test('a value beyond the cap is counted and not kept', () => {
    const attempts = Array.from({ length: 5_100 }, (_, index) => ({ observation: { index } }));
    const { observations, observationsOverflowed, others } = only(ask([run(0, attempts)]));
    expect(observations).toHaveLength(5_000);
    expect(observationsOverflowed).toBe(true);
    expect(others).toBe(100);
  });

  test('a cause is never lost to the cap, which may be a blocker', () => {
    const attempts = Array.from({ length: 300 }, (_, code) =>
      failed(code < 299 ? 'server-error' : 'egress-refused', {
        failure: {
          stage: 'authenticate',
          server: null,
          cause: code < 299 ? 'server-error' : 'egress-refused',
          code: null,
          number: code,
          detail: '',
        },
      }),
    );
    const { failures } = only(ask([run(0, attempts)]));
    expect(failures.map(({ cause }) => cause)).toContain('egress-refused');
    expect(failures.reduce((sum, { count }) => sum + count, 0)).toBe(300);
    expect(failures.length).toBeLessThanOrEqual(202);
  });

  test('and an address of ours beyond the cap is said to be lost', () => {
    const attempts = Array.from({ length: 2_001 }, (_, index) => ({ egress: [`10.0.${index >> 8}.${index & 255}`] }));
    expect(only(ask([run(0, attempts.slice(1))])).egressOverflowed).toBe(false);
    expect(only(ask([run(0, attempts)])).egressOverflowed).toBe(true);
  });

  test('why each run stopped', () => {
    expect(only(ask([run(0, [], { stops: { 'claims-db': 'credential' } })])).runs).toMatchObject([
      { stop: 'credential' },
    ]);
  });
});

describe('holds', () => {
  const request = { kind: 'idle', plannedMs: 250_000, keepalive: 'as-client' } as const;
  const spans = [
    { stage: 'connect', server: null, elapsedMs: 5, ok: true },
    { stage: 'hold', server: null, elapsedMs: 250_000, ok: true },
    { stage: 'reuse', server: null, elapsedMs: 5_000, ok: false },
  ] as const;
  const ended = (stage: 'connect' | 'hold' | 'reuse', cause: string) => ({
    hold: request,
    ...failed(cause, { failure: { stage, server: null, cause, code: null, number: null, detail: '' } }),
  });

  test.each([
    ['alive', { hold: request }],
    ['silent', ended('reuse', 'idle-silent')],
    ['reset', ended('reuse', 'connection-reset')],
    ['closed', ended('hold', 'connection-closed')],
    ['closed', ended('reuse', 'server-error')],
    ['not-opened', ended('connect', 'connection-reset')],
    ['interrupted', { hold: request, outcome: 'aborted' as const }],
    ['interrupted', { hold: request, outcome: 'broken' as const }],
    ['interrupted', { ...ended('reuse', 'idle-silent'), taint: 'starved' as const }],
  ])('end %s: %j', (outcome, attempt) => {
    expect(only(ask([run(0, [attempt])])).holds).toMatchObject([{ outcome, count: 1, runs: 1 }]);
  });

  test('are grouped by what was asked and how they ended, with the time from opening to end', () => {
    const silent = { ...ended('reuse', 'idle-silent'), stages: [...spans] };
    const analysis = ask([run(0, [silent, silent, { hold: request }]), run(1, [silent])]);
    expect(only(analysis).holds).toMatchObject([
      { ...request, outcome: 'alive', count: 1, runs: 1 },
      { ...request, outcome: 'silent', count: 3, runs: 2, afterMs: 255_000 },
    ]);
  });

  test('are in no rate, no stage and no list of failures', () => {
    const { runs, stages, failures } = only(ask([run(0, [ended('reuse', 'idle-silent'), {}])]));
    expect(runs).toMatchObject([{ succeeded: 1, failed: 0 }]);
    expect(stages).toMatchObject([{ name: 'connect', count: 1, failed: 0 }]);
    expect(failures).toEqual([]);
  });
});

test('memory grows with runs and distinct values, not with attempts', { timeout: 60_000 }, () => {
  const folder = folderOf([run(0, [])]);
  const [template] = [
    ...folderOf([run(0, [{ egress: ['203.0.113.9'], measures: { rows: 1 } }])]).records(new Set(['run-0'])),
  ];
  if (template?.record !== 'attempt') throw new Error('no template');
  setFlagsFromString('--expose-gc');
  const collectGarbage: () => void = runInNewContext('gc');
  const heap = () => {
    collectGarbage();
    return process.memoryUsage().heapUsed;
  };
  let early = 0;
  let late = 0;
  const many = {
    ...folder,
    *records() {
      for (let n = 1; n <= 1_000_000; n += 1) {
        if (n === 100_000) early = heap();
        yield { ...template, n, stages: [{ ...template.stages[0]!, elapsedMs: (n % 977) + 0.5 }] };
      }
      late = heap();
    },
  };
  const question = { context: 'serverless', vantage: 'driver', scope: 'period', run: null, only: null } as const;
  const analysis = analyze(many, { ...question, judgedAt: instant(T0 + HOUR_MS), policy: DEFAULT_POLICY });
  expect(only(analysis).runs).toMatchObject([{ succeeded: 1_000_000 }]);
  expect(late - early).toBeLessThan(2 * 1024 * 1024);
});
