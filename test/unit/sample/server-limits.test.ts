import { getEventListeners } from 'node:events';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Grant, ServerLimits, type Share } from '../../../src/sample/server-limits.ts';
import { type FakeClock, fakeClock, pause } from '../../kit/clock.ts';
import { limits, mostInASecond } from './planted.ts';

const never = new AbortController().signal;
const share = (server: string, connections = 1, logins = 0): Share => ({ server, connections, logins });

function limited(over: Parameters<typeof limits>[0], random: () => number = () => 0) {
  const time = fakeClock();
  return { time, servers: new ServerLimits(limits(over), time, random) };
}

/** A grant that the logins allow. */
async function entered(grant: Promise<Grant | null>): Promise<Grant> {
  const given = await grant;
  if (given === null) throw new Error('no logins are left');
  return given;
}

type Usage = { admissionsMs: number[]; openAtOnce: number; mostOpen: number };

/** What happens at each server, counted beside the limits. */
function usage() {
  const byServer = new Map<string, Usage>();
  const of = (server: string): Usage => {
    const known = byServer.get(server) ?? { admissionsMs: [], openAtOnce: 0, mostOpen: 0 };
    byServer.set(server, known);
    return known;
  };
  return {
    byServer,
    async attempt(servers: ServerLimits, time: FakeClock, shares: readonly Share[], lastsMs: number): Promise<void> {
      const grant = await entered(servers.enter('open', shares, never));
      for (const { server, connections } of shares) {
        const one = of(server);
        one.admissionsMs.push(time.elapsedMs());
        one.openAtOnce += connections;
        one.mostOpen = Math.max(one.mostOpen, one.openAtOnce);
      }
      await pause(time, lastsMs);
      for (const { server, connections } of shares) of(server).openAtOnce -= connections;
      grant.release();
    },
    of,
  };
}

describe('the limits of a server', () => {
  const arrival = fc.record({
    atMs: fc.nat(5_000),
    servers: fc.uniqueArray(fc.constantFrom('a:1', 'b:1', 'c:1'), { minLength: 1, maxLength: 3 }),
    connections: fc.integer({ min: 1, max: 3 }),
    lastsMs: fc.nat(4_000),
  });

  test('hold for any arrivals: new connections in any second, and connections open at once; and everybody has a turn', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(arrival, { minLength: 1, maxLength: 25 }),
        fc.integer({ min: 1, max: 20 }),
        fc.integer({ min: 3, max: 6 }),
        fc.array(fc.double({ min: 0, max: 0.999, noNaN: true }), { minLength: 1, maxLength: 9 }),
        async (arrivals, newConnectionsPerSecond, openConnections, jitters) => {
          let drawn = 0;
          const { time, servers } = limited({ newConnectionsPerSecond, openConnections }, () => {
            drawn += 1;
            return jitters[drawn % jitters.length] ?? 0;
          });
          const used = usage();
          const all = arrivals.map(async ({ atMs, servers: names, connections, lastsMs }) => {
            await pause(time, atMs);
            const shares = names.map((name) => share(name, connections));
            await used.attempt(servers, time, shares, lastsMs);
          });
          await time.until(Promise.all(all));
          for (const { admissionsMs, mostOpen } of used.byServer.values()) {
            expect(mostInASecond(admissionsMs)).toBeLessThanOrEqual(newConnectionsPerSecond);
            expect(mostOpen).toBeLessThanOrEqual(openConnections);
          }
        },
      ),
      { numRuns: 200 },
    );
  });

  test('let a free server be used at once, and space what follows', async () => {
    const { time, servers } = limited({ newConnectionsPerSecond: 4 });
    const used = usage();
    await time.until(Promise.all([1, 2, 3].map(() => used.attempt(servers, time, [share('a:1')], 10))));
    expect(used.of('a:1').admissionsMs).toEqual([0, 250, 500]);
  });

  test('spread new connections by up to a quarter of their interval, never below it', async () => {
    const { time, servers } = limited({ newConnectionsPerSecond: 4 }, () => 1);
    const used = usage();
    await time.until(Promise.all([1, 2, 3].map(() => used.attempt(servers, time, [share('a:1')], 10))));
    expect(used.of('a:1').admissionsMs).toEqual([0, 312.5, 625]);
  });

  test('are apart for each server', async () => {
    const { time, servers } = limited({ newConnectionsPerSecond: 1, openConnections: 1 });
    const used = usage();
    await time.until(Promise.all(['a:1', 'b:1', 'c:1'].map((name) => used.attempt(servers, time, [share(name)], 10))));
    expect(time.elapsedMs()).toBe(10);
  });

  test('serve in the order of arrival: who needs much is not overtaken for ever by who needs little', async () => {
    const { time, servers } = limited({ newConnectionsPerSecond: 1_000, openConnections: 3 });
    const order: string[] = [];
    const attempt = async (name: string, connections: number, atMs: number) => {
      await pause(time, atMs);
      const grant = await entered(servers.enter('open', [share('a:1', connections)], never));
      order.push(name);
      await pause(time, 1_000);
      grant.release();
    };
    const small = Array.from({ length: 20 }, (_, index) => attempt(`small ${index}`, 1, index * 400));
    await time.until(Promise.all([...small, attempt('large', 3, 1_000)]));
    expect(order.indexOf('large')).toBe(3);
  });

  test('give a server wholly to an attempt that alone needs more than is allowed', async () => {
    const { time, servers } = limited({ newConnectionsPerSecond: 1_000, openConnections: 2 });
    const used = usage();
    const large = used.attempt(servers, time, [share('a:1', 5)], 1_000);
    const small = used.attempt(servers, time, [share('a:1', 1)], 10);
    await time.until(Promise.all([large, small]));
    expect(used.of('a:1').mostOpen).toBe(5);
    expect(time.elapsedMs()).toBe(1_010);
  });

  test('count two names of one server as one', async () => {
    const { time, servers } = limited({ newConnectionsPerSecond: 1_000, openConnections: 2 });
    const order: string[] = [];
    const first = entered(servers.enter('open', [share('a:1'), share('a:1')], never));
    await time.advance(1);
    void servers.enter('open', [share('a:1')], never).then(() => order.push('second'));
    await time.advance(60_000);
    expect(order).toEqual([]);
    (await first).release();
    await time.advance(1);
    expect(order).toEqual(['second']);
  });

  test('count what is held apart from what is open', async () => {
    const { time, servers } = limited({ newConnectionsPerSecond: 1_000, openConnections: 1, heldConnections: 1 });
    const grants: string[] = [];
    const take = (kind: 'open' | 'held') =>
      void servers.enter(kind, [share('a:1')], never).then(() => grants.push(kind));
    for (const kind of ['held', 'held', 'open', 'open'] as const) take(kind);
    await time.advance(60_000);
    expect(grants).toEqual(['held', 'open']);
  });

  test('give back what was granted to an attempt that was aborted meanwhile', async () => {
    const { time, servers } = limited({ newConnectionsPerSecond: 1_000, openConnections: 1 });
    const first = await entered(servers.enter('open', [share('a:1')], never));
    const aborted = new AbortController();
    const second = servers.enter('open', [share('a:1')], aborted.signal);
    await time.advance(10);
    aborted.abort(new Error('over'));
    first.release();
    await expect(second).rejects.toThrow('over');
    await time.until(entered(servers.enter('open', [share('a:1')], never)));
  });

  test('leave nothing due and nobody listening once nobody waits', async () => {
    const { time, servers } = limited({ newConnectionsPerSecond: 1 });
    const aborted = new AbortController();
    await entered(servers.enter('open', [share('a:1')], aborted.signal));
    expect(getEventListeners(aborted.signal, 'abort')).toEqual([]);
    const second = servers.enter('open', [share('a:1')], aborted.signal);
    aborted.abort(new Error('over'));
    await expect(second).rejects.toThrow('over');
    expect(time.pending()).toBe(0);
  });
});

