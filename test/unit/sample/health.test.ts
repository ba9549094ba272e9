import { describe, expect, test } from 'vitest';
import { healthRecord } from '../../../src/model/records.ts';
import { fakeClock, pause } from '../../kit/clock.ts';
import { watched } from './watched.ts';

describe('what is lost of the time', () => {
  test('is nothing while the timer comes when it is due', async () => {
    const time = fakeClock();
    const { health } = watched(time);
    await time.advance(60_000);
    expect(health.mark()).toEqual({ stalledMs: 0, aheadMs: 0, steps: 0, queuedMs: 0 });
    health.stop();
  });

  test.each([1_100, 1_500, 90_000])('is a standstill of %i ms, less the one tick that was not due yet', async (ms) => {
    const time = fakeClock();
    const { health } = watched(time);
    await time.advance(1_000);
    time.stall(ms);
    await time.advance(1_000);
    const { stalledMs } = health.mark();
    expect(stalledMs).toBeGreaterThanOrEqual(ms - 20);
    expect(stalledMs).toBeLessThanOrEqual(ms);
    health.stop();
  });

  test('is known before the late timer has had its turn', () => {
    const time = fakeClock();
    const { health } = watched(time);
    time.stall(1_500);
    expect(health.mark().stalledMs).toBeGreaterThanOrEqual(1_480);
    health.stop();
  });

  test('is none of the short spans in which others had the CPU, or a quota was used up: what came is read right after', async () => {
    const time = fakeClock();
    const { health, records } = watched(time);
    for (let period = 0; period < 20; period += 1) {
      await time.advance(10);
      time.stall(90);
    }
    await time.advance(100);
    time.stall(900);
    await time.advance(100);
    expect(health.mark().stalledMs).toBe(0);
    health.stop();
    expect(records[0]?.measures['stalledMs']).toBeGreaterThan(0.6 * time.elapsedMs());
  });

  test('is not the jitter of a timer, and a record does not count that either', async () => {
    const time = fakeClock();
    const { health, records } = watched(time);
    for (let turn = 0; turn < 100; turn += 1) {
      time.stall(9);
      await time.advance(20);
    }
    health.stop();
    expect(records[0]?.measures).toMatchObject({ stalls: 0, stalledMs: 0, longestStallMs: 0 });
  });
});

describe('the wall clock', () => {
  test.each([
    ['ahead, as after a suspended machine', 3_600_000, 3_600_000],
    ['back', -3_600_000, 0],
  ])('that is set %s is a step', async (_, ms, aheadMs) => {
    const time = fakeClock();
    const { health, records } = watched(time);
    await time.advance(1_000);
    time.step(ms);
    expect(health.mark()).toMatchObject({ aheadMs, steps: 1 });
    await time.advance(5_000);
    expect(health.mark()).toMatchObject({ aheadMs, steps: 1 });
    health.stop();
    expect(records[0]).toMatchObject({ seen: ['clock-step'], measures: { stepMs: ms } });
  });

  test('that is slewed, or goes wrong slowly, is none', async () => {
    const time = fakeClock();
    const { health } = watched(time);
    for (let second = 0; second < 100; second += 1) {
      time.step(100);
      await time.advance(1_000);
    }
    expect(health.mark().steps).toBe(0);
    health.stop();
  });

  test('has made no step where this process stood still between the two readings', async () => {
    const time = fakeClock();
    let stands = false;
    const torn = {
      ...time,
      now() {
        if (stands) time.stall(5_000);
        return time.now();
      },
    };
    const { health } = watched(torn);
    await time.advance(1_000);
    stands = true;
    health.mark();
    stands = false;
    await time.advance(1_000);
    expect(health.mark()).toMatchObject({ steps: 0 });
    expect(health.mark().stalledMs).toBeGreaterThanOrEqual(4_980);
    health.stop();
  });
});

