import { describe, expect, test } from 'vitest';
import { analyze } from '../../../src/analyze/analyze.ts';
import { mayRaise } from '../../../src/analyze/score.ts';
import { createTally } from '../../../src/analyze/tally.ts';
import { DEFAULT_POLICY } from '../../../src/model/policy.ts';
import {
  type AttemptOver,
  attemptRecords,
  clean,
  failed,
  folderOf,
  instant,
  run,
  type SyntheticRun,
  T0,
  target,
} from '../../kit/evidence.ts';
import { criteria, runOf } from './reference.ts';

const ask = (runs: readonly SyntheticRun[]) =>
  analyze(folderOf(runs), {
    context: 'serverless',
    vantage: 'driver',
    scope: 'period',
    run: null,
    only: null,
    judgedAt: instant(T0 + 86_400_000),
    policy: DEFAULT_POLICY,
  });

const starved: AttemptOver = { taint: 'starved' };
const uplink = failed('connect-timeout', { taint: 'uplink' });
const CONTROLLED = [target(), target({ name: 'uplink', control: true })];

describe('the health of a run', () => {
  test('counts its attempts over all targets, and what was ours to lose', () => {
    const attempts = [...clean(3), starved, { taint: 'clock' } as const, uplink, { ...starved, target: 'other' }];
    const targets = [target(), target({ name: 'other' })];
    const { health } = ask([run(0, attempts, { targets })]);
    expect(health).toMatchObject([{ run: 'run-0', attempts: 7, starved: 3, uplink: 1, watched: false }]);
  });

  test('leaves holds out', () => {
    const hold = { kind: 'idle', plannedMs: 1_000, keepalive: 'as-client' } as const;
    expect(ask([run(0, [...clean(2), { ...starved, hold }])]).health).toMatchObject([{ attempts: 2, starved: 0 }]);
  });

  test('is that of its records together', () => {
    const health = [
      { measures: { elapsedMs: 60_000, stalledMs: 300, longestStallMs: 280 } },
      { seen: ['clock-step' as const], measures: { elapsedMs: 5_000, stalledMs: 20, longestStallMs: 15 } },
    ];
    expect(ask([run(0, clean(2), { health })]).health).toMatchObject([
      { watched: true, watchedMs: 65_000, stalledMs: 320, longestStallMs: 280, clockSteps: 1 },
    ]);
  });

  test('counts servers that failed together, where no control told why', () => {
    const at = (seconds: number, server: string) =>
      failed('connect-timeout', {
        at: instant(T0 + seconds * 1_000),
        failure: { stage: 'connect', server, cause: 'connect-timeout', code: null, number: null, detail: '' },
      });
    const together = [at(0, 'a:1'), at(5, 'b:1'), at(5, 'b:1'), at(14, 'c:1'), at(60, 'd:1')];
    expect(ask([run(0, together)]).health).toMatchObject([{ failedTogether: 3 }]);
    expect(ask([run(0, together, { targets: CONTROLLED })]).health).toMatchObject([{ failedTogether: 0 }]);
    expect(ask([run(0, [at(0, 'a:1'), at(20, 'b:1'), at(40, 'c:1')])]).health).toMatchObject([{ failedTogether: 1 }]);
  });
});

describe('a control that worked in a run', () => {
  const tried = (ofControl: AttemptOver) => [...clean(15), uplink, { ...ofControl, target: 'uplink' }];

  test('is known of every target of that run, and of no other run', () => {
    const { targets } = ask([
      run(0, tried({}), { targets: CONTROLLED }),
      run(1, tried(failed('connect-timeout')), { targets: CONTROLLED }),
      run(2, tried({})),
    ]);
    expect(targets[0]?.runs.map(({ controlWorked }) => controlWorked)).toEqual([true, false, false]);
  });
});

describe('a run with failures laid to the uplink', () => {
  test('may count as clean only where a control has worked in it', () => {
    expect(mayRaise(runOf(0, { tainted: 1, uplink: 1 }), criteria())).toBe(true);
    expect(mayRaise(runOf(0, { tainted: 1, uplink: 1, controlWorked: false }), criteria())).toBe(false);
    expect(mayRaise(runOf(0, { tainted: 1, uplink: 0, controlWorked: false }), criteria())).toBe(true);
  });

  test('may not where they are more than a fifth', () => {
    expect(mayRaise(runOf(0, { tainted: 3, uplink: 3 }), criteria())).toBe(true);
    expect(mayRaise(runOf(0, { tainted: 4, uplink: 4 }), criteria())).toBe(false);
  });
});

describe('the cold connection of a run', () => {
  const tallyOf = (...attempts: readonly AttemptOver[]) => {
    const tally = createTally();
    for (const record of attemptRecords(attempts)) tally.add(record);
    return tally.read();
  };
  const neverConnected = { stages: [{ stage: 'connect', server: null, elapsedMs: 1, ok: false }] } as const;

  test('is the next attempt where the first was ours to lose before it was connected', () => {
    const first = { ...uplink, stages: [...neverConnected.stages] };
    expect(tallyOf(first, first, failed('login-timeout'), {})).toMatchObject({
      tainted: 2,
      uplink: 2,
      firstScored: true,
      firstFailed: true,
    });
    expect(tallyOf(first, {}, failed('login-timeout'))).toMatchObject({ firstScored: true, firstFailed: false });
  });

  test('is not known where the first had connected and was ours to lose', () => {
    expect(tallyOf(starved, failed('login-timeout'))).toMatchObject({
      firstScored: false,
      firstFailed: false,
      failed: 1,
    });
  });

  test('is still the first where a later attempt was ours to lose', () => {
    expect(tallyOf(failed('login-timeout'), { ...uplink, stages: [] }, {})).toMatchObject({
      firstScored: true,
      firstFailed: true,
    });
  });

  test('that is not known keeps a run from counting as clean, unless the workload retries it', () => {
    const unknown = runOf(0, { firstScored: false, tainted: 1 });
    expect(mayRaise(unknown, criteria())).toBe(false);
    expect(mayRaise(unknown, criteria({ retriesFirstConnection: true }))).toBe(true);
  });
});
