import { describe, expect, test } from 'vitest';
import type { AttemptHandle } from '../../../src/model/probe.ts';
import { sample } from '../../../src/sample/sample.ts';
import { type FakeClock, fakeClock, pause } from '../../kit/clock.ts';
import { ledger, mostInASecond, type Planting, planted, sampleAll, sampling, server, taking } from './planted.ts';

const hang = () => new Promise<never>(() => {});
const named = (name: string, over: Planting = {}) => planted({ ...over, record: { ...over.record, name } });
const names = (count: number) => Array.from({ length: count }, (_, index) => `target-${index + 1}`);

describe('targets that share a server', () => {
  test('keep to its limits together: new connections in any second, and open at once', async () => {
    const time = fakeClock();
    const at = ledger(time);
    const attempt = (handle: AttemptHandle) => at.connected(() => taking(time, 1_700)(handle));
    const targets = names(10).map((name) => named(name, { client: { attempt } }));
    const sampled = await sampleAll(targets, { time, limits: { newConnectionsPerSecond: 5, openConnections: 4 } });
    expect(sampled.attempts()).toHaveLength(150);
    expect(mostInASecond(at.counted.connectedAtMs)).toBeLessThanOrEqual(5);
    expect(at.counted.mostOpen).toBe(4);
  });

  test('have each their share: none is served last', async () => {
    const time = fakeClock();
    const targets = names(5).map((name) => named(name, { client: { attempt: taking(time, 100) } }));
    const sampled = await sampleAll(targets, { time, limits: { newConnectionsPerSecond: 1, openConnections: 1 } });
    const firstOnes = sampled.attempts().slice(0, 25);
    for (const name of names(5)) expect(firstOnes.filter(({ target }) => target === name)).toHaveLength(5);
  });

  test('end with its logins, and never make one more', async () => {
    const time = fakeClock();
    const at = ledger(time);
    const attempt = (handle: AttemptHandle) => handle.stage('authenticate', async () => at.login(true));
    const servers = [server('10.0.0.1:1433', { logins: 1 })];
    const targets = names(3).map((name) => named(name, { servers, client: { attempt } }));
    const sampled = await sampleAll(targets, { time, limits: { logins: 20 } });
    expect(at.counted.logins).toBe(20);
    expect(names(3).map((name) => sampled.stop(name))).toEqual(['logins', 'logins', 'logins']);
  });

  test('and others that do not are tried side by side', async () => {
    const time = fakeClock();
    const on = (address: string) => ({ servers: [server(address)], client: { attempt: taking(time, 2_000) } });
    const limits = { newConnectionsPerSecond: 1_000, openConnections: 1 };
    await sampleAll([named('a', on('10.0.0.1:1')), named('b', on('10.0.0.2:1')), named('c', on('10.0.0.3:1'))], {
      time,
      limits,
    });
    expect(time.elapsedMs()).toBe(30_000);
  });
});

