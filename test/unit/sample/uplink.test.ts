import { describe, expect, test } from 'vitest';
import type { Cause } from '../../../src/model/causes.ts';
import type { AttemptHandle } from '../../../src/model/probe.ts';
import type { AttemptRecord, HoldRequest } from '../../../src/model/records.ts';
import type { StageName } from '../../../src/model/stages.ts';
import { sample } from '../../../src/sample/sample.ts';
import { watchUplink } from '../../../src/sample/uplink.ts';
import { fakeClock, pause } from '../../kit/clock.ts';
import { attemptRecords, failed } from '../../kit/evidence.ts';
import { mostInASecond, type Planting, planted, Refused, sampleAll, sampling, server } from './planted.ts';

const refuse = (cause: Cause, stage: StageName) => (at: AttemptHandle) =>
  at.stage(stage, () => Promise.reject(new Refused(cause)));
const work = (at: AttemptHandle) => at.stage('connect', async () => ({ version: '1' }));

const STATUS = server('198.51.100.9:443');
const control = (attempt: (at: AttemptHandle) => Promise<unknown>, over: Planting = {}) =>
  planted({
    servers: [STATUS],
    client: { attempt },
    hasSucceeded: true,
    checks: 60,
    ...over,
    record: { name: 'uplink', control: true, ...over.record },
  });
const target = (attempt: (at: AttemptHandle) => Promise<unknown>, over: Planting = {}) =>
  planted({ client: { attempt }, hasSucceeded: true, ...over });

const taints = (attempts: readonly AttemptRecord[]) => [...new Set(attempts.map(({ taint }) => taint))];

describe('a failure of a target while a control', () => {
  const dead = refuse('connect-timeout', 'connect');

  test.each([
    ['connects', dead],
    ['is routed', refuse('host-unreachable', 'connect')],
    ['looks its name up', refuse('name-lookup-failed', 'resolve')],
  ])('fails where it %s as well is the uplink’s', async (_, attempt) => {
    const sampled = await sampleAll([target(attempt), control(dead)]);
    expect(taints(sampled.attempts('claims-db'))).toEqual(['uplink']);
    expect(sampled.attempts('claims-db').every(({ outcome }) => outcome === 'failed')).toBe(true);
  });

  test.each([
    ['works', work],
    ['fails only after it is connected', refuse('tls-timeout', 'tls')],
    ['was refused', refuse('connection-refused', 'connect')],
    ['was reset', refuse('connection-reset', 'connect')],
    ['has a name that does not exist', refuse('name-not-found', 'resolve')],
    ['was ours to lose', refuse('local-starvation', 'connect')],
  ])('%s is the target’s', async (_, attempt) => {
    const sampled = await sampleAll([target(dead), control(attempt)]);
    expect(taints(sampled.attempts('claims-db'))).toEqual([null]);
  });

  test.each([
    ['connection-refused', 'connect'],
    ['connection-reset', 'connect'],
    ['name-not-found', 'resolve'],
  ] as const)('fails is the target’s where it is a definite answer: %s', async (cause, stage) => {
    const sampled = await sampleAll([target(refuse(cause, stage)), control(dead)]);
    expect(taints(sampled.attempts('claims-db'))).toEqual([null]);
    expect(sampled.attempts('uplink')).toHaveLength(15);
  });

  test.each([
    ['refuses', 'connection-refused', null],
    ['has no name', 'name-not-found', 'uplink'],
  ] as const)('fails and another %s is told from a dead uplink by that: %s', async (_, cause, taint) => {
    const other = control(refuse(cause, cause === 'name-not-found' ? 'resolve' : 'connect'), {
      servers: [server('198.51.100.10:443')],
      record: { name: 'other uplink' },
    });
    const sampled = await sampleAll([target(dead), control(dead), other]);
    expect(taints(sampled.attempts('claims-db'))).toEqual([taint]);
  });

  test('fails is the target’s where it had come further than to connect', async () => {
    const sampled = await sampleAll([target(refuse('login-timeout', 'authenticate')), control(dead)]);
    expect(taints(sampled.attempts('claims-db'))).toEqual([null]);
  });

  test('stands on the very server that failed is the target’s', async () => {
    const sampled = await sampleAll([target(dead, { servers: [STATUS] }), control(dead)]);
    expect(taints(sampled.attempts('claims-db'))).toEqual([null]);
  });

  test('fails and another works is the target’s', async () => {
    const other = control(work, { servers: [server('198.51.100.10:443')], record: { name: 'other uplink' } });
    const sampled = await sampleAll([target(dead), control(dead), other]);
    expect(taints(sampled.attempts('claims-db'))).toEqual([null]);
  });

  test('was tried too often already is the target’s', async () => {
    const sampled = await sampleAll([target(dead), control(dead, { checks: 0 })]);
    expect(taints(sampled.attempts('claims-db'))).toEqual([null]);
  });

  test('is not there is the target’s', async () => {
    const sampled = await sampleAll([target(dead)]);
    expect(taints(sampled.attempts())).toEqual([null]);
  });
});

test('the failure of a control is its own, and no other control is asked of it', async () => {
  const sampled = await sampleAll([
    control(refuse('connect-timeout', 'connect')),
    control(refuse('connect-timeout', 'connect'), { servers: [server('198.51.100.10:443')], record: { name: 'b' } }),
  ]);
  expect(taints(sampled.attempts())).toEqual([null]);
  expect(sampled.attempts()).toHaveLength(30);
});

test('a success asks nothing of a control', async () => {
  const sampled = await sampleAll([target(work), control(work)]);
  expect(sampled.attempts('uplink')).toHaveLength(15);
});

