import { describe, expect, test } from 'vitest';
import type { ServerLoad } from '../../../src/model/plan.ts';
import { configured, type Planning, planned, type Targeted } from './configured.ts';

const SHARED = 'claims.internal:1433';

/** 15 attempts, and 3 in place of those that our own trouble may take. */
const TRIED = 18;

function loads(targets: Readonly<Record<string, Targeted>>, over: Planning = {}): Record<string, ServerLoad> {
  const { servers } = planned(
    Object.entries(targets).map(([name, target]) => configured(name, target)),
    over,
  );
  return Object.fromEntries(servers.map((server) => [server.address, server]));
}

describe('the load on a server', () => {
  test('is the sum over all targets that use it, per run', () => {
    const identity = (user: string) => `${user}@${SHARED}`;
    const load = loads({
      a: { identity: identity('svc'), servers: [{ address: SHARED, connections: 2, logins: 1, bytes: 100 }] },
      b: {
        identity: identity('svc'),
        servers: [{ address: SHARED, connections: 1, logins: 1, joins: 1, commits: 2, bytes: 10 }],
        bound: { parts: ['join'] },
      },
      c: { servers: [{ address: 'other:1', logins: 0 }] },
    });
    expect(Object.keys(load)).toEqual([SHARED, 'other:1']);
    expect(load[SHARED]).toMatchObject({
      targets: ['a', 'b'],
      identities: [identity('svc')],
      connections: 3 * TRIED,
      logins: 2 * TRIED,
      joins: 6,
      commits: 12,
      bytes: 110 * TRIED,
      openAtOnce: 3,
      holds: 0,
    });
    expect(load['other:1']).toMatchObject({ targets: ['c'], identities: [], connections: TRIED, logins: 0 });
  });

  test('has no more open at once than is allowed, but for one attempt that alone needs more', () => {
    const many = Object.fromEntries(['a', 'b', 'c', 'd', 'e', 'f'].map((name) => [name, {}]));
    expect(loads(many)[SHARED]?.openAtOnce).toBe(4);
    expect(loads({ a: { servers: [{ address: SHARED, connections: 7 }] } })[SHARED]?.openAtOnce).toBe(7);
  });

  test('lasts as long as its connections take at the pace, jitter included', () => {
    const { servers, durationMs } = planned([configured('a'), configured('b')], { sampling: { pace: 2 } });
    expect(servers[0]?.durationMs).toBe(((2 * TRIED) / 2) * 1.25 * 1_000);
    expect(durationMs).toBe(22_500);
  });
});

describe('a server that may not bear what its targets want', () => {
  const attemptsOf = (targets: Readonly<Record<string, Targeted>>, over: Planning) =>
    Object.fromEntries(
      planned(
        Object.entries(targets).map(([name, target]) => configured(name, target)),
        over,
      ).targets.map(({ record, attempts }) => [record.name, attempts.most]),
    );

  test('shares its logins among them by what they want', () => {
    const sampling = { logins: 40 };
    const one = { sampling: { attempts: 10 } };
    expect(
      attemptsOf({ a: one, b: one, c: one, d: one, e: { servers: [{ address: 'other:1' }] } }, { sampling }),
    ).toEqual({
      a: 10,
      b: 10,
      c: 10,
      d: 10,
      e: 15,
    });
    const scope = 'run' as const;
    expect(
      attemptsOf({ a: { sampling: { attempts: 60 } }, b: { sampling: { attempts: 20 } } }, { scope, sampling }),
    ).toEqual({
      a: 30,
      b: 10,
    });
  });

  test('never gets more logins than its limit, whatever is shared', () => {
    for (let limit = 10; limit < 60; limit += 1) {
      const targets = { a: { servers: [{ address: SHARED, logins: 2 }] }, b: {}, c: { sampling: { attempts: 70 } } };
      const load = loads(targets, { scope: 'run', sampling: { logins: limit, attempts: 33 } });
      expect(load[SHARED]?.logins).toBeLessThanOrEqual(limit);
      expect(load[SHARED]?.logins).toBeGreaterThan(limit - 5);
    }
  });

  test('shares its time too', () => {
    // 60 s at one a second, less the jitter: 48 connections
    const over = { scope: 'run', sampling: { wallMs: 60_000, attempts: 48 } } as const;
    expect(attemptsOf({ a: {}, b: {} }, over)).toEqual({ a: 24, b: 24 });
  });

  test('limits a target by the worst of its servers', () => {
    const servers = [{ address: SHARED, logins: 4 }, { address: 'other:1' }];
    const over = { scope: 'run', sampling: { logins: 80, attempts: 40 } } as const;
    expect(attemptsOf({ a: { servers }, b: { servers: [{ address: 'other:1' }] } }, over)).toEqual({ a: 20, b: 40 });
  });
});
