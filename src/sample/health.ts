import type { HealthRecord } from '../model/records.ts';
import type { Clock } from './clock.ts';
import { type Host, openHost } from './health-host.ts';

// Is it us? A timer of our own that comes late tells how long this process stood still, whatever the reason: another process had the CPU,
// a quota was used up, the machine was paused, or we computed. The wall clock beside the monotonic one tells a step, or a suspension.

/** How much of the time so far was not ours to use. It only grows: the difference of two marks is what was lost between them. */
export type Mark = {
  /** In standstills of a second and more. What came during a shorter one is read right after it, and no deadline is missed for it. */
  readonly stalledMs: number;
  /** The wall clock went ahead of the monotonic one, which a suspended machine does not count. */
  readonly aheadMs: number;
  /** Steps of the wall clock, either way. */
  readonly steps: number;
};

/** What an attempt asks of it, and tells it. */
export type Health = {
  mark(): Mark;
  /** No local port, no file descriptor was left. */
  exhausted(): void;
};

export type HealthMonitor = Health & {
  /** Writes what there is since the last record, and watches no longer. */
  stop(): void;
};

export type HealthRequest = {
  readonly run: string;
  readonly clock: Clock;
  readonly host: Host;
  write(record: HealthRecord): void;
  /** A record that cannot be written; nobody waits for it. */
  broke(error: unknown): void;
};

const TICK_MS = 20;
/** Less is the ordinary jitter of a timer. */
const LEAST_LATE_MS = 10;
const STALL_MS = 250;
const PAUSE_MS = 3_000;
const STEP_MS = 1_000;
/** Measured (decision 070): a busy machine that is well has none. */
const STANDSTILL_MS = 1_000;

/** A record a minute, and one sooner where something was seen; fewer once there are many, so that a run of days stays small. */
const EVERY_MS = 60_000;
const SEEN_EVERY_MS = 5_000;
const RECORDS_BEFORE_FEWER = 100;
const FEWER = 20;

/** Watches from now on, until it is stopped. */
export function watchHealth(request: HealthRequest): HealthMonitor {
  const { clock } = request;
  const stalls = createStalls(clock);
  const steps = createSteps(clock);
  const log = createLog(request);
  let cancel = () => {};

  function look(): void {
    const step = steps.look();
    if (step !== 0) log.stepped(step);
  }

  function tick(): void {
    const lateMs = stalls.settle();
    if (lateMs > 0) log.stalled(lateMs);
    look();
    log.writeIfDue();
    cancel = clock.after(TICK_MS, tick);
  }

  cancel = clock.after(TICK_MS, tick);
  stalls.settle();
  return {
    mark() {
      // An attempt may end in the same turn of the loop, before the late timer has had its own.
      look();
      return { stalledMs: stalls.soFarMs(), aheadMs: steps.aheadMs(), steps: steps.count() };
    },
    exhausted: () => log.saw('exhausted'),
    stop() {
      cancel();
      const lateMs = stalls.settle();
      if (lateMs > 0) log.stalled(lateMs);
      look();
      log.write();
    },
  };
}

function createStalls(clock: Clock) {
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

const standstill = (lateMs: number): number => (lateMs < STANDSTILL_MS ? 0 : lateMs);

/** The two clocks are read one after the other: a process that stood still in between would take that for a step. */
const READ_TOGETHER_MS = 20;

function createSteps(clock: Clock) {
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

type Sign = HealthRecord['seen'][number];

/** What came together since the last record. */
function createLog({ run, clock, host, write, broke }: HealthRequest) {
  const readings = openHost(host);
  let sinceMs = clock.elapsedMs();
  let written = 0;
  let seen = new Set<Sign>();
  let stall = { stalls: 0, stalledMs: 0, longestStallMs: 0 };
  let stepMs = 0;

  function writeNow(): void {
    const elapsedMs = clock.elapsedMs() - sinceMs;
    const measures = { elapsedMs, ...stall, stepMs, ...readings.sinceLast() };
    try {
      write({ record: 'health', run, at: clock.now(), seen: [...seen].sort(), measures: rounded(measures) });
    } catch (error) {
      broke(error);
    }
    written += 1;
    sinceMs = clock.elapsedMs();
    seen = new Set();
    stall = { stalls: 0, stalledMs: 0, longestStallMs: 0 };
    stepMs = 0;
  }

  return {
    saw: (sign: Sign) => void seen.add(sign),
    stalled(lateMs: number): void {
      const isStall = lateMs >= STALL_MS;
      if (isStall) seen.add(lateMs >= PAUSE_MS ? 'pause' : 'stall');
      stall = {
        stalls: stall.stalls + (isStall ? 1 : 0),
        stalledMs: stall.stalledMs + lateMs,
        longestStallMs: Math.max(stall.longestStallMs, lateMs),
      };
    },
    stepped(ms: number): void {
      seen.add('clock-step');
      stepMs += ms;
    },
    writeIfDue(): void {
      const fewer = written < RECORDS_BEFORE_FEWER ? 1 : FEWER;
      const everyMs = fewer * (seen.size > 0 ? SEEN_EVERY_MS : EVERY_MS);
      if (clock.elapsedMs() - sinceMs >= everyMs) writeNow();
    },
    write: writeNow,
  };
}

const rounded = (measures: Readonly<Record<string, number>>): Record<string, number> =>
  Object.fromEntries(Object.entries(measures).map(([name, value]) => [name, Math.round(value * 10) / 10]));
