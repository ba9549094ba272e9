import { describe, expect, test } from 'vitest';
import type { HoldRequest } from '../../../../src/model/records.ts';
import { saidOf } from '../../../kit/attempt.ts';
import { start, tryOnce } from './cluster.ts';

const hold = (kind: HoldRequest['kind'], plannedMs: number): HoldRequest => ({
  kind,
  plannedMs,
  keepalive: 'as-client',
});

const stagesOf = ({ stages }: Awaited<ReturnType<typeof tryOnce>>) => stages.map(({ stage }) => stage);

describe('an idle hold', () => {
  test('logs in once, says nothing for its time, and asks again', async () => {
    await using cluster = await start({ brokers: 1 });
    const held = await tryOnce(cluster, {}, { hold: hold('idle', 120) });
    expect(saidOf(held)).toBeNull();
    expect(stagesOf(held)).toEqual(['resolve', 'connect', 'tls', 'negotiate', 'authenticate', 'hold', 'reuse']);
    expect(held.stages.find(({ stage }) => stage === 'hold')?.elapsedMs).toBeGreaterThanOrEqual(119);
    expect(cluster.brokers[0]?.logins.accepted).toBe(1);
    expect(cluster.brokers[0]?.requests.Metadata).toBe(1);
  });

  test('finds a connection that a device forgot by the silence that follows', async () => {
    await using cluster = await start({ brokers: 1, faults: [{ at: 'Metadata', do: 'hang' }] });
    const held = await tryOnce(cluster, {}, { hold: hold('idle', 20), deadlinesMs: { reuse: 100 } });
    expect(saidOf(held)).toBe('reuse idle-silent');
  });

  test('ends when the broker ends the connection', async () => {
    await using cluster = await start({ brokers: 1 });
    const holding = tryOnce(cluster, {}, { hold: hold('idle', 20_000) });
    await expect.poll(() => cluster.brokers[0]?.logins.accepted).toBe(1);
    await cluster.brokers[0]?.close();
    expect(saidOf(await holding)).toMatch(/^hold connection-(closed|reset)$/);
  });

  test('renews its login where the broker would end the session (KIP-368)', async () => {
    await using cluster = await start({ brokers: 1, maxReauthMs: 300 });
    const held = await tryOnce(cluster, {}, { hold: hold('idle', 350) });
    expect(saidOf(held)).toBeNull();
    expect(stagesOf(held).slice(-2)).toEqual(['hold', 'reuse']);
    expect(cluster.brokers[0]?.logins.accepted).toBe(2);
  });
});

describe('a hold of a membership', () => {
  const beats = { properties: { 'heartbeat.interval.ms': '20' } };

  test('beats as often as the client does, then leaves and deletes its group', async () => {
    await using cluster = await start({ brokers: 1 });
    const held = await tryOnce(cluster, beats, { hold: hold('membership', 120) });
    expect(saidOf(held)).toBeNull();
    expect(stagesOf(held).slice(-4)).toEqual(['authorize', 'hold', 'reuse', 'authorize']);
    expect(cluster.brokers[0]?.requests.Heartbeat).toBeGreaterThanOrEqual(4);
    expect([...(cluster.brokers[0]?.groups.keys() ?? [])]).toEqual([]);
  });

  test('falls silent when a heartbeat has no answer for as long as its session lasts', async () => {
    await using cluster = await start({
      brokers: 1,
      minSessionTimeoutMs: 100,
      faults: [{ at: 'Heartbeat', do: 'hang' }],
    });
    const properties = { ...beats.properties, 'session.timeout.ms': '300' };
    const held = await tryOnce(cluster, { properties }, { hold: hold('membership', 30_000) });
    expect(saidOf(held)).toBe('hold in-use-silent');
    expect(held.measures['lastAnswerMs']).toBe(0);
  });

  test('ends when the coordinator no longer knows the member', async () => {
    await using cluster = await start({ brokers: 1, faults: [{ at: 'Heartbeat', do: 'error', code: 25 }] });
    const held = await tryOnce(cluster, beats, { hold: hold('membership', 200) });
    expect(saidOf(held)).toBe('hold group-unstable');
  });
});

describe('a connection in use', () => {
  const inUse = (plannedMs: number): HoldRequest => ({ kind: 'in-use', plannedMs, keepalive: 'as-client' });

  test('is used every few seconds, and ten times at least, within its session', async () => {
    await using cluster = await start({ brokers: 1, maxReauthMs: 300 });
    const held = await tryOnce(cluster, {}, { hold: inUse(500) });
    expect(saidOf(held)).toBeNull();
    expect(cluster.brokers[0]?.requests.Metadata).toBeGreaterThanOrEqual(7);
    expect(cluster.brokers[0]?.logins.accepted).toBeGreaterThan(1);
  });

  test('that falls silent is found at its next use, and timed by its last answer', async () => {
    const answers = { at: 'Metadata', do: 'delay', delayMs: 0, times: 3 } as const;
    await using cluster = await start({ brokers: 1, faults: [answers, { at: 'Metadata', do: 'hang' }] });
    const held = await tryOnce(cluster, {}, { hold: inUse(5_000), deadlinesMs: { reuse: 200 } });
    expect(saidOf(held)).toBe('hold in-use-silent');
    expect(Math.round((held.measures['lastAnswerMs'] ?? 0) / 500)).toBe(3);
  });
});
