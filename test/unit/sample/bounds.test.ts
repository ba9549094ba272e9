import { describe, expect, test } from 'vitest';
import { PreflightError } from '../../../src/model/preflight-error.ts';
import type { AttemptHandle } from '../../../src/model/probe.ts';
import { onLoopback } from '../../../src/sample/bounds.ts';
import { clockFrom } from '../../../src/sample/clock.ts';
import { fakeClock } from '../../kit/clock.ts';
import { planted, sampleAll, server } from './planted.ts';

const never = new AbortController().signal;

/** Two targets on the loopback, and where an attempt on the first of them goes. */
async function bounded(attempt: (at: AttemptHandle) => Promise<unknown>, hold?: (at: AttemptHandle) => Promise<void>) {
  const bounds = onLoopback(never);
  let connected = 0;
  const going = async (at: AttemptHandle) => {
    await attempt(at);
    connected += 1;
  };
  const claimsEvents = planted({
    record: { name: 'claims-events' },
    servers: [server('127.0.0.1:9092')],
    client: { attempt: going, hold: hold ?? null },
    holds: hold === undefined ? [] : [{ kind: 'idle', plannedMs: 1_000, keepalive: 'as-client' }],
    hasSucceeded: true,
  });
  const other = planted({ record: { name: 'claims-db' }, servers: [server('127.0.0.1:1433')] });
  const sampled = await sampleAll([claimsEvents, other], { signal: bounds.signal, mayReach: bounds.mayReach });
  return { sampled, connected, check: bounds.check };
}

const resolvesTo = (address: string) => (at: AttemptHandle) =>
  at.stage('connect', async () => at.saw({ resolved: address }), `${address}:9092`);

describe('a run that may reach the loopback alone', () => {
  test('reaches brokers of the loopback that it finds on its way', async () => {
    const { sampled, connected, check } = await bounded(async (at) => {
      await at.admit('localhost:9092');
      await at.admit('127.0.0.7:9093');
      await resolvesTo('127.0.0.7')(at);
    });
    expect(connected).toBe(15);
    expect(sampled.attempts('claims-events').map(({ outcome }) => outcome)).toEqual(Array(15).fill('succeeded'));
    expect(check).not.toThrow();
  });

  test.each([
    ['a broker by its name', 'kafka.internal:9092', (at: AttemptHandle) => at.admit('kafka.internal:9092')],
    ['a broker by its address', '10.0.0.7:9092', (at: AttemptHandle) => at.admit('10.0.0.7:9092')],
    ['a name that stands for another address', '10.0.0.7', resolvesTo('10.0.0.7')],
  ])('ends before it goes to %s', async (_, place, go) => {
    const { sampled, connected, check } = await bounded(go);
    expect(connected).toBe(0);
    expect(sampled.attempts('claims-events').map(({ outcome, resolved }) => ({ outcome, resolved }))).toEqual([
      { outcome: 'aborted', resolved: [] },
    ]);
    expect(sampled.broke).toEqual([]);
    expect([sampled.stop('claims-events'), sampled.stop('claims-db')]).toEqual(['interrupted', 'interrupted']);
    expect(check).toThrow(PreflightError);
    expect(check).toThrow(
      `lab: targets.claims-events leads to ${place}: the time and the host of a run can be given for targets on the loopback alone`,
    );
  });

  test('ends where the client would take the next address, and counts no failure', async () => {
    const { sampled, check } = await bounded(async (at) => {
      await resolvesTo('10.0.0.7')(at).catch(() => {});
      await resolvesTo('127.0.0.1')(at);
    });
    expect(sampled.attempts('claims-events').map(({ outcome }) => outcome)).toEqual(['aborted']);
    expect(check).toThrow('10.0.0.7');
  });

  test('ends by a hold as well', async () => {
    const { sampled, check } = await bounded(async () => {}, resolvesTo('10.0.0.7'));
    expect(sampled.holds('claims-events').map(({ outcome }) => outcome)).toEqual(['aborted']);
    expect(sampled.stop('claims-db')).toBe('interrupted');
    expect(check).toThrow('10.0.0.7');
  });

  test('ends by the interruption of the operator as any other, and that is no leaving', () => {
    const operator = new AbortController();
    const { signal, check } = onLoopback(operator.signal);
    operator.abort();
    expect(signal.aborted).toBe(true);
    expect(check).not.toThrow();
  });
});

describe('a clock that begins at another time', () => {
  test('goes on from there as the clock behind it does, steps included', async () => {
    const time = fakeClock();
    const clock = clockFrom('2026-10-01T00:00:00.000Z', time);
    expect(clock.now()).toBe('2026-10-01T00:00:00.000Z');
    await time.advance(61_000);
    expect(clock.now()).toBe('2026-10-01T00:01:01.000Z');
    expect(clock.elapsedMs()).toBe(61_000);
    time.step(3_600_000);
    expect(clock.now()).toBe('2026-10-01T01:01:01.000Z');
  });
});
