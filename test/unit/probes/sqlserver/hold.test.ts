import { expect, test } from 'vitest';
import { sqlserver } from '../../../../probes/sqlserver/probe.ts';
import type { HoldRequest } from '../../../../src/model/records.ts';
import { saidOf, tryOnce } from '../../../kit/attempt.ts';
import { course, settingsFor, start } from './lab.ts';

const HELD_MS = 60;
const idle = (plannedMs: number): HoldRequest => ({ kind: 'idle', plannedMs, keepalive: 'as-client' });
const IN_STAGES = 'resolve connect negotiate tls authenticate request hold reuse';

test.each(['on', 'strict', 'not-supported'] as const)(
  'a connection stays idle and is used again (%s)',
  async (encryption) => {
    await using server = await start({ encryption });
    const encrypt = { on: 'true', strict: 'strict', 'not-supported': 'false' }[encryption];
    const settings = settingsFor(server, `encrypt=${encrypt}`);
    const held = await tryOnce(sqlserver, settings, { hold: idle(HELD_MS) });

    expect(held.outcome).toBe('succeeded');
    expect(course(held).split(' ').sort()).toEqual(
      IN_STAGES.split(' ')
        .filter((stage) => stage !== 'tls' || encryption !== 'not-supported')
        .sort(),
    );
    expect(held.stages.find(({ stage }) => stage === 'hold')?.elapsedMs).toBeGreaterThanOrEqual(HELD_MS - 1);
    expect(server.ledger.accepted).toBe(1);
  },
);

test.each([
  ['close', 'on', 'hold connection-closed'],
  ['reset', 'on', 'hold connection-reset'],
  ['close', 'strict', 'hold connection-closed'],
  ['reset', 'strict', 'hold connection-reset'],
  ['close', 'not-supported', 'hold connection-closed'],
  ['reset', 'not-supported', 'hold connection-reset'],
] as const)(
  'a connection that is ended by "%s" while it idles (%s) fails at once: %s',
  async (how, encryption, said) => {
    await using server = await start({ encryption, faults: [{ at: 'idle', do: how, delayMs: 40 }] });
    const encrypt = { on: 'true', strict: 'strict', 'not-supported': 'false' }[encryption];
    const settings = settingsFor(server, `encrypt=${encrypt}`);
    const held = await tryOnce(sqlserver, settings, { hold: idle(60_000) });

    expect(saidOf(held)).toBe(said);
  },
);

test('a connection in use is used again and again', async () => {
  await using server = await start({ faults: [{ at: 'idle', do: 'close', delayMs: 200 }] });
  const hold: HoldRequest = { kind: 'in-use', plannedMs: 500, keepalive: { intervalMs: 50 } };
  const held = await tryOnce(sqlserver, settingsFor(server), { hold });

  expect(saidOf(held)).toBeNull();
});

test('a connection in use that falls silent is found at its next use, and timed by its last answer', async () => {
  const answers = { at: 'request', do: 'delay', delayMs: 0, times: 4 } as const;
  await using server = await start({ faults: [answers, { at: 'request', do: 'hang' }] });
  const hold: HoldRequest = { kind: 'in-use', plannedMs: 5_000, keepalive: 'as-client' };
  const held = await tryOnce(sqlserver, settingsFor(server), { hold, deadlinesMs: { reuse: 200 } });

  expect(saidOf(held)).toBe('hold in-use-silent');
  // used every half second: three times with an answer, then without
  expect(Math.round((held.measures['lastAnswerMs'] ?? 0) / 500)).toBe(3);
  expect(held.stages.at(-1)?.elapsedMs).toBeLessThan(3_500);
});

test('a connection that was dropped in silence is found when it is used', async () => {
  await using server = await start({ faults: [{ at: 'idle', do: 'hang', delayMs: 20 }] });
  const held = await tryOnce(sqlserver, settingsFor(server), { hold: idle(HELD_MS), deadlinesMs: { reuse: 100 } });

  expect(course(held)).toBe(`${IN_STAGES}!`);
  expect(saidOf(held)).toBe('reuse idle-silent');
});
