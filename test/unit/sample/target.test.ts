import { describe, expect, test } from 'vitest';
import type { Cause } from '../../../src/model/causes.ts';
import type { AttemptHandle } from '../../../src/model/probe.ts';
import type { HoldRequest } from '../../../src/model/records.ts';
import { fakeClock, pause } from '../../kit/clock.ts';
import { client, planted, Refused, sampleAll, taking } from './planted.ts';

const refuse = (cause: Cause) => (at: AttemptHandle) => at.stage('connect', () => Promise.reject(new Refused(cause)));
const work = (at: AttemptHandle) => at.stage('request', async () => ({ version: '1' }));

/** Attempts by their number: 1-based. */
const byNumber = (of: (n: number) => (at: AttemptHandle) => Promise<unknown>) => ({
  attempt: (at: AttemptHandle) => of(at.n)(at),
});

const idle = (plannedMs: number): HoldRequest => ({ kind: 'idle', plannedMs, keepalive: 'as-client' });

describe('attempts of a target', () => {
  test('are exactly as many as planned, in turn and numbered, where nothing else decides', async () => {
    const time = fakeClock();
    let atOnce = 0;
    const alone = async (at: AttemptHandle) => {
      atOnce += 1;
      expect(atOnce).toBe(1);
      await taking(time, 700)(at);
      atOnce -= 1;
    };
    const sampled = await sampleAll([planted({ client: { attempt: alone } })], { time });
    expect(sampled.attempts().map(({ n }) => n)).toEqual(Array.from({ length: 15 }, (_, index) => index + 1));
    expect(sampled.attempts().every(({ outcome }) => outcome === 'succeeded')).toBe(true);
    expect(sampled.stop()).toBe('attempts');
  });

  test('load the client when the first is made, and once', async () => {
    const loads: number[] = [];
    const load = async () => {
      loads.push(1);
      return client();
    };
    await sampleAll([planted({ load })]);
    expect(loads).toHaveLength(1);
  });

  test('stop after five where none has ever worked', async () => {
    const sampled = await sampleAll([planted({ client: { attempt: refuse('connection-refused') } })]);
    expect(sampled.attempts()).toHaveLength(5);
    expect(sampled.stop()).toBe('never-succeeded');
  });

  test.each([
    ['the target has worked in its history', { hasSucceeded: true, client: { attempt: refuse('connect-timeout') } }],
    ['one of them worked', { client: byNumber((n) => (n === 5 ? work : refuse('connect-timeout'))) }],
  ])('go on after five where %s', async (_, planting) => {
    const sampled = await sampleAll([planted(planting)]);
    expect(sampled.attempts()).toHaveLength(15);
  });

  test('stop as soon as their number decides, but never before the least', async () => {
    const asked: number[] = [];
    const planting = { attempts: { most: 100, least: 30 } };
    const sampled = await sampleAll([planted(planting)], {
      enough: () => {
        asked.push(1);
        return asked.length >= 3 ? 'accepted-rate' : null;
      },
    });
    expect(sampled.attempts()).toHaveLength(32);
    expect(sampled.stop()).toBe('accepted-rate');
  });

  test('that nothing can test any further are three', async () => {
    const sampled = await sampleAll([planted({ record: { untestable: 'Kerberos' } })]);
    expect(sampled.attempts()).toHaveLength(3);
    expect(sampled.stop()).toBe('not-testable');
  });

  test('stop after three defects of ours', async () => {
    const broken = () => Promise.reject(new TypeError('x is undefined'));
    const sampled = await sampleAll([planted({ client: byNumber((n) => (n % 2 === 0 ? broken : work)) })]);
    expect(sampled.attempts().map(({ outcome }) => outcome)).toEqual([
      'succeeded',
      'broken',
      'succeeded',
      'broken',
      'succeeded',
      'broken',
    ]);
    expect(sampled.stop()).toBe('defect');
    expect(sampled.broke).toHaveLength(3);
  });
});

describe('a client library', () => {
  test.each([
    ['cannot be loaded', () => Promise.reject(new Error('Cannot find package'))],
    ['is never loaded', () => new Promise<never>(() => {})],
  ])('that %s is a defect of ours, and no attempt is made', async (_, load) => {
    const sampled = await sampleAll([planted({ load }), planted({ record: { name: 'other' } })]);
    expect(sampled.attempts('claims-db')).toEqual([]);
    expect(sampled.stop('claims-db')).toBe('defect');
    expect(sampled.broke).toHaveLength(1);
    expect(sampled.attempts('other')).toHaveLength(15);
  });
});

