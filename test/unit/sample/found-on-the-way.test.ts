import { describe, expect, test } from 'vitest';
import { LoginsUsedUp, ServerLimits, type Share } from '../../../src/sample/server-limits.ts';
import { fakeClock, pause } from '../../kit/clock.ts';
import { limits, mostInASecond, planted, sampleAll } from './planted.ts';

const never = new AbortController().signal;
const share = (server: string, connections = 1, logins = 0): Share => ({ server, connections, logins });

function limited(over: Parameters<typeof limits>[0]) {
  const time = fakeClock();
  return { time, servers: new ServerLimits(limits(over), time, () => 0) };
}

describe('connections found on the way', () => {
  test('are paced like any other', async () => {
    const { time, servers } = limited({ newConnectionsPerSecond: 2 });
    const connectedMs: number[] = [];
    const attempt = async () => {
      const grant = await servers.enter('open', [share('a:1', 3)], never);
      connectedMs.push(time.elapsedMs());
      for (let more = 0; more < 2; more += 1) {
        await grant?.admit('a:1', false, never);
        connectedMs.push(time.elapsedMs());
      }
      grant?.release();
    };
    await time.until(Promise.all([attempt(), attempt(), attempt()]));
    expect(connectedMs).toHaveLength(9);
    expect(mostInASecond(connectedMs)).toBe(2);
  });

  test('never wait for room: attempts that fill a server and find more of it on their way all end', async () => {
    const { time, servers } = limited({ newConnectionsPerSecond: 5, openConnections: 2 });
    let ended = 0;
    const attempt = async () => {
      const grant = await servers.enter('open', [share('a:1')], never);
      await pause(time, 500);
      for (const found of ['a:1', 'a:1', 'b:1']) await grant?.admit(found, false, never);
      grant?.release();
      ended += 1;
    };
    await time.until(Promise.all(Array.from({ length: 5 }, attempt)));
    expect(ended).toBe(5);
  });

  test('of two attempts that hold the server of the other do not dead-lock', async () => {
    const { time, servers } = limited({ newConnectionsPerSecond: 5, openConnections: 1 });
    const attempt = async (own: string, found: string) => {
      const grant = await servers.enter('open', [share(own)], never);
      await pause(time, 1_000);
      await grant?.admit(found, false, never);
      grant?.release();
    };
    const waitingForRoom = [attempt('a:1', 'b:1'), attempt('b:1', 'a:1'), attempt('a:1', 'b:1'), attempt('b:1', 'a:1')];
    await time.until(Promise.all(waitingForRoom));
    expect(time.elapsedMs()).toBeLessThan(10_000);
  });

  test('take room that later attempts wait for, and give it back', async () => {
    const { time, servers } = limited({ newConnectionsPerSecond: 1_000, openConnections: 1 });
    const order: string[] = [];
    const first = await servers.enter('open', [share('a:1')], never);
    await time.until(first?.admit('b:1', false, never) ?? Promise.reject());
    void servers.enter('open', [share('b:1')], never).then(() => order.push('b'));
    await time.advance(60_000);
    expect(order).toEqual([]);
    first?.release();
    await time.advance(10);
    expect(order).toEqual(['b']);
  });

  test('come to nothing once the attempt is over, and take no room for ever', async () => {
    const { time, servers } = limited({ newConnectionsPerSecond: 1_000, openConnections: 1 });
    const first = await servers.enter('open', [share('a:1')], never);
    const late = first?.admit('b:1', false, never) ?? Promise.resolve();
    first?.release();
    await expect(time.until(late)).rejects.toThrow('over');
    await expect(first?.admit('b:1', false, never)).rejects.toThrow('over');
    await time.until(servers.enter('open', [share('b:1')], never));
  });
});

describe('the logins of a run', () => {
  const loggingIn = [share('a:1', 1, 2)];

  test('are never more than the limit, however many attempts ask at once', async () => {
    const { time, servers } = limited({ newConnectionsPerSecond: 10, logins: 5 });
    const attempts = Array.from({ length: 6 }, async () => {
      const grant = await servers.enter('open', loggingIn, never);
      await pause(time, 300);
      grant?.release();
      return grant !== null;
    });
    const made = await time.until(Promise.all(attempts));
    expect(made.filter(Boolean)).toHaveLength(2);
  });

  test('are given back by an attempt that was not made', async () => {
    const { time, servers } = limited({ newConnectionsPerSecond: 1, logins: 4 });
    await time.until(servers.enter('open', loggingIn, never));
    const aborted = new AbortController();
    const second = servers.enter('open', loggingIn, aborted.signal);
    aborted.abort(new Error('over'));
    await expect(second).rejects.toThrow('over');
    expect(await time.until(servers.enter('open', loggingIn, never))).not.toBeNull();
    expect(await time.until(servers.enter('open', loggingIn, never))).toBeNull();
  });

  test('count those found on the way', async () => {
    const { time, servers } = limited({ newConnectionsPerSecond: 10, logins: 4 });
    const first = await servers.enter('open', [share('b:1')], never);
    for (let found = 0; found < 3; found += 1) await time.until(first?.admit('a:1', true, never) ?? Promise.reject());
    expect(await time.until(servers.enter('open', loggingIn, never))).toBeNull();
  });

  test('refuse at once what is found on the way beyond them', async () => {
    const { time, servers } = limited({ newConnectionsPerSecond: 1, logins: 2 });
    const grant = await servers.enter('open', [share('b:1')], never);
    if (grant === null) throw new Error('not entered');
    const found = Array.from({ length: 6 }, () =>
      grant.admit('a:1', true, never).then(
        () => 'admitted',
        (error: unknown) => error instanceof LoginsUsedUp && `refused after ${time.elapsedMs()} ms`,
      ),
    );
    const answers = await time.until(Promise.all(found));
    expect(answers).toEqual(['admitted', 'admitted', ...Array.from({ length: 4 }, () => 'refused after 0 ms')]);
    expect(grant.isOutOfLogins).toBe(true);
    await time.until(grant.admit('a:1', false, never));
  });

  test('are given back by a connection found on the way that came to nothing', async () => {
    const { time, servers } = limited({ newConnectionsPerSecond: 1, logins: 1 });
    const grant = await servers.enter('open', [share('b:1')], never);
    await time.until(grant?.admit('a:1', false, never) ?? Promise.reject());
    const aborted = new AbortController();
    const given = grant?.admit('a:1', true, aborted.signal);
    aborted.abort(new Error('over'));
    await expect(given).rejects.toThrow('over');
    await time.until(grant?.admit('a:1', true, never) ?? Promise.reject());
  });
});

test('an attempt that finds a server without a login left is in no rate, and its target stops for that', async () => {
  const sampled = await sampleAll(
    [
      planted({
        hasSucceeded: true,
        record: { identity: 'svc@claims.internal:9092' },
        client: {
          async attempt(at) {
            await at.stage('authenticate', async () => {});
            await at.admit('10.0.0.2:9092');
            return { version: '1' };
          },
        },
      }),
    ],
    { limits: { logins: 2 } },
  );
  expect(sampled.attempts()).toMatchObject([
    { outcome: 'succeeded' },
    { outcome: 'succeeded' },
    { outcome: 'aborted', failure: null },
  ]);
  expect(sampled.stop()).toBe('logins');
  expect(sampled.broke).toEqual([]);
});
