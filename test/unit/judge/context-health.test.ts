import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  type AttemptOver,
  clean,
  context,
  demand,
  failed,
  instant,
  run,
  type SyntheticRun,
  T0,
  target,
} from '../../kit/evidence.ts';
import { type Asked, reportOf } from './judging.ts';

const STABLE = context({ ephemeral: false });
const starved: AttemptOver = { taint: 'starved' };
const uplink = failed('connect-timeout', { taint: 'uplink' });
const of = (name: string, attempts: readonly AttemptOver[]) =>
  attempts.map((attempt) => ({ ...attempt, target: name }));

const findingOf = (runs: readonly SyntheticRun[], rule: string, asked: Asked = {}) =>
  reportOf(runs, asked).context?.findings.find((finding) => finding.rule === rule);

describe('context/healthy', () => {
  const watched = (index: number, attempts: readonly AttemptOver[], stalledMs = 12): SyntheticRun =>
    run(index, attempts, { health: [{ measures: { elapsedMs: 10_000, stalledMs, longestStallMs: stalledMs / 4 } }] });
  const bad = [...clean(15), ...Array.from({ length: 5 }, () => starved)];

  test('passes where the runs were watched and nothing was the matter', () => {
    expect(findingOf([watched(0, clean(15)), watched(1, clean(15), 1_000)], 'context/healthy')).toMatchObject({
      verdict: 'pass',
      observed:
        '0 of 2 runs were starved, with 0 attempts in no rate for it; the process stood still for 10 % of a run at most, and for 250 ms at the longest',
      cause: null,
    });
  });

  test('warns of a run that was starved, and is inconclusive where most were', () => {
    const some = [watched(0, bad), watched(1, clean(15)), watched(2, clean(15))];
    expect(findingOf(some, 'context/healthy')).toMatchObject({ verdict: 'warn', cause: 'local-starvation' });
    const most = [watched(0, bad), watched(1, bad), watched(2, clean(15))];
    expect(findingOf(most, 'context/healthy')).toMatchObject({
      verdict: 'inconclusive',
      cause: 'local-starvation',
      owner: 'platform',
    });
  });

  test('takes a run for starved in which the process hardly ran, whatever came of its attempts', () => {
    expect(findingOf([watched(0, clean(15), 8_500)], 'context/healthy')).toMatchObject({
      verdict: 'inconclusive',
      observed: expect.stringContaining('for 85 % of a run at most'),
    });
    expect(findingOf([watched(0, clean(15), 7_500)], 'context/healthy')).toMatchObject({ verdict: 'pass' });
    const short = run(0, clean(15), { health: [{ measures: { elapsedMs: 2_000, stalledMs: 1_900 } }] });
    expect(findingOf([short], 'context/healthy')).toMatchObject({ verdict: 'pass' });
  });

  test('takes no run for starved that lost a fifth of its attempts or less', () => {
    expect(
      findingOf([watched(0, [...clean(16), starved, starved, starved, starved])], 'context/healthy'),
    ).toMatchObject({
      verdict: 'pass',
      cause: null,
    });
  });

  test('is not asked of evidence that was not watched', () => {
    expect(findingOf([run(0, clean(15))], 'context/healthy')).toBeUndefined();
  });
});

/** Runs with a control: what it made of each, and what the target did. */
const controlled = (
  index: number,
  ofControl: readonly AttemptOver[],
  ofTarget: readonly AttemptOver[] = clean(15),
  over: Partial<SyntheticRun> = {},
): SyntheticRun =>
  run(index, [...of('claims-db', ofTarget), ...of('uplink', ofControl)], {
    targets: [target(), target({ name: 'uplink', endpoint: 'status.example:443', control: true })],
    ...over,
  });
const many = (count: number, ofControl: readonly AttemptOver[], ofTarget?: readonly AttemptOver[]) =>
  Array.from({ length: count }, (_, index) => controlled(index, ofControl, ofTarget));

