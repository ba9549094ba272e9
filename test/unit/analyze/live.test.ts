import { describe, expect, test } from 'vitest';
import { createLive } from '../../../src/analyze/live.ts';
import { createTally } from '../../../src/analyze/tally.ts';
import { type AttemptOver, attemptRecords, failed, instant, T0 } from '../../kit/evidence.ts';

const tallyOf = (attempts: readonly AttemptOver[]) => {
  const live = createLive();
  for (const record of attemptRecords(attempts)) live.add(record);
  return live.tally('claims-db');
};

const join = (reached: boolean) => ({ part: { name: 'join', reached } });

describe('the live counts of one target', () => {
  test('are zero before the first attempt', () => {
    expect(tallyOf([])).toMatchObject({ succeeded: 0, failed: 0, firstScored: false, lastSuccessAt: null });
  });

  test('keep targets apart', () => {
    const live = createLive();
    for (const record of attemptRecords([{}, { target: 'other' }, failed('login-timeout')])) live.add(record);
    expect(live.tally('claims-db')).toMatchObject({ succeeded: 1, failed: 1 });
    expect(live.tally('other')).toMatchObject({ succeeded: 1, failed: 0 });
  });

  test('leave tainted, aborted and broken attempts and holds out of the rate', () => {
    const tally = tallyOf([
      { taint: 'starved' },
      failed('connect-timeout', { taint: 'uplink' }),
      { outcome: 'aborted' },
      { outcome: 'broken' },
      { hold: { kind: 'idle', plannedMs: 1000, keepalive: 'as-client' } },
      {},
    ]);
    expect(tally).toMatchObject({ succeeded: 1, failed: 0, tainted: 2, aborted: 1, broken: 1, firstScored: false });
  });

  test('count a failure that says nothing of the target neither for nor against it', () => {
    expect(tallyOf([failed('version-unsupported'), {}])).toMatchObject({ succeeded: 1, failed: 0, unjudged: 1 });
  });

  test('count a part that failed as a success of the attempt and a failure of the part', () => {
    const tally = tallyOf([
      failed('authorize-timeout', join(true)),
      failed('probe-not-authorized', join(true)),
      failed('login-timeout', join(false)),
      join(true),
    ]);
    expect(tally).toMatchObject({ succeeded: 3, failed: 1, unjudged: 0 });
    expect(tally.parts).toMatchObject([{ name: 'join', made: 3, failed: 2, unjudged: 1 }]);
  });

  test('know whether the first attempt failed, the longest row of failures and the turns', () => {
    const no = failed('login-timeout');
    expect(tallyOf([no, {}, no, no, {}])).toMatchObject({
      firstScored: true,
      firstFailed: true,
      longestFailures: 2,
      turns: 2,
    });
  });

  describe('of failed lookups', () => {
    const lookup = (seconds: number, over: AttemptOver = {}): AttemptOver =>
      failed('name-not-found', {
        failure: {
          stage: 'resolve',
          server: null,
          cause: 'name-not-found',
          code: 'ENOTFOUND',
          number: null,
          detail: '',
        },
        at: instant(T0 + seconds * 1_000),
        ...over,
      });
    const worked: AttemptOver = { stages: [{ stage: 'resolve', server: null, elapsedMs: 1, ok: true }] };

    test('count those within 30 s of one that counts as one', () => {
      expect(tallyOf([{}, lookup(1), lookup(15), lookup(30), {}])).toMatchObject({
        succeeded: 2,
        failed: 1,
        repeated: 2,
        longestFailures: 3,
        turns: 1,
      });
      expect(tallyOf([{}, lookup(1), lookup(31), lookup(60), lookup(61)])).toMatchObject({ failed: 3, repeated: 1 });
    });

    test('count one after a lookup that worked, and one of another name, on their own', () => {
      expect(tallyOf([{}, lookup(1), worked, lookup(2)])).toMatchObject({ failed: 2, repeated: 0 });
      const other = lookup(2, { failure: { ...lookup(2).failure!, server: 'broker-2:9092' } });
      expect(tallyOf([{}, lookup(1), other])).toMatchObject({ failed: 2, repeated: 0 });
    });

    test('know whether a retry of the first connection would have met the same', () => {
      expect(tallyOf([lookup(0), lookup(1), {}])).toMatchObject({ firstFailed: true, firstRepeated: true });
      expect(tallyOf([lookup(0), {}, lookup(1)])).toMatchObject({ firstFailed: true, firstRepeated: false });
      expect(tallyOf([{}, lookup(0), lookup(1)])).toMatchObject({ firstFailed: false, firstRepeated: false });
    });
  });

  test('add up the places of the failures after the first attempt', () => {
    const no = failed('login-timeout');
    expect(tallyOf([no, {}, no, { outcome: 'aborted' }, no]).laterPlaces).toBe(2 + 3);
    expect(tallyOf([{ taint: 'clock', stages: [] }, {}, no]).laterPlaces).toBe(1);
  });
});

test('the tally tells how many attempts after the failure before it each failure came', () => {
  const gaps: number[] = [];
  const tally = createTally((attempts) => gaps.push(attempts));
  const no = failed('login-timeout');
  for (const record of attemptRecords([{}, no, {}, { outcome: 'aborted' }, no, no])) tally.add(record);
  expect(gaps).toEqual([2, 1]);
});
