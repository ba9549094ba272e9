import { describe, expect, test } from 'vitest';
import { analyze } from '../../../src/analyze/analyze.ts';
import { DEFAULT_POLICY } from '../../../src/model/policy.ts';
import { type History, historyOf } from '../../../src/plan/history.ts';
import {
  type AttemptOver,
  clean,
  context,
  failed,
  folderOf,
  instant,
  run,
  type SyntheticRun,
  T0,
  target,
} from '../../kit/evidence.ts';
import { configured, planned, type Targeted } from './configured.ts';

const HOUR_MS = 3_600_000;
const ACCOUNT = 'svc@claims.internal:1433';
const users = { identity: ACCOUNT, digests: ['sha256:1'] };
const withAccount = [target({ identity: ACCOUNT })];

function history(runs: readonly SyntheticRun[], now = T0 + 100 * HOUR_MS): History {
  const { name, vantage } = context();
  const question = { context: name, vantage, scope: 'period', run: null, only: null, policy: DEFAULT_POLICY } as const;
  return historyOf(analyze(folderOf(runs), { ...question, judgedAt: instant(now) }));
}

const rejected: readonly AttemptOver[] = [failed('login-rejected')];

/** A run in the hour after `T0`. */
const runIn = (hour: number, attempts: readonly AttemptOver[], over: Partial<SyntheticRun> = {}) =>
  run(hour, attempts, { targets: withAccount, ...over });
const rejectedIn = (hour: number, over: Partial<SyntheticRun> = {}) =>
  runIn(hour, rejected, { stops: { 'claims-db': 'credential' }, ...over });
/** Ended by whatever came before it could stop for its credential. */
const killedIn = (hour: number, attempts = rejected) => runIn(hour, attempts, { stops: {}, end: null });
const interruptedIn = (hour: number, attempts = rejected) =>
  runIn(hour, attempts, { stops: { 'claims-db': 'interrupted' }, end: 'interrupted' });
/** The guard let nobody try. */
const spared = (hour: number) => runIn(hour, [], { stops: { 'claims-db': 'credential' } });

describe('an identity', () => {
  const standing = (runs: readonly SyntheticRun[], hour: number) =>
    history(runs, T0 + hour * HOUR_MS).identityStanding(users, instant(T0 + hour * HOUR_MS));

  test.each<[string, readonly SyntheticRun[], number, string]>([
    ['nobody has used', [], 1, 'untested'],
    ['was accepted', [runIn(0, clean(15))], 1, 'untested'],
    [
      'failed otherwise',
      [runIn(0, [failed('connect-timeout')], { stops: { 'claims-db': 'never-succeeded' } })],
      1,
      'untested',
    ],
    ['was rejected, and then accepted', [rejectedIn(0), runIn(1, clean(15))], 2, 'untested'],
    ['was rejected in the latest run', [runIn(0, clean(15)), rejectedIn(1)], 2, 'rejected-in-latest-run'],
    ['was rejected twice within a day', [rejectedIn(0), rejectedIn(5)], 6, 'rejected-twice-today'],
    [
      'was rejected twice, once of them more than a day ago',
      [rejectedIn(0), rejectedIn(5)],
      25,
      'rejected-in-latest-run',
    ],
    ['was rejected twice, long ago', [rejectedIn(0), rejectedIn(5)], 50, 'rejected-in-latest-run'],
    [
      'was rejected twice, and accepted between',
      [rejectedIn(0), runIn(1, clean(15)), rejectedIn(2)],
      3,
      'rejected-twice-today',
    ],
    ['was rejected in a run that was killed', [runIn(0, clean(15)), killedIn(1)], 2, 'rejected-in-latest-run'],
    ['was rejected in a run that was interrupted', [interruptedIn(0)], 2, 'rejected-in-latest-run'],
    ['was rejected in a run that was killed, after another', [rejectedIn(0), killedIn(1)], 2, 'rejected-twice-today'],
    ['was rejected in two runs that were killed', [killedIn(0), killedIn(1)], 2, 'rejected-twice-today'],
    ['was accepted in a run that was killed', [killedIn(0, [{}, ...rejected])], 2, 'untested'],
    [
      'was rejected before a run that was killed',
      [rejectedIn(0), killedIn(1, [failed('connect-timeout')])],
      2,
      'untested',
    ],
    ['was rejected, and spared since', [rejectedIn(0), spared(1), spared(2)], 3, 'rejected-in-latest-run'],
    [
      'was rejected twice, and spared since',
      [rejectedIn(0), rejectedIn(1), spared(2), spared(3)],
      4,
      'rejected-twice-today',
    ],
  ])('that %s: %#', (_, runs, hour, expected) => {
    expect(standing(runs, hour)).toBe(expected);
  });

  test('is tried once by all targets of a run together', () => {
    const other = target({ name: 'other', digest: 'sha256:2', identity: ACCOUNT });
    const runs = [0, 1].map((hour) =>
      rejectedIn(hour, {
        attempts: hour === 0 ? rejected : [failed('login-rejected', { target: 'other' })],
        targets: [...withAccount, other],
        stops: { 'claims-db': 'credential', other: 'credential' },
      }),
    );
    expect(standing(runs.slice(0, 1), 2)).toBe('rejected-in-latest-run');
    expect(standing(runs, 2)).toBe('rejected-twice-today');
  });

  test('is rejected by the run in which any target was, whatever came of the others', () => {
    const other = target({ name: 'other', digest: 'sha256:2', identity: ACCOUNT });
    const mixed = rejectedIn(0, {
      attempts: [failed('login-rejected'), failed('connect-timeout', { target: 'other' })],
      targets: [...withAccount, other],
      stops: { 'claims-db': 'credential', other: 'never-succeeded' },
    });
    expect(standing([mixed], 1)).toBe('rejected-in-latest-run');
  });

  test('is known by the digest of its targets where evidence shows it redacted', () => {
    const redacted = [target({ identity: '[redacted]@claims.internal:1433' })];
    expect(standing([rejectedIn(0, { targets: redacted })], 1)).toBe('rejected-in-latest-run');
    const another = [target({ identity: '[redacted]@claims.internal:1433', digest: 'sha256:2' })];
    expect(standing([rejectedIn(0, { targets: another })], 1)).toBe('untested');
  });
});