describe('context/uplink-stable', () => {
  test('is inconclusive after too few runs, and passes by the same rule as a target', () => {
    expect(findingOf(many(7, clean(15)), 'context/uplink-stable')).toMatchObject({
      verdict: 'inconclusive',
      cause: 'too-few-runs',
    });
    const passed = findingOf(many(32, clean(15)), 'context/uplink-stable');
    expect(passed).toMatchObject({ verdict: 'pass', cause: null });
    expect(passed?.observed).toMatch(/^uplink \(status\.example:443\): 0 of 32 independent runs/);
  });

  test('fails where the control fails in too many runs, and says what was laid to it', () => {
    const down = [...clean(5), ...Array.from({ length: 10 }, () => failed('connect-timeout'))];
    const report = reportOf(many(10, down, [...clean(15), uplink]));
    const finding = report.context?.findings.find(({ rule }) => rule === 'context/uplink-stable');
    expect(finding).toMatchObject({ verdict: 'fail', cause: 'uplink-unstable', owner: 'platform' });
    expect(finding?.observed).toContain('10 failures of other targets are laid to it, and in no rate.');
    expect(finding?.action).toContain('since:');
    expect(report).toMatchObject({ verdict: 'fail', exitCode: 1 });
  });

  test('fails where the control has never worked, and the targets do not', () => {
    const dead = Array.from({ length: 5 }, () => failed('connect-timeout'));
    const report = reportOf([
      controlled(
        0,
        dead,
        Array.from({ length: 5 }, () => uplink),
      ),
    ]);
    expect(report.context?.findings).toMatchObject([{ rule: 'context/uplink-stable', verdict: 'fail' }]);
    expect(report.targets).toMatchObject([{ name: 'claims-db', verdict: 'inconclusive' }]);
    expect(report.targets[0]?.findings.some(({ cause }) => cause === 'uplink-unstable')).toBe(true);
  });

  test('does not go by the latency or the certificate of a control', () => {
    const slow = target({
      name: 'uplink',
      control: true,
      requirement: { firewallAllows: null, path: 'public', p95Ms: { connect: 1 }, survivesIdleMs: null },
    });
    const runs = many(32, clean(15)).map((one) => ({ ...one, targets: [target(), slow] }));
    expect(findingOf(runs, 'context/uplink-stable')).toMatchObject({ verdict: 'pass' });
  });

  test('passes by one control that works where another does not', () => {
    const targets = [
      target({ name: 'flaky', control: true }),
      target({ name: 'steady', control: true }),
      target({ name: 'claims-db' }),
    ];
    const runs = Array.from({ length: 32 }, (_, index) =>
      run(
        index,
        [
          ...of('flaky', [...clean(10), failed('connect-timeout')]),
          ...of('steady', clean(15)),
          ...of('claims-db', clean(15)),
        ],
        {
          targets,
        },
      ),
    );
    expect(findingOf(runs, 'context/uplink-stable')).toMatchObject({ verdict: 'pass' });
    expect(reportOf(runs).verdict).toBe('pass');
  });

  test('judges one run alone by its attempts', () => {
    const alone = controlled(0, clean(40), clean(40), { context: STABLE });
    expect(findingOf([alone], 'context/uplink-stable', { scope: 'run', profile: 'quick' })).toMatchObject({
      verdict: 'pass',
    });
  });
});

describe('a control in the report', () => {
  test('is no target: its failures are judged once, as the context’s', () => {
    const flaky = [...clean(10), failed('connect-timeout')];
    const report = reportOf(many(32, flaky));
    expect(report.targets).toMatchObject([{ name: 'claims-db', verdict: 'pass' }]);
    expect(report.verdict).toBe('fail');
  });

  test('is a target as well where a workload uses it', () => {
    const used = target({ name: 'uplink', control: true, demand: demand({ workloads: ['claims-ingest'] }) });
    const report = reportOf([{ ...controlled(0, clean(15)), targets: [target(), used] }]);
    expect(report.targets.map(({ name }) => name)).toEqual(['claims-db', 'uplink']);
  });

  test('that is alone leaves nothing judged: inconclusive', () => {
    const alone = Array.from({ length: 32 }, (_, index) =>
      run(index, clean(15), { targets: [target({ control: true })] }),
    );
    expect(reportOf(alone)).toMatchObject({ verdict: 'inconclusive', targets: [] });
  });
});

