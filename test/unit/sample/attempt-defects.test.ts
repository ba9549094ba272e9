import { describe, expect, test } from 'vitest';
import type { AttemptHandle } from '../../../src/model/probe.ts';
import { LostAttempt } from '../../../src/sample/stage-clock.ts';
import { fakeClock, pause } from '../../kit/clock.ts';
import { make } from './make.ts';
import { Refused } from './planted.ts';

const hang = () => new Promise<never>(() => {});

describe('a defect of ours', () => {
  const thrown = new Error('outside');
  test.each<[string, (at: AttemptHandle) => Promise<unknown>, unknown]>([
    ['is what was thrown outside every stage', () => Promise.reject(thrown), thrown],
    [
      'is what was thrown outside, also after a stage had failed',
      async (at) => {
        await at.stage('connect', () => Promise.reject(new Refused('connection-refused'))).catch(() => {});
        throw thrown;
      },
      thrown,
    ],
    [
      'is what the client’s table calls one',
      (at) => at.stage('request', () => Promise.reject(new TypeError('x is undefined'))),
      expect.any(TypeError),
    ],
    [
      'is a stage within a stage, wherever it surfaces',
      (at) => at.stage('connect', () => at.stage('tls', hang)),
      expect.objectContaining({ name: 'HandleMisused' }),
    ],
    [
      'is a measure that is no number: as evidence it would be a line that nobody can read',
      (at) => at.stage('request', async () => at.measure('skew', Number.NaN)),
      expect.objectContaining({ message: expect.stringContaining('skew') }),
    ],
  ])('%s', async (_, attempt, error) => {
    const { record, broke } = await make(attempt);
    expect(record).toMatchObject({ outcome: 'broken', failure: null, observation: null });
    expect(broke).toEqual([{ target: 'claims-db', error }]);
  });

  test('is a client that does nothing for 5 s between its stages; it is cleaned up, and later comes to nothing', async () => {
    const time = fakeClock();
    const did: string[] = [];
    const late = (at: AttemptHandle) => at.stage('request', async () => did.push('request'));
    const { record, broke } = await make(
      async (at) => {
        at.defer(() => did.push('closed'));
        await at.stage('connect', async () => {});
        await pause(time, 60_000);
        at.defer(() => did.push('closed late'));
        await late(at);
      },
      { time },
    );
    expect(record.outcome).toBe('broken');
    expect(broke).toEqual([{ target: 'claims-db', error: expect.any(LostAttempt) }]);
    expect(time.elapsedMs()).toBe(5_000);
    await time.advance(60_000);
    expect(did).toEqual(['closed', 'closed late']);
  });

  test('is a table that itself throws', async () => {
    const classify = () => {
      throw new RangeError('no such code');
    };
    const { record, broke } = await make((at) => at.stage('request', () => Promise.reject(new Error('reset'))), {
      client: { classify },
    });
    expect(record.outcome).toBe('broken');
    expect(broke).toEqual([{ target: 'claims-db', error: expect.any(RangeError) }]);
  });

  test('is a cleanup that throws; the other cleanups are done and the outcome stands', async () => {
    const closed: string[] = [];
    const { record, broke } = await make(async (at) => {
      at.defer(() => closed.push('socket'));
      at.defer(() => {
        throw new Error('already closed');
      });
    });
    expect(record.outcome).toBe('succeeded');
    expect(closed).toEqual(['socket']);
    expect(broke).toHaveLength(1);
  });

  test('is a hold of a client that has none', async () => {
    const { record, broke } = await make(hang, {
      hold: { kind: 'idle', plannedMs: 1_000, keepalive: 'as-client' },
      client: { hold: null },
    });
    expect(record.outcome).toBe('broken');
    expect(broke).toHaveLength(1);
  });
});
