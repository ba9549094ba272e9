import type { HealthRecord } from '../model/records.ts';
import type { Clock } from './clock.ts';
import { createQueue, createStalls, createSteps, TICK_MS } from './health-clocks.ts';
import type { Host } from './health-host.ts';
import { createLog } from './health-log.ts';

// Is it us? A timer of our own that comes late tells how long this process stood still, whatever the reason: another process had the CPU,
// a quota was used up, the machine was paused, or we computed. The wall clock beside the monotonic one tells a step, or a suspension. Names
// are looked up by a few threads, and work of our own that waits for one tells that they are all taken.

/** How much of the time so far was not ours to use. It only grows: the difference of two marks is what was lost between them. */
export type Mark = {
  /** In standstills of a second and more. What came during a shorter one is read right after it, and no deadline is missed for it. */
  readonly stalledMs: number;
  /** The wall clock went ahead of the monotonic one, which a suspended machine does not count. */
  readonly aheadMs: number;
  /** Steps of the wall clock, either way. */
  readonly steps: number;
  /** No thread was free to look a name up. */
  readonly queuedMs: number;
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

/** Watches from now on, until it is stopped. */
export function watchHealth(request: HealthRequest): HealthMonitor {
  const { clock, host } = request;
  const stalls = createStalls(clock);
  const steps = createSteps(clock);
  const queue = createQueue(clock, host.thread);
  const log = createLog(request);
  let cancel = clock.after(TICK_MS, tick);

  function look(): void {
    const stepMs = steps.look();
    if (stepMs !== 0) log.stepped(stepMs);
  }

  function settle(): void {
    const lateMs = stalls.settle();
    if (lateMs > 0) log.stalled(lateMs);
    log.queued(queue.soFarMs());
    look();
  }

  function tick(): void {
    settle();
    queue.ask();
    log.writeIfDue();
    cancel = clock.after(TICK_MS, tick);
  }

  return {
    mark() {
      // an attempt may end in the same turn of the loop, before the late timer has had its own
      look();
      return {
        stalledMs: stalls.soFarMs(),
        aheadMs: steps.aheadMs(),
        steps: steps.count(),
        queuedMs: queue.soFarMs(),
      };
    },
    exhausted: () => log.saw('exhausted'),
    stop() {
      cancel();
      settle();
      log.write();
    },
  };
}