describe('a target', () => {
  test('has succeeded where any run of the same digest has', () => {
    const one = history([runIn(0, [failed('connect-timeout'), {}]), runIn(1, [failed('connect-timeout')])]);
    expect(one.hasSucceeded('sha256:1')).toBe(true);
    expect(one.hasSucceeded('sha256:2')).toBe(false);
    expect(history([runIn(0, [failed('connect-timeout')])]).hasSucceeded('sha256:1')).toBe(false);
  });
});

describe('a plan with a history', () => {
  const claims: Targeted = { identity: ACCOUNT };
  const digestOf = (name: string, over: Targeted) => planned([configured(name, over)]).targets[0]?.record.digest ?? '';
  const ran = (over: Targeted, attempts: readonly AttemptOver[], stops: SyntheticRun['stops'] = {}) =>
    history([
      runIn(0, attempts, { stops, targets: [target({ identity: '[redacted]', digest: digestOf('claims-db', over) })] }),
    ]);
  const now = instant(T0 + 2 * HOUR_MS);

  test('knows a target that has succeeded, and not another server under its name', () => {
    const known = ran(claims, clean(3));
    const moved = { ...claims, servers: [{ address: 'moved.internal:1433' }] };
    expect(planned([configured('claims-db', claims)], { history: known, now }).targets).toMatchObject([
      { hasSucceeded: true },
    ]);
    expect(planned([configured('claims-db', moved)], { history: known, now }).targets).toMatchObject([
      { hasSucceeded: false },
    ]);
  });

  test('knows an identity as rejected at every target that uses it, also where only another one was tried', () => {
    const known = ran(claims, rejected, { 'claims-db': 'credential' });
    const targets = [
      configured('claims-db', claims),
      configured('same-account', { ...claims, canonical: '{"database":"other"}' }),
      configured('other-account', { identity: 'other@claims.internal:1433', canonical: '{"database":"third"}' }),
    ];
    const { targets: two } = planned(targets, { history: known, now, only: ['same-account', 'other-account'] });
    expect(two.map(({ identityStanding }) => identityStanding)).toEqual(['rejected-in-latest-run', 'untested']);
  });
});
