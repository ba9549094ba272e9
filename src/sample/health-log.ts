import type { HealthRecord } from '../model/records.ts';
import type { HealthRequest } from './health.ts';
import { openHost } from './health-host.ts';

type Sign = HealthRecord['seen'][number];

const STALL_MS = 250;
const PAUSE_MS = 3_000;

/** A record a minute, and one sooner where something was seen; fewer once there are many, so that a run of days stays small. */
const EVERY_MS = 60_000;
const SEEN_EVERY_MS = 5_000;
const RECORDS_BEFORE_FEWER = 100;
const FEWER = 20;

const NOTHING = { stalls: 0, stalledMs: 0, longestStallMs: 0, stepMs: 0 };

/** What came together since the last record. */
export function createLog({ run, clock, host, write, broke }: HealthRequest) {
  const readings = openHost(host);
  let sinceMs = clock.elapsedMs();
  let written = 0;
  let seen = new Set<Sign>();
  let sums = NOTHING;
  const queued = { soFarMs: 0, writtenMs: 0 };

  function writeNow(): void {
    const elapsedMs = clock.elapsedMs() - sinceMs;
    const queuedMs = queued.soFarMs - queued.writtenMs;
    const measures = rounded({ elapsedMs, ...sums, queuedMs, ...readings.sinceLast() });
    try {
      write({ record: 'health', run, at: clock.now(), seen: [...seen].sort(), measures });
    } catch (error) {
      broke(error);
    }
    written += 1;
    sinceMs = clock.elapsedMs();
    seen = new Set();
    sums = NOTHING;
    queued.writtenMs = queued.soFarMs;
  }

  return {
    saw: (sign: Sign) => void seen.add(sign),
    stalled(lateMs: number): void {
      const isStall = lateMs >= STALL_MS;
      if (isStall) seen.add(lateMs >= PAUSE_MS ? 'pause' : 'stall');
      sums = {
        ...sums,
        stalls: sums.stalls + (isStall ? 1 : 0),
        stalledMs: sums.stalledMs + lateMs,
        longestStallMs: Math.max(sums.longestStallMs, lateMs),
      };
    },
    stepped(ms: number): void {
      seen.add('clock-step');
      sums = { ...sums, stepMs: sums.stepMs + ms };
    },
    queued(soFarMs: number): void {
      if (soFarMs > queued.soFarMs) seen.add('exhausted');
      queued.soFarMs = soFarMs;
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
