import { describe, expect, test } from 'vitest';
import type { AttemptHandle } from '../../../src/model/probe.ts';
import type { HoldRequest } from '../../../src/model/records.ts';
import { sample } from '../../../src/sample/sample.ts';
import { fakeClock, pause } from '../../kit/clock.ts';
import { ledger, mostInASecond, planted, sampleAll, sampling, server, taking } from './planted.ts';

const idle = (plannedMs: number): HoldRequest => ({ kind: 'idle', plannedMs, keepalive: 'as-client' });
const kept = (plannedMs: number): HoldRequest => ({ ...idle(plannedMs), keepalive: { intervalMs: 30_000 } });
const inUse = (plannedMs: number): HoldRequest => ({ ...idle(plannedMs), kind: 'in-use' });
const times = <T>(count: number, one: T): T[] => Array.from({ length: count }, () => one);
const never = () => new Promise<never>(() => {});

/** As the plan orders it for a longest idle of 250 s, or with every known rung. */
const LADDERS = {
  'of one rung': [...times(3, idle(250_000)), kept(250_000), inUse(250_000)],
  'of every known rung': [1_860_000, 1_260_000, 360_000, 250_000].flatMap((ms) => [
    ...times(3, idle(ms)),
    ...(ms === 1_860_000 ? [kept(ms), inUse(ms)] : []),
  ]),
};

describe.each(Object.entries(LADDERS))('a ladder %s', (_, holds) => {
  const longestMs = Math.max(...holds.map(({ plannedMs }) => plannedMs));

  /** Everything that idles is dropped in silence: each hold then waits its whole deadline for an answer. */
  function dropping() {
    const time = fakeClock();
    const at = ledger(time);
    const opened: { readonly request: HoldRequest; readonly atMs: number }[] = [];
    const hold = (handle: AttemptHandle, request: HoldRequest) =>
      at.connected(async () => {
        opened.push({ request, atMs: time.elapsedMs() });
        await handle.stage('connect', () => pause(time, 30));
        await handle.stage('hold', () => pause(time, request.plannedMs));
        await handle.stage('reuse', request.kind === 'in-use' ? () => pause(time, 5) : never);
      });
    const attempt = (handle: AttemptHandle) => at.connected(() => taking(time, 40)(handle));
    return { time, at, opened, planting: { client: { attempt, hold }, holds } };
  }

  test('ends within 2 % and 5 s of its longest rung at the slowest pace, even where all of it is dropped in silence', async () => {
    const { time, opened, planting } = dropping();
    const sampled = await sampleAll([planted(planting)], {
      time,
      limits: { newConnectionsPerSecond: 1, heldConnections: 24 },
      random: () => 1,
    });
    const beganMs = opened[0]?.atMs ?? Number.NaN;
    expect(sampled.holds()).toHaveLength(holds.length);
    expect(time.elapsedMs() - beganMs).toBeLessThanOrEqual(longestMs * 1.02 + 5_000);
    expect(opened.map(({ request }) => request)).toEqual(holds);
  });

  test('keeps the pace of the server together with the attempts, and holds no more than is allowed', async () => {
    const { time, at, planting } = dropping();
    await sampleAll([planted(planting), planted({ ...planting, holds: [], record: { name: 'other' } })], {
      time,
      limits: { newConnectionsPerSecond: 1, openConnections: 4, heldConnections: 14 },
    });
    expect(mostInASecond(at.counted.connectedAtMs)).toBe(1);
    expect(at.counted.mostOpen).toBeLessThanOrEqual(14 + 4);
  });
});

test('a membership takes two connections and two logins of its server', async () => {
  const time = fakeClock();
  const servers = [server('10.0.0.2:9093', { connections: 3, logins: 3 })];
  const membership: HoldRequest = { kind: 'membership', plannedMs: 60_000, keepalive: 'as-client' };
  const opened: number[] = [];
  const hold = async (at: AttemptHandle, { plannedMs }: HoldRequest) => {
    opened.push(time.elapsedMs());
    await at.stage('hold', () => pause(time, plannedMs));
  };
  const planting = { servers, client: { hold }, holds: [membership, membership] };
  const { elapsedMs } = time;
  const sampled = await sampleAll([planted(planting)], {
    time,
    limits: { heldConnections: 3, logins: 3 + 2 * 2 },
  });
  // there is room for one of them, and after the first attempt logins for both
  expect(sampled.holds()).toHaveLength(2);
  expect((opened[1] ?? 0) - (opened[0] ?? 0)).toBeGreaterThanOrEqual(60_000);
  expect(elapsedMs()).toBeGreaterThanOrEqual(120_000);
  expect(sampled.stop()).toBe('logins');
});

test('what the operator interrupts is aborted, and never a failure, whatever the hold was doing', async () => {
  const operator = new AbortController();
  const time = fakeClock();
  const hold = async (at: AttemptHandle, request: HoldRequest) => {
    await at.stage('hold', () => pause(time, request.plannedMs));
    await at.stage('reuse', never);
  };
  const planting = { client: { hold }, holds: [idle(5_000), idle(600_000)], deadlinesMs: { reuse: 900_000 } };
  const { request, sampled } = sampling([planted(planting)], { time, signal: operator.signal });
  const sampledAll = sample(request);
  await time.advance(300_000);
  operator.abort();
  await time.until(sampledAll);
  expect(sampled.holds().map(({ outcome, failure }) => [outcome, failure])).toEqual([
    ['aborted', null],
    ['aborted', null],
  ]);
});