describe('dear parts', () => {
  const withPart = (of: (n: number) => (at: AttemptHandle) => Promise<unknown>) =>
    planted({ parts: { join: 3 }, client: byNumber(of) });
  const joining = async (at: AttemptHandle) => {
    await work(at);
    if (at.part === 'join') at.beginPart();
  };
  const partsOf = (attempts: readonly { readonly part: { readonly reached: boolean } | null }[]) =>
    attempts.slice(0, 7).map(({ part }) => (part === null ? '-' : part.reached ? 'reached' : 'asked'));

  test('are asked of three attempts, never of the first', async () => {
    const sampled = await sampleAll([withPart(() => joining)]);
    expect(partsOf(sampled.attempts())).toEqual(['-', 'reached', 'reached', 'reached', '-', '-', '-']);
  });

  test('are asked again of the next attempt where one ended before its part', async () => {
    const sampled = await sampleAll([withPart((n) => (n === 2 || n === 4 ? refuse('connect-timeout') : joining))]);
    expect(partsOf(sampled.attempts())).toEqual(['-', 'asked', 'reached', 'asked', 'reached', 'reached', '-']);
  });
});

describe('holds', () => {
  const holding = (opened: number[], of: (n: number) => (at: AttemptHandle) => Promise<unknown> = () => work) => {
    const time = fakeClock();
    const hold = async (at: AttemptHandle, { plannedMs }: HoldRequest) => {
      opened.push(time.elapsedMs());
      await at.stage('hold', () => pause(time, plannedMs));
    };
    return { time, client: { ...byNumber(of), hold } };
  };

  test('begin side by side once the first attempt has worked, and the run lasts as long as the longest', async () => {
    const opened: number[] = [];
    const { time, client } = holding(opened, (n) => (n <= 2 ? refuse('connect-timeout') : work));
    const sampled = await sampleAll([planted({ client, holds: [idle(250_000), idle(360_000)] })], {
      time,
      limits: { newConnectionsPerSecond: 1 },
      random: () => 0,
    });
    expect(opened).toEqual([3_000, 4_000]);
    expect(sampled.holds().map(({ hold }) => hold?.plannedMs)).toEqual([250_000, 360_000]);
    expect(time.elapsedMs()).toBe(364_000);
    expect(sampled.attempts()).toHaveLength(15);
  });

  test('are not begun where nothing ever worked', async () => {
    const opened: number[] = [];
    const { time, client } = holding(opened, () => refuse('connect-timeout'));
    await sampleAll([planted({ client, holds: [idle(1_000)] })], { time });
    expect(opened).toEqual([]);
  });

  test('begin too where the first attempt that worked failed in its dear part', async () => {
    const opened: number[] = [];
    const failedPart = async (at: AttemptHandle) => {
      at.beginPart();
      await refuse('authorize-timeout')(at);
    };
    const { time, client } = holding(opened, (n) => [refuse('connect-timeout'), failedPart][n - 1] ?? work);
    const sampled = await sampleAll([planted({ client, parts: { join: 1 }, holds: [idle(1_000)] })], { time });
    expect(opened).toHaveLength(1);
    expect(sampled.holds()).toHaveLength(1);
  });

  test('take one connection and one login of their server, whatever an attempt takes', async () => {
    const opened: number[] = [];
    const { time, client } = holding(opened);
    const servers = [{ address: '10.0.0.1:1433', connections: 3, logins: 3, joins: 0, commits: 0, bytes: 0 }];
    const sampled = await sampleAll([planted({ client, servers, holds: [idle(60_000), idle(60_000)] })], {
      time,
      limits: { logins: 50, heldConnections: 2 },
    });
    expect(sampled.holds()).toHaveLength(2);
    expect(opened.every((ms) => ms < 10_000)).toBe(true);
    // 15 attempts of 3 logins and two holds of one: 47
    expect(sampled.attempts()).toHaveLength(15);
  });
});

describe('what goes wrong within the engine', () => {
  test('ends its target as our defect; the others go on', async () => {
    const attempts = { most: 15, least: 4 };
    const sampled = await sampleAll([planted({ attempts }), planted({ attempts, record: { name: 'other' } })], {
      enough: (target) => {
        if (target === 'claims-db') throw new Error('no tally');
        return null;
      },
    });
    expect(sampled.stop('claims-db')).toBe('defect');
    expect(sampled.broke).toEqual([{ target: 'claims-db', error: expect.objectContaining({ message: 'no tally' }) }]);
    expect(sampled.stop('other')).toBe('attempts');
  });

  test('never leaves a lost promise behind, also where nothing can be written any more', async () => {
    const time = fakeClock();
    const written: string[] = [];
    const hold = (at: AttemptHandle) => at.stage('hold', async () => {});
    const sampled = await sampleAll([planted({ client: { hold }, holds: [idle(1_000)] })], {
      time,
      write: (record) => {
        written.push(record.record);
        if (written.length > 1) throw new Error('ENOSPC');
      },
    });
    expect(sampled.broke.length).toBeGreaterThan(0);
    expect(sampled.broke.every(({ error }) => error instanceof Error && error.message === 'ENOSPC')).toBe(true);
  });
});
