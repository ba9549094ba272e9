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

  test('ends when the coordinator no longer knows the member', async () => {
    await using cluster = await start({ brokers: 1, faults: [{ at: 'Heartbeat', do: 'error', code: 25 }] });
    const held = await tryOnce(cluster, beats, { hold: hold('membership', 200) });
    expect(saidOf(held)).toBe('hold group-unstable');
  });
});

test('a connection in use is used as often as its keepalive, within its session', async () => {
  await using cluster = await start({ brokers: 1, maxReauthMs: 300 });
  const keepalive = { intervalMs: 60 };
  const held = await tryOnce(cluster, {}, { hold: { kind: 'in-use', plannedMs: 500, keepalive } });
  expect(saidOf(held)).toBeNull();
  expect(cluster.brokers[0]?.requests.Metadata).toBeGreaterThanOrEqual(3);
  expect(cluster.brokers[0]?.logins.accepted).toBeGreaterThan(1);
});
