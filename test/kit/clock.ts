import type { Clock } from '../../src/sample/clock.ts';
import { instant, T0 } from './evidence.ts';

// Time for the tests of the engine alone: it passes when a test says so.

export type FakeClock = Clock & {
  /** Timers fire in the order in which they are due; whatever one of them sets going has run before the next. */
  advance(ms: number): Promise<void>;
  /** Time passes until the work has ended. Fails where nothing is due any more: in real time it would hang. */
  until<T>(work: Promise<T>): Promise<T>;
  /** Time passes and nothing runs: this process stands still. What was due meanwhile comes late. */
  stall(ms: number): void;
  /** The wall clock is set ahead, or back; the monotonic one goes on. */
  step(ms: number): void;
  /** How many timers would still keep a process alive. */
  pending(): number;
};

type Timer = { readonly dueMs: number; readonly then: () => void };

/** No test of the engine lasts longer; one that does goes round for ever. */
const LONGEST_MS = 7 * 86_400_000;

/** All microtasks have run when an immediate runs. */
const settled = (): Promise<void> => new Promise((done) => setImmediate(done));

export function fakeClock(): FakeClock {
  const timers = new Set<Timer>();
  let nowMs = 0;
  let steppedMs = 0;

  /** Of those due together the one that was set first. */
  const next = (): Timer | null =>
    [...timers].reduce<Timer | null>(
      (earliest, timer) => (earliest === null || timer.dueMs < earliest.dueMs ? timer : earliest),
      null,
    );

  function fire(timer: Timer): void {
    timers.delete(timer);
    nowMs = Math.max(nowMs, timer.dueMs);
    timer.then();
  }

  return {
    elapsedMs: () => nowMs,
    now: () => instant(T0 + nowMs + steppedMs),
    stall(ms) {
      nowMs += ms;
    },
    step(ms) {
      steppedMs += ms;
    },
    after(ms, then) {
      const timer = { dueMs: nowMs + ms, then };
      timers.add(timer);
      return () => void timers.delete(timer);
    },
    pending: () => timers.size,
    async advance(ms) {
      const endMs = nowMs + ms;
      for (;;) {
        await settled();
        const timer = next();
        if (timer === null || timer.dueMs > endMs) break;
        fire(timer);
      }
      nowMs = endMs;
    },
    async until(work) {
      let ended = false;
      const end = () => {
        ended = true;
      };
      work.then(end, end);
      for (;;) {
        await settled();
        if (ended) return work;
        const timer = next();
        if (timer === null) throw new Error(`after ${nowMs} ms nothing is due, and the work has not ended`);
        if (timer.dueMs > LONGEST_MS) throw new Error('the work goes on for ever');
        fire(timer);
      }
    },
  };
}

/** A span of the fake time, as a wait. */
export const pause = (clock: Clock, ms: number): Promise<void> => new Promise((done) => void clock.after(ms, done));