describe('two attempts on two servers', () => {
  test('named in opposite order do not wait for each other for ever', async () => {
    const { time, servers } = limited({ newConnectionsPerSecond: 1, openConnections: 1 });
    const used = usage();
    const there = [share('a:1'), share('b:1')];
    const back = [share('b:1'), share('a:1')];
    await time.until(
      Promise.all([there, back, there, back].map((shares) => used.attempt(servers, time, shares, 1_500))),
    );
    expect(used.of('a:1').admissionsMs).toHaveLength(4);
  });

  test('take nothing of the one while they wait for the other, but keep their place in its line', async () => {
    const { time, servers } = limited({ newConnectionsPerSecond: 1_000, openConnections: 1 });
    const order: string[] = [];
    const b = await entered(servers.enter('open', [share('b:1')], never));
    const enter = (name: string, shares: readonly Share[]) =>
      void servers.enter('open', shares, never).then((grant) => {
        order.push(name);
        void pause(time, 100).then(() => grant?.release());
      });
    enter('both', [share('a:1'), share('b:1')]);
    enter('a alone', [share('a:1')]);
    await time.advance(5_000);
    expect(order).toEqual([]);
    b.release();
    await time.advance(5_000);
    expect(order).toEqual(['both', 'a alone']);
  });

  test('come to their turn, although holds ask for each server alone again and again', async () => {
    const { time, servers } = limited({ newConnectionsPerSecond: 1, openConnections: 1 });
    const hold = async (server: string, firstMs: number) => {
      await pause(time, firstMs);
      for (let n = 0; n < 20; n += 1) {
        const grant = await entered(servers.enter('held', [share(server)], never));
        grant.release();
      }
    };
    const both = async () => {
      await pause(time, 700);
      const grant = await entered(servers.enter('open', [share('a:1'), share('b:1')], never));
      grant.release();
      return time.elapsedMs();
    };
    const streams = [hold('a:1', 0), hold('b:1', 500)];
    expect(await time.until(both())).toBeLessThanOrEqual(2_500);
    await time.until(Promise.all(streams));
  });
});
