import type { RunHealth } from '../model/analysis.ts';
import type { RunHeader } from '../model/evidence.ts';
import type { AttemptRecord, HealthRecord } from '../model/records.ts';

export type HealthFold = {
  addAttempt(record: AttemptRecord): void;
  addHealth(record: HealthRecord): void;
  /** A control target has worked in this run. */
  controlWorked(run: string): boolean;
  read(): readonly RunHealth[];
};

type Counts = { -readonly [Key in keyof RunHealth]: RunHealth[Key] };
type Run = {
  readonly counts: Counts;
  readonly controls: ReadonlySet<string>;
  controlWorked: boolean;
  /** When each server last failed; of one run at a time, and as many as it has targets and their addresses. */
  readonly failedAtMs: Map<string, number>;
};

/** What each run says of its own machine and uplink: constant memory a run, over all its targets. */
export function createHealthFold(headers: readonly RunHeader[]): HealthFold {
  const runs = new Map(headers.map((header) => [header.run.run, beginRun(header)]));
  return {
    addAttempt(record) {
      const run = runs.get(record.run);
      if (run === undefined || record.hold !== null) return;
      const { counts, controls } = run;
      counts.attempts += 1;
      if (record.taint === 'uplink') counts.uplink += 1;
      else if (record.taint !== null) counts.starved += 1;
      if (controls.has(record.target) && record.outcome === 'succeeded') run.controlWorked = true;
      if (controls.size === 0) addTogether(run, record);
    },
    addHealth({ run: id, seen, measures }) {
      const run = runs.get(id);
      if (run === undefined) return;
      run.counts.watched = true;
      run.counts.watchedMs += measures['elapsedMs'] ?? 0;
      run.counts.stalledMs += measures['stalledMs'] ?? 0;
      run.counts.longestStallMs = Math.max(run.counts.longestStallMs, measures['longestStallMs'] ?? 0);
      if (seen.includes('clock-step')) run.counts.clockSteps += 1;
    },
    controlWorked: (run) => runs.get(run)?.controlWorked ?? false,
    read: () => [...runs.values()].map(({ counts }) => ({ ...counts })),
  };
}

const beginRun = ({ run }: RunHeader): Run => ({
  counts: {
    run: run.run,
    watched: false,
    attempts: 0,
    starved: 0,
    uplink: 0,
    watchedMs: 0,
    stalledMs: 0,
    longestStallMs: 0,
    clockSteps: 0,
    failedTogether: 0,
  },
  controls: new Set(run.targets.filter(({ control }) => control).map(({ name }) => name)),
  controlWorked: false,
  failedAtMs: new Map(),
});

/** As long as the deadlines of resolving and connecting together: those that were dead at one moment begin within it. */
const TOGETHER_MS = 15_000;
const MOST_SERVERS = 200;

function addTogether({ counts, failedAtMs }: Run, { failure, taint, target, at }: AttemptRecord): void {
  if (failure === null || taint !== null || (failure.stage !== 'resolve' && failure.stage !== 'connect')) return;
  const atMs = Date.parse(at);
  if (failedAtMs.size < MOST_SERVERS) failedAtMs.set(failure.server ?? target, atMs);
  const together = [...failedAtMs.values()].filter((other) => Math.abs(other - atMs) <= TOGETHER_MS).length;
  counts.failedTogether = Math.max(counts.failedTogether, together);
}