describe('checks of the uplink', () => {
  const slowly = (time: ReturnType<typeof fakeClock>, ms: number) => (at: AttemptHandle) =>
    at.stage('connect', () => pause(time, ms).then(() => Promise.reject(new Refused('connect-timeout'))));

  test('are attempts of the control like any other: written before the failure, numbered, one at a time, within the pace', async () => {
    const time = fakeClock();
    let open = 0;
    let mostOpen = 0;
    const startedAtMs: number[] = [];
    const attempt = async (at: AttemptHandle) => {
      open += 1;
      mostOpen = Math.max(mostOpen, open);
      startedAtMs.push(time.elapsedMs());
      await slowly(
        time,
        300,
      )(at).finally(() => {
        open -= 1;
      });
    };
    const others = ['a', 'b', 'c'].map((name, index) =>
      target(slowly(time, 50 + 10 * index), { record: { name }, servers: [server(`10.0.0.${index + 1}:1433`)] }),
    );
    const { request, sampled } = sampling([...others, control(attempt)], {
      time,
      limits: { newConnectionsPerSecond: 2 },
    });
    await time.until(sample(request));
    expect(mostOpen).toBe(1);
    expect(mostInASecond(startedAtMs)).toBeLessThanOrEqual(2);
    const numbers = sampled.attempts('uplink').map(({ n }) => n);
    expect(numbers).toEqual(numbers.map((_, index) => index + 1));
    expect(sampled.attempts('uplink').length).toBeGreaterThan(15);
    expect(taints(sampled.attempts('a'))).toEqual(['uplink']);
    const written = sampled.attempts();
    const firstFailure = written.findIndex(({ target: name }) => name !== 'uplink');
    expect(written.slice(0, firstFailure).some(({ target: name }) => name === 'uplink')).toBe(true);
  });

  test('are shared by the failures of one moment, and are not made oftener than once a second', async () => {
    const time = fakeClock();
    const asked: number[] = [];
    const [dead] = attemptRecords([failed('connect-timeout', { target: 'uplink' })]);
    if (dead === undefined) throw new Error('no record');
    const uplink = watchUplink({
      controls: [control(work)],
      clock: time,
      serverKey: async (address) => address,
      attempt: async () => {
        asked.push(time.elapsedMs());
        await pause(time, 400);
        return dead;
      },
    });
    const failures = attemptRecords(Array.from({ length: 40 }, () => failed('connect-timeout')));
    const all = failures.map(async (failure, index) => {
      await pause(time, index * 100);
      return uplink.checked(failure, target(work));
    });
    const checked = await time.until(Promise.all(all));
    expect(taints(checked)).toEqual(['uplink']);
    expect(asked).toEqual([0, 1_400, 2_800]);
  });

  test('end with their number', async () => {
    const always = target(refuse('connect-timeout', 'connect'), { attempts: { most: 100, least: 100 } });
    const sampled = await sampleAll([always, control(refuse('connect-timeout', 'connect'), { checks: 10 })]);
    expect(sampled.attempts('uplink').length).toBeLessThanOrEqual(25);
    expect(sampled.attempts('claims-db').at(-1)?.taint).toBeNull();
  });

  test('are made for what is in flight at the end of the wall time, in their turn', async () => {
    const time = fakeClock();
    const sampled = await sampleAll([target(slowly(time, 8_500)), control(slowly(time, 100))], {
      time,
      limits: { wallTimeMs: 8_000, newConnectionsPerSecond: 0.5 },
    });
    expect(time.elapsedMs()).toBeGreaterThan(9_000);
    expect(sampled.attempts('claims-db')).toMatchObject([{ taint: 'uplink' }]);
    expect(sampled.stop('claims-db')).toBe('wall-time');
  });

  test('are not waited for once the operator interrupts: the failure then counts', async () => {
    const time = fakeClock();
    const operator = new AbortController();
    const hang = (at: AttemptHandle) => at.stage('connect', () => new Promise<never>(() => {}));
    const { request, sampled } = sampling([target(slowly(time, 100)), control(hang)], {
      time,
      signal: operator.signal,
    });
    const whole = sample(request);
    await time.advance(2_000);
    operator.abort();
    await time.until(whole);
    expect(time.elapsedMs()).toBe(2_000);
    expect(sampled.attempts('claims-db')).toMatchObject([{ outcome: 'failed', taint: null }]);
  });

  test('by a client that breaks are our defect, and the failure counts', async () => {
    const broken = control(() => Promise.reject(new TypeError('planted')));
    const sampled = await sampleAll([target(refuse('connect-timeout', 'connect')), broken]);
    expect(taints(sampled.attempts('claims-db'))).toEqual([null]);
    expect(sampled.broke.length).toBeGreaterThan(0);
  });
});

describe('a hold that fell silent while the uplink was dead', () => {
  const idle: HoldRequest = { kind: 'idle', plannedMs: 250_000, keepalive: 'as-client' };
  const held = (cause: Cause, stage: StageName) =>
    target(work, {
      holds: [idle],
      client: { attempt: work, hold: async (at) => void (await refuse(cause, stage)(at)) },
    });

  test('says nothing of the way to the target', async () => {
    const sampled = await sampleAll([held('idle-silent', 'reuse'), control(refuse('connect-timeout', 'connect'))]);
    expect(sampled.holds()).toMatchObject([{ outcome: 'failed', taint: 'uplink' }]);
  });

  test.each([
    ['ended by its peer', 'connection-reset', refuse('connect-timeout', 'connect')],
    ['silent while the uplink worked', 'idle-silent', work],
  ] as const)('but one that was %s does', async (_, cause, attempt) => {
    const sampled = await sampleAll([held(cause, 'reuse'), control(attempt)]);
    expect(sampled.holds()).toMatchObject([{ outcome: 'failed', taint: null }]);
  });
});
