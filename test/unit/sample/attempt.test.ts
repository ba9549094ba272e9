import { describe, expect, test } from 'vitest';
import type { AttemptHandle } from '../../../src/model/probe.ts';
import type { HoldRequest } from '../../../src/model/records.ts';
import { fakeClock, pause } from '../../kit/clock.ts';
import { make } from './make.ts';
import { Refused } from './planted.ts';

const hang = () => new Promise<never>(() => {});

describe('an attempt that works', () => {
  test('is recorded with its stages, what was seen and what was learnt', async () => {
    const { record, broke } = await make(async (at) => {
      at.saw({ resolved: '10.0.0.7' });
      at.saw({ resolved: '10.0.0.7', egress: '203.0.113.9' });
      at.measure('rows', 3);
      await at.stage('connect', async () => {}, '10.0.0.7:1433');
      await at.stage('request', async () => {});
      return { version: '16' };
    });
    expect(broke).toEqual([]);
    expect(record).toEqual({
      record: 'attempt',
      run: '01234567-89ab-4def-8123-456789abcdef',
      target: 'claims-db',
      n: 7,
      at: '2026-11-01T08:00:00.000Z',
      outcome: 'succeeded',
      failure: null,
      observation: { version: '16' },
      stages: [
        { stage: 'connect', server: '10.0.0.7:1433', elapsedMs: 0, ok: true },
        { stage: 'request', server: null, elapsedMs: 0, ok: true },
      ],
      resolved: ['10.0.0.7'],
      egress: ['203.0.113.9'],
      measures: { rows: 3 },
      part: null,
      hold: null,
      taint: null,
    });
  });

  test('logs in by the name of the probe and of the run', async () => {
    const { record } = await make(async (at) => at.clientName);
    expect(record.observation).toBe('preflight-probe/01234567');
  });

  test('is told the run and the context, from which a name of our own is made', async () => {
    const { record } = await make(async ({ run, context }) => ({ run, context }));
    expect(record.observation).toEqual({ run: '01234567-89ab-4def-8123-456789abcdef', context: 'serverless' });
  });

  test('is asked for its part, and says how far it came', async () => {
    const join = async (at: AttemptHandle) => (at.part === 'join' ? at.beginPart() : undefined);
    expect((await make(join, { part: 'join' })).record.part).toEqual({ name: 'join', reached: true });
    expect((await make(async () => {}, { part: 'join' })).record.part).toEqual({ name: 'join', reached: false });
  });

  test('cleans up in the reverse of the order in which it opened', async () => {
    const closed: string[] = [];
    await make(async (at) => {
      at.defer(() => closed.push('socket'));
      at.defer(() => closed.push('session'));
    });
    expect(closed).toEqual(['session', 'socket']);
  });
});

describe('a failure of the target', () => {
  test('is what a stage threw, by the client’s own table', async () => {
    const { record, broke } = await make((at) =>
      at.stage('authenticate', () => Promise.reject(new Refused('login-rejected')), 'a:1'),
    );
    expect(record).toMatchObject({
      outcome: 'failed',
      observation: null,
      failure: { stage: 'authenticate', server: 'a:1', cause: 'login-rejected', detail: 'login-rejected' },
    });
    expect(broke).toEqual([]);
  });

  test.each([
    ['resolve', 'name-lookup-timeout', 5_000],
    ['connect', 'connect-timeout', 10_000],
    ['tls', 'tls-timeout', 10_000],
    ['negotiate', 'negotiate-timeout', 10_000],
    ['authenticate', 'login-timeout', 15_000],
    ['authorize', 'authorize-timeout', 15_000],
    ['request', 'request-timeout', 15_000],
    ['reuse', 'idle-silent', 5_000],
    ['renew', 'renew-timeout', 15_000],
  ] as const)('in stage %s, where nobody answers, is %s after %i ms', async (stage, cause, afterMs) => {
    const { record, time } = await make((at) => at.stage(stage, hang));
    expect(record.failure).toMatchObject({ stage, cause, code: 'ETIMEOUT', number: null });
    expect(time.elapsedMs()).toBe(afterMs);
  });

  test('comes at the deadline of the target’s own client settings, and the client is told of it', async () => {
    const told: number[] = [];
    const attempt = async (at: AttemptHandle) => {
      told.push(at.deadlineMs('authenticate'));
      await at.stage('authenticate', hang);
    };
    const { time } = await make(attempt, { planting: { deadlinesMs: { authenticate: 400 } } });
    expect(told).toEqual([400]);
    expect(time.elapsedMs()).toBe(400);
  });

  test('loses nothing of what was seen, and cleans up', async () => {
    const closed: string[] = [];
    const { record } = await make(async (at) => {
      at.saw({ egress: '203.0.113.9' });
      at.defer(() => closed.push('socket'));
      await at.stage('request', () => Promise.reject(new Refused('request-timeout')));
    });
    expect(record).toMatchObject({ outcome: 'failed', egress: ['203.0.113.9'] });
    expect(closed).toEqual(['socket']);
  });

  test('may be the last of several, where the client tried one address after the other', async () => {
    const { record } = await make(async (at) => {
      await at.stage('connect', () => Promise.reject(new Refused('connection-refused')), 'a:1').catch(() => {});
      await at.stage('connect', () => Promise.reject(new Refused('connect-timeout')), 'b:1');
    });
    expect(record.failure).toMatchObject({ server: 'b:1', cause: 'connect-timeout' });
  });

  test('by starvation of our own host is tainted', async () => {
    const { record } = await make((at) => at.stage('request', () => Promise.reject(new Refused('local-starvation'))));
    expect(record.taint).toBe('starved');
  });
});

describe('the operator’s interruption', () => {
  test('ends an attempt in flight as aborted, whichever error the client makes of it', async () => {
    const operator = new AbortController();
    const { record, broke, time } = await make(
      async (at) => {
        const stage = at.stage('request', hang);
        operator.abort();
        await stage.catch(() => {
          throw new Error('wrapped');
        });
      },
      { operator },
    );
    expect(record).toMatchObject({ outcome: 'aborted', failure: null, observation: null });
    expect(broke).toEqual([]);
    expect(time.elapsedMs()).toBe(0);
  });
});

describe('a connection found on the way', () => {
  test('is asked for by the address that the limits know it by', async () => {
    const { admitted } = await make((at) => at.admit('broker-2:9092'));
    expect(admitted).toEqual(['key of broker-2:9092']);
  });

  test('may wait long for the pace without being lost', async () => {
    const time = fakeClock();
    const { record } = await make((at) => at.admit('broker-2:9092'), { time, admit: () => pause(time, 120_000) });
    expect(record.outcome).toBe('succeeded');
  });
});

describe('a hold', () => {
  const hold: HoldRequest = { kind: 'idle', plannedMs: 250_000, keepalive: 'as-client' };

  test('stays for its whole plan, and 15 s more before it fails', async () => {
    const { record, time } = await make(hang, { hold, client: { hold: (at) => at.stage('hold', hang) } });
    expect(record).toMatchObject({ hold, outcome: 'failed', failure: { stage: 'hold', cause: 'hold-timeout' } });
    expect(time.elapsedMs()).toBe(265_000);
  });

  test('observes nothing', async () => {
    const { record } = await make(hang, {
      hold,
      client: { hold: (at, { plannedMs }) => at.stage('hold', async () => void plannedMs) },
    });
    expect(record).toMatchObject({ outcome: 'succeeded', observation: null });
  });
});
