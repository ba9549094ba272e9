import { describe, expect, test } from 'vitest';
import { createLive } from '../../../src/analyze/live.ts';
import { type AttemptOver, attemptRecords, failed } from '../../kit/evidence.ts';

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
      turns: 3,
    });
  });
});