describe('targets that share an identity', () => {
  const identity = 'svc_claims@claims.internal:1433';
  const account = (time: FakeClock, accepted: (login: number) => boolean | null) => {
    const at = ledger(time);
    const login = async () => {
      await pause(time, 400);
      const answer = accepted(at.counted.logins + 1);
      if (answer === null) return hang();
      return at.login(answer);
    };
    const attempt = (handle: AttemptHandle) => at.connected(() => handle.stage('authenticate', login));
    const servers = [server('10.0.0.1:1433', { logins: 1 })];
    return {
      at,
      using: (name: string, over: Planting = {}) =>
        named(name, { servers, client: { attempt }, ...over, record: { identity } }),
    };
  };
  const three = ['a', 'b', 'c'];

  test('with a wrong password make exactly one login between them', async () => {
    const time = fakeClock();
    const { at, using } = account(time, () => false);
    const sampled = await sampleAll(
      three.map((name) => using(name)),
      { time },
    );
    expect(at.counted.logins).toBe(1);
    expect(sampled.attempts()).toHaveLength(1);
    expect(three.map((name) => sampled.stop(name))).toEqual(['credential', 'credential', 'credential']);
  });

  test('make exactly one login also where nothing was known from the tries before', async () => {
    const time = fakeClock();
    let tries = 0;
    const { at, using } = account(time, () => {
      tries += 1;
      return tries <= 3 ? null : false;
    });
    await sampleAll(
      three.map((name) => using(name)),
      { time },
    );
    expect(at.counted.logins).toBe(1);
  });

  test('are tried side by side after the first success', async () => {
    const time = fakeClock();
    const { at, using } = account(time, () => true);
    const sampled = await sampleAll(
      three.map((name) => using(name)),
      { time },
    );
    expect(at.counted.connectedAtMs[1]).toBeGreaterThanOrEqual(400);
    expect(at.counted.mostOpen).toBeGreaterThan(1);
    expect(sampled.attempts()).toHaveLength(45);
  });

  test('go on after a rejection that followed a success', async () => {
    const time = fakeClock();
    const { using } = account(time, (login) => login !== 2);
    const sampled = await sampleAll(
      three.map((name) => using(name)),
      { time },
    );
    expect(sampled.attempts()).toHaveLength(45);
    expect(sampled.attempts().filter(({ outcome }) => outcome === 'failed')).toHaveLength(1);
  });

  test('that was rejected in the latest run make one login, alone', async () => {
    const time = fakeClock();
    const { at, using } = account(time, () => false);
    const over = { identityStanding: 'rejected-in-latest-run' } as const;
    await sampleAll(
      three.map((name) => using(name, over)),
      { time },
    );
    expect(at.counted.logins).toBe(1);
  });

  test('that was rejected twice today make none', async () => {
    const time = fakeClock();
    const { at, using } = account(time, () => true);
    const sampled = await sampleAll([using('a', { identityStanding: 'rejected-twice-today' }), using('b')], { time });
    expect(at.counted.logins).toBe(0);
    expect(sampled.records.map(({ record }) => record)).toEqual(['stop', 'stop']);
  });

  test('do not dead-lock where who has the identity waits for a server that others fill', async () => {
    const time = fakeClock();
    const { using } = account(time, () => true);
    const findsMore = async (at: AttemptHandle) => {
      await taking(time, 900)(at);
      await at.admit('10.0.0.1:1433');
      await taking(time, 900)(at);
    };
    const filling = names(3).map((name) => named(name, { client: { attempt: findsMore } }));
    const sampled = await sampleAll([...filling, ...three.map((name) => using(name))], {
      time,
      limits: { openConnections: 2 },
    });
    expect(sampled.attempts()).toHaveLength(90);
  });

  test('know it as accepted where only what came after the login failed', async () => {
    const time = fakeClock();
    const { at, using } = account(time, () => true);
    const attempt = async (handle: AttemptHandle) => {
      await handle.stage('authenticate', async () => at.login(at.counted.logins !== 1));
      await handle.stage('request', () => Promise.reject(new Error('no such table')));
    };
    const over = { client: { attempt }, hasSucceeded: true };
    const sampled = await sampleAll([using('a', over), using('b', over)], { time });
    expect(sampled.attempts().filter(({ failure }) => failure?.cause === 'login-rejected')).toHaveLength(1);
    expect(sampled.attempts()).toHaveLength(30);
  });
});

