import { getEventListeners } from 'node:events';
import { describe, expect, test } from 'vitest';
import type { StageName } from '../../../src/model/stages.ts';
import { Interrupted } from '../../../src/sample/clock.ts';
import { LostAttempt, StageClock, StageDeadline } from '../../../src/sample/stage-clock.ts';
import { fakeClock, pause } from '../../kit/clock.ts';

const never = new AbortController().signal;
const hang = () => new Promise<never>(() => {});

function stageClock(deadlineMs: (stage: StageName) => number = () => 10_000, signal: AbortSignal = never) {
  const time = fakeClock();
  return { time, stages: new StageClock(time, deadlineMs, signal) };
}

describe('a stage', () => {
  test('is timed, with the server it was about', async () => {
    const { time, stages } = stageClock();
    const value = await time.until(stages.stage('connect', () => pause(time, 12.3456).then(() => 'socket'), 'a:1'));
    expect(value).toBe('socket');
    expect(stages.spans).toEqual([{ stage: 'connect', server: 'a:1', elapsedMs: 12.346, ok: true }]);
    expect(stages.failure).toBeNull();
  });

  test.each([
    ['resolve', 5_000],
    ['request', 15_000],
    ['reuse', 700],
  ] as const)('%s ends at its own deadline of %i ms, also where the work heeds no signal', async (name, deadlineMs) => {
    const { time, stages } = stageClock((stage) => (stage === name ? deadlineMs : 1));
    const ended = await time.until(stages.stage(name, hang, 'a:1').catch((error: unknown) => error));
    expect(ended).toBeInstanceOf(StageDeadline);
    expect(ended).toMatchObject({ message: `no answer within ${deadlineMs} ms (stage ${name})` });
    expect(stages.failure).toEqual({ stage: name, server: 'a:1', error: ended });
    const [span] = stages.spans;
    expect(span).toMatchObject({ stage: name, ok: false });
    expect(Math.abs((span?.elapsedMs ?? 0) - deadlineMs)).toBeLessThanOrEqual(deadlineMs * 0.1);
  });

  test('tells the work by its signal that the deadline has come', async () => {
    const { time, stages } = stageClock(() => 100);
    const told: unknown[] = [];
    const work = (signal: AbortSignal) =>
      new Promise<never>(() => signal.addEventListener('abort', () => told.push(signal.reason)));
    await time.until(stages.stage('tls', work, null).catch(() => {}));
    expect(told).toEqual([expect.any(StageDeadline)]);
  });

  test.each([
    ['rejects', () => Promise.reject(new Error('refused'))],
    [
      'throws before it returns a promise',
      () => {
        throw new Error('refused');
      },
    ],
  ])('whose work %s fails with that very error', async (_, work) => {
    const { time, stages } = stageClock();
    const error = await time.until(stages.stage('connect', work, 'a:1').catch((caught: unknown) => caught));
    expect(error).toMatchObject({ message: 'refused' });
    expect(stages.failure).toEqual({ stage: 'connect', server: 'a:1', error });
  });

  test('that ends in time leaves no deadline behind', async () => {
    const { time, stages } = stageClock(() => 1_000);
    await time.until(stages.stage('connect', async () => {}, null));
    await time.until(stages.stage('request', () => pause(time, 900), null));
    expect(stages.spans.map(({ ok }) => ok)).toEqual([true, true]);
  });

  test('that is interrupted rejects at once, and does not begin its work where the operator was faster', async () => {
    const operator = new AbortController();
    const { time, stages } = stageClock(() => 10_000, operator.signal);
    const inFlight = stages.stage('connect', hang, null).catch((error: unknown) => error);
    operator.abort();
    expect(await inFlight).toBeInstanceOf(Interrupted);
    const begun: string[] = [];
    const late = stages.stage('tls', async () => begun.push('tls'), null);
    expect(await late.catch((error: unknown) => error)).toBeInstanceOf(Interrupted);
    expect(begun).toEqual([]);
    expect(time.elapsedMs()).toBe(0);
  });

  test('leaves no listener on the operator’s signal, which lives as long as the run', async () => {
    const { signal } = new AbortController();
    const { time, stages } = stageClock(() => 100, signal);
    await time.until(stages.stage('connect', async () => {}, null));
    await time.until(stages.stage('tls', hang, null).catch(() => {}));
    expect(getEventListeners(signal, 'abort')).toEqual([]);
  });

  test('cannot begin within another, and the outer one is not disturbed by the try', async () => {
    const { time, stages } = stageClock();
    const outer = stages.stage('connect', () => pause(time, 50), null);
    await expect(stages.stage('tls', hang, null)).rejects.toThrow('stage tls began within stage connect');
    await time.until(outer);
    expect(stages.spans).toMatchObject([{ stage: 'connect', ok: true }]);
  });

  test('is no place to wait for the pace: the wait would be counted as the server’s', async () => {
    const { time, stages } = stageClock();
    const waited = stages.stage('connect', () => stages.waiting(() => pause(time, 50)), null);
    await expect(time.until(waited)).rejects.toThrow('within stage connect');
  });
});

describe('the time between stages', () => {
  const watched = () => {
    const clock = stageClock();
    const losses: unknown[] = [];
    clock.stages.lost.catch((error: unknown) => losses.push(error));
    return { ...clock, losses };
  };

  test('makes the attempt lost after 5 s, counted anew from each stage', async () => {
    const { time, stages, losses } = watched();
    await time.advance(4_999);
    await time.until(stages.stage('connect', () => pause(time, 8_000), null));
    await time.advance(4_999);
    expect(losses).toEqual([]);
    await time.advance(1);
    expect(losses).toEqual([expect.any(LostAttempt)]);
  });

  test('is no loss while the engine itself lets the client wait', async () => {
    const { time, stages, losses } = watched();
    await time.until(stages.waiting(() => pause(time, 60_000)));
    await time.advance(4_999);
    expect(losses).toEqual([]);
  });

  test('is watched no more once the attempt is over', async () => {
    const { time, stages, losses } = watched();
    stages.stop();
    await time.advance(60_000);
    expect(losses).toEqual([]);
  });
});

describe('after the attempt is over', () => {
  test('no stage begins any more, and nothing is watched', async () => {
    const { time, stages } = stageClock();
    stages.stop();
    const begun: string[] = [];
    const late = stages.stage('connect', async () => begun.push('connect'), null);
    await expect(late).rejects.toThrow('the attempt is over');
    expect(begun).toEqual([]);
    expect(time.pending()).toBe(0);
  });

  test('a stage that was still going ends without a watch', async () => {
    const { time, stages } = stageClock();
    const inFlight = stages.stage('connect', () => pause(time, 50), null);
    stages.stop();
    await time.until(inFlight);
    expect(time.pending()).toBe(0);
  });
});