describe('threads that look names up', () => {
  test('are waited for by work of our own, and so long are they all taken', async () => {
    const time = fakeClock();
    const taken: (() => void)[] = [];
    let areFree = true;
    const thread = () => (areFree ? Promise.resolve() : new Promise<void>((done) => taken.push(done)));
    const { health, records } = watched(time, { host: { thread } });
    await time.advance(3_000);
    areFree = false;
    await time.advance(4_000);
    expect(health.mark().queuedMs).toBeGreaterThanOrEqual(3_480);
    expect(taken).toHaveLength(1);
    areFree = true;
    taken[0]?.();
    await time.advance(10_000);
    expect(health.mark().queuedMs).toBeLessThanOrEqual(4_020);
    health.stop();
    expect(new Set(records.flatMap(({ seen }) => seen))).toEqual(new Set(['exhausted']));
    const written = records.reduce((sum, { measures }) => sum + (measures['queuedMs'] ?? 0), 0);
    expect(written).toBeCloseTo(health.mark().queuedMs, 0);
  });

  test('that are busy for a moment are not', async () => {
    const time = fakeClock();
    const { health } = watched(time, { host: { thread: () => pause(time, 800) } });
    await time.advance(20_000);
    expect(health.mark().queuedMs).toBe(0);
    health.stop();
  });

  test('that can do no work are not what is watched', async () => {
    const time = fakeClock();
    const { health, broke } = watched(time, { host: { thread: () => Promise.reject(new Error('no such file')) } });
    await time.advance(20_000);
    expect(health.mark().queuedMs).toBe(0);
    expect(broke).toEqual([]);
    health.stop();
  });
});

describe('health records', () => {
  test('are written once a minute while nothing is seen, and once more at the end', async () => {
    const time = fakeClock();
    const { health, records } = watched(time);
    await time.advance(150_000);
    health.stop();
    expect(records.map(({ seen }) => seen)).toEqual([[], [], []]);
    expect(records.map(({ measures }) => measures['elapsedMs'])).toEqual([60_000, 60_000, 30_000]);
    for (const record of records) expect(healthRecord.parse(record)).toEqual(record);
  });

  test('follow what was seen within seconds, with what it was', async () => {
    const time = fakeClock();
    const { health, records } = watched(time);
    await time.advance(20_000);
    time.stall(400);
    await time.advance(100);
    expect(records).toMatchObject([{ seen: ['stall'], measures: { stalls: 1 } }]);
    expect(records[0]?.measures['longestStallMs']).toBeGreaterThanOrEqual(380);
    await time.advance(20_000);
    time.stall(8_000);
    health.exhausted();
    await time.advance(100);
    expect(records).toMatchObject([{}, { seen: ['exhausted', 'pause'] }]);
    health.stop();
  });

  test('say what grew since the one before, and what is now', async () => {
    const time = fakeClock();
    let cpuMs = 1_000;
    const { health, records } = watched(time, {
      host: { cpuMs: () => cpuMs, loadAverage: () => 2.5, entries: () => 31 },
    });
    cpuMs = 1_200;
    await time.advance(60_000);
    cpuMs = 1_250;
    health.stop();
    expect(records.map(({ measures }) => measures['cpuMs'])).toEqual([200, 50]);
    expect(records[0]?.measures).toMatchObject({ loadAverage: 2.5, openFiles: 31 });
    expect(records[0]?.measures).not.toHaveProperty('throttledMs');
  });

  test('stay few, however long the run and however bad the machine', async () => {
    const time = fakeClock();
    const { health, records } = watched(time);
    for (let second = 0; second < 3_600; second += 1) {
      time.stall(700);
      await time.advance(300);
    }
    health.stop();
    expect(records.length).toBeGreaterThan(100);
    expect(records.length).toBeLessThan(150);
    const stalled = records.reduce((sum, { measures }) => sum + (measures['stalledMs'] ?? 0), 0);
    expect(stalled).toBeGreaterThanOrEqual(3_600 * 680);
  });

  test('that cannot be written are our defect, and the watch goes on', async () => {
    const time = fakeClock();
    const { health, broke } = watched(time, {
      write: () => {
        throw new Error('no space left');
      },
    });
    await time.advance(130_000);
    expect(broke).toHaveLength(2);
    health.stop();
  });

  test('end with the watch, which leaves no timer', async () => {
    const time = fakeClock();
    const { health } = watched(time);
    await time.advance(1_000);
    health.stop();
    expect(time.pending()).toBe(0);
  });
});
