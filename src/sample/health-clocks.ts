import type { Clock } from './clock.ts';

// What is counted of the time that was not ours. Each only grows.

export const TICK_MS = 20;
/** Less is the ordinary jitter of a timer. */
const LEAST_LATE_MS = 10;
/** Measured (decision 070): a busy machine that is well has none. */
const STANDSTILL_MS = 1_000;

const standstill = (ms: number): number => (ms < STANDSTILL_MS ? 0 : ms);

/** A timer that is set every tick, and how late it comes. */
export function createStalls(clock: Clock) {
  let standstillsMs = 0;
  let dueMs = clock.elapsedMs() + TICK_MS;
  const lateMs = () => {
    const late = clock.elapsedMs() - dueMs;
    return late < LEAST_LATE_MS ? 0 : late;
  };
  return {
    /** The standstills that are over by now, and the one that is not. */
    soFarMs: () => standstillsMs + standstill(lateMs()),
    /** How late the timer came that is set anew. */
    settle(): number {
      const late = lateMs();
      standstillsMs += standstill(late);
      dueMs = clock.elapsedMs() + TICK_MS;
      return late;
    },
  };
}

/** The two clocks are read one after the other: a process that stood still in between would take that for a step. */
const READ_TOGETHER_MS = 20;
const STEP_MS = 1_000;

/** The wall clock against the monotonic one. */
export function createSteps(clock: Clock) {
  let offsetMs = readOffset();
  let ahead = 0;
  let count = 0;

  function readOffset(): number | null {
    const beforeMs = clock.elapsedMs();
    const wallMs = Date.parse(clock.now());
    return clock.elapsedMs() - beforeMs > READ_TOGETHER_MS ? null : wallMs - beforeMs;
  }

  return {
    aheadMs: () => ahead,
    count: () => count,
    /** The step since the last look, in milliseconds; 0 where there was none. */
    look(): number {
      const now = readOffset();
      if (now === null) return 0;
      const step = offsetMs === null ? 0 : now - offsetMs;
      offsetMs = now;
      if (Math.abs(step) < STEP_MS) return 0;
      count += 1;
      ahead += Math.max(0, step);
      return step;
    },
  };
}

const ASK_EVERY_MS = 500;

/** How long work that needs a thread and nothing else had to wait for one. */
export function createQueue(clock: Clock, thread: () => Promise<unknown>) {
  let overMs = 0;
  let askedMs: number | null = null;
  let lastMs = Number.NEGATIVE_INFINITY;
  const waitingMs = () => standstill(askedMs === null ? 0 : clock.elapsedMs() - askedMs);
  const served = () => {
    overMs += waitingMs();
    askedMs = null;
  };
  return {
    soFarMs: () => overMs + waitingMs(),
    ask(): void {
      if (askedMs !== null || clock.elapsedMs() - lastMs < ASK_EVERY_MS) return;
      askedMs = clock.elapsedMs();
      lastMs = askedMs;
      thread().then(served, served);
    },
  };
}