describe('the end of the wall time', () => {
  test('prevents the next attempt, and lets the one in flight end in peace', async () => {
    const time = fakeClock();
    const sampled = await sampleAll([planted({ client: { attempt: taking(time, 4_000) } })], {
      time,
      limits: { wallTimeMs: 10_000, newConnectionsPerSecond: 1_000 },
    });
    expect(sampled.attempts().map(({ outcome }) => outcome)).toEqual(['succeeded', 'succeeded', 'succeeded']);
    expect(sampled.stop()).toBe('wall-time');
    expect(time.elapsedMs()).toBe(12_000);
  });

  test('sends home who still waits for a server, or for an identity', async () => {
    const time = fakeClock();
    const slow = { client: { attempt: taking(time, 9_000) } };
    const identity = 'svc@realm';
    const sampled = await sampleAll(
      [
        named('a', slow),
        named('b', slow),
        named('c', { ...slow, servers: [server('10.0.0.9:1')], record: { identity } }),
        named('d', { ...slow, servers: [server('10.0.0.9:1')], record: { identity } }),
      ],
      { time, limits: { wallTimeMs: 5_000, openConnections: 1 } },
    );
    expect(sampled.attempts().map(({ target }) => target)).toEqual(['a', 'c']);
    for (const name of ['a', 'b', 'c', 'd']) expect(sampled.stop(name)).toBe('wall-time');
    expect(time.elapsedMs()).toBeLessThan(10_000);
  });

  test('is not waited for by a run that ended before it', async () => {
    const { time } = await sampleAll([planted()], { limits: { wallTimeMs: 600_000 } });
    expect(time.pending()).toBe(0);
  });

  test('does not end a hold', async () => {
    const time = fakeClock();
    const hold = (at: AttemptHandle) => at.stage('hold', () => pause(time, 60_000));
    const sampled = await sampleAll(
      [planted({ client: { hold }, holds: [{ kind: 'idle', plannedMs: 60_000, keepalive: 'as-client' }] })],
      { time, limits: { wallTimeMs: 2_000 } },
    );
    expect(sampled.holds().map(({ outcome }) => outcome)).toEqual(['succeeded']);
    expect(sampled.stop()).toBe('wall-time');
  });
});

describe('the operator’s interruption', () => {
  test('aborts what is in flight, holds too, prevents what waits, and writes why each target stopped', async () => {
    const time = fakeClock();
    const operator = new AbortController();
    const hold = (at: AttemptHandle) => at.stage('hold', hang);
    const busy = { client: { attempt: taking(time, 1_500), hold } };
    const holds = [{ kind: 'idle', plannedMs: 250_000, keepalive: 'as-client' }] as const;
    const { request, sampled } = sampling([named('a', { ...busy, holds }), named('b', busy)], {
      time,
      signal: operator.signal,
      limits: { openConnections: 1 },
    });
    const whole = sample(request);
    await time.advance(5_000);
    operator.abort();
    await time.until(whole);
    expect(time.elapsedMs()).toBe(5_000);
    expect(sampled.attempts().map(({ outcome }) => outcome)).toEqual([
      'succeeded',
      'succeeded',
      'succeeded',
      'aborted',
    ]);
    expect(sampled.holds().map(({ outcome }) => outcome)).toEqual(['aborted']);
    expect([sampled.stop('a'), sampled.stop('b')]).toEqual(['interrupted', 'interrupted']);
    expect(sampled.broke).toEqual([]);
  });

  test('before the first attempt makes none', async () => {
    const operator = new AbortController();
    operator.abort();
    const sampled = await sampleAll([planted()], { signal: operator.signal });
    expect(sampled.records).toMatchObject([{ record: 'stop', reason: 'interrupted' }]);
  });
});

describe('a defect of ours at one target', () => {
  test.each([
    ['a TypeError in a stage', (at: AttemptHandle) => at.stage('request', () => Promise.reject(new TypeError('x')))],
    ['a promise that never settles', hang],
  ])('such as %s breaks that target alone', async (_, attempt) => {
    const sampled = await sampleAll([named('broken', { client: { attempt } }), named('healthy')]);
    expect(sampled.attempts('broken').map(({ outcome }) => outcome)).toEqual(['broken', 'broken', 'broken']);
    expect(sampled.stop('broken')).toBe('defect');
    expect(sampled.attempts('healthy')).toHaveLength(15);
    expect(sampled.attempts('healthy').every(({ outcome }) => outcome === 'succeeded')).toBe(true);
    expect(sampled.broke.map(({ target }) => target)).toEqual(['broken', 'broken', 'broken']);
  });
});