describe('context/uplink-known', () => {
  const server = (name: string): AttemptOver =>
    failed('connect-timeout', {
      at: instant(T0),
      failure: { stage: 'connect', server: name, cause: 'connect-timeout', code: null, number: null, detail: '' },
    });
  const three = ['a:1', 'b:1', 'c:1'].map(server);

  test('asks for a control where three servers failed at once, and only informs', () => {
    expect(findingOf([run(0, [...clean(12), ...three])], 'context/uplink-known')).toMatchObject({
      verdict: 'warn',
      cause: 'uplink-unknown',
    });
  });

  test('is not asked of two, nor where there is a control', () => {
    expect(findingOf([run(0, three.slice(1))], 'context/uplink-known')).toBeUndefined();
    expect(findingOf([controlled(0, clean(15), three)], 'context/uplink-known')).toBeUndefined();
  });
});

describe('in scope run', () => {
  const asked: Asked = { scope: 'run', profile: 'quick' };

  test('failures laid to the uplink leave it undecided where no control worked', () => {
    const ofTarget = [...clean(40), uplink];
    const report = (ofControl: readonly AttemptOver[]) =>
      reportOf([controlled(0, ofControl, ofTarget, { context: STABLE })], asked);
    expect(report(clean(40)).targets).toMatchObject([{ verdict: 'pass' }]);
    expect(report(Array.from({ length: 5 }, () => failed('connect-timeout'))).targets).toMatchObject([
      { verdict: 'inconclusive' },
    ]);
  });
});

describe('whatever the history', () => {
  const attempts = fc
    .record({ clean: fc.integer({ min: 0, max: 30 }), failures: fc.integer({ min: 0, max: 4 }), first: fc.boolean() })
    .map(({ clean: count, failures, first }) => {
      const bad = Array.from({ length: failures }, () => failed('connect-timeout'));
      return first ? [...bad, ...clean(count)] : [...clean(count), ...bad];
    });
  const history = fc.array(attempts, { minLength: 28, maxLength: 45 });
  const taintAll = (kind: 'starved' | 'uplink' | 'clock') => (attempt: AttemptOver) =>
    attempt.outcome === 'failed' ? { ...attempt, taint: kind } : attempt;

  test.each(['starved', 'uplink', 'clock'] as const)(
    'a run whose failures are all %s is never worth more than the same run without them',
    (kind) => {
      const property = fc.property(history, (runs) => {
        const made = (change: (all: readonly AttemptOver[]) => readonly AttemptOver[]) =>
          reportOf(runs.map((one, index) => controlled(index, clean(15), change(one)))).targets[0];
        const tainted = made((all) => all.map(taintAll(kind)));
        const without = made((all) => all.filter(({ outcome }) => outcome !== 'failed'));
        expect(tainted?.blocks?.upperBound95).toBeGreaterThanOrEqual(without?.blocks?.upperBound95 ?? 1);
      });
      fc.assert(property, { seed: 20261124, numRuns: 60 });
    },
  );

  test('failures laid to the uplink make no run clean where the control never worked, and do where it did', () => {
    const someFailures = fc.array(fc.integer({ min: 1, max: 3 }), { minLength: 32, maxLength: 40 });
    const property = fc.property(someFailures, (counts) => {
      const judged = (ofControl: readonly AttemptOver[]) =>
        reportOf(
          counts.map((count, index) =>
            controlled(index, ofControl, [...clean(15), ...Array.from({ length: count }, () => uplink)]),
          ),
        );
      const dead = judged([failed('connect-timeout')]);
      expect(dead.verdict).not.toBe('pass');
      expect(dead.targets).toMatchObject([{ verdict: 'inconclusive', blocks: { clean: 0, upperBound95: 1 } }]);
      expect(judged(clean(15)).targets).toMatchObject([{ verdict: 'pass' }]);
    });
    fc.assert(property, { seed: 20261124, numRuns: 20 });
  });
});
