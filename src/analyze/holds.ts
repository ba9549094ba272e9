import type { HeldRun, HoldAnalysis, HoldOutcome } from '../model/analysis.ts';
import { causeText } from '../model/causes.ts';
import type { AttemptRecord, HoldRequest } from '../model/records.ts';
import { createRunMarks, type RunMarks } from './distinct.ts';
import { createQuantiles, type Quantiles } from './quantiles.ts';

type Entry = {
  readonly request: HoldRequest;
  readonly outcome: HoldOutcome;
  readonly runs: RunMarks;
  readonly spans: Quantiles;
};

export type HoldFold = {
  add(record: AttemptRecord, request: HoldRequest, run: number): void;
  read(): Held;
};

type Held = { readonly holds: readonly HoldAnalysis[]; readonly heldRuns: readonly HeldRun[] };

/** The holds of a target, by what was asked of them and how they ended. */
export function createHoldFold(runs: number): HoldFold {
  const entries = new Map<string, Entry>();
  const heldRuns = new Map<string, HeldRun & { readonly order: number }>();

  function addToRun(record: AttemptRecord, { kind, plannedMs }: HoldRequest, order: number, lostAtMs: number | null) {
    const key = `${kind} ${order}`;
    const before = heldRuns.get(key) ?? { order, run: record.run, kind, longestMs: 0, lostAtMs: null };
    heldRuns.set(key, {
      ...before,
      longestMs: Math.max(before.longestMs, plannedMs),
      lostAtMs: lostAtMs === null ? before.lostAtMs : Math.min(lostAtMs, before.lostAtMs ?? lostAtMs),
    });
  }

  return {
    add(record, request, run) {
      const outcome = holdOutcomeOf(record);
      const key = JSON.stringify([request.kind, request.plannedMs, request.keepalive, outcome]);
      let entry = entries.get(key);
      if (entry === undefined) {
        entry = { request, outcome, runs: createRunMarks(runs), spans: createQuantiles() };
        entries.set(key, entry);
      }
      const afterMs = heldMs(record, outcome);
      entry.runs.mark(run);
      entry.spans.add(afterMs);
      if (request.keepalive !== 'as-client' || !isConcluded(outcome)) return;
      addToRun(record, request, run, isLost(outcome) ? lostAtMs({ ...request, outcome, afterMs }) : null);
    },
    read: () => ({
      holds: [...entries]
        .sort(([a, one], [b, other]) => one.request.plannedMs - other.request.plannedMs || (a < b ? -1 : 1))
        .map(([, { request, outcome, runs: marks, spans }]) => {
          const { count, p50, min } = spans.read();
          // of losses the earliest, which a workload would meet as well; more of them must not hide it
          return { ...request, outcome, count, runs: marks.count(), afterMs: isLost(outcome) ? min : p50 };
        }),
      heldRuns: [...heldRuns.values()].sort((a, b) => a.order - b.order).map(({ order: _order, ...held }) => held),
    }),
  };
}

export type LostOutcome = Extract<HoldOutcome, 'closed' | 'reset' | 'silent'>;

export const isLost = (outcome: HoldOutcome): outcome is LostOutcome =>
  outcome === 'closed' || outcome === 'reset' || outcome === 'silent';

/** It came to its end, which says something of the connection. */
export const isConcluded = (outcome: HoldOutcome): boolean => outcome === 'alive' || isLost(outcome);

/** After how long a lost hold was gone, at the latest: a drop in silence shows only when the connection is used again. */
export const lostAtMs = ({
  outcome,
  kind,
  plannedMs,
  afterMs,
}: Pick<HoldAnalysis, 'outcome' | 'kind' | 'plannedMs' | 'afterMs'>): number =>
  kind === 'idle' && outcome === 'silent' ? plannedMs : Math.min(plannedMs, afterMs);

export function holdOutcomeOf(record: AttemptRecord): HoldOutcome {
  if (record.outcome === 'succeeded') return 'alive';
  // Our own defect or a starved host is no sign of the connection either.
  if (record.outcome !== 'failed' || record.taint !== null || record.failure === null) return 'interrupted';
  // What comes after its use, such as leaving a group, is not what the hold was to show.
  if (record.stages.some(({ stage, ok }) => stage === 'reuse' && ok)) return 'alive';
  const { stage, cause } = record.failure;
  if (stage !== 'hold' && stage !== 'reuse') return 'not-opened';
  // A cause without a word on how it ended still says that the connection could not be used again.
  return causeText(cause).ends ?? 'closed';
}

/** From the opening to the end; of a connection that fell silent in use, to its last answer. */
function heldMs({ stages, measures }: AttemptRecord, outcome: HoldOutcome): number {
  const { lastAnswerMs } = measures;
  if (outcome === 'silent' && lastAnswerMs !== undefined) return lastAnswerMs;
  return stages
    .filter(({ stage }) => stage === 'hold' || stage === 'reuse')
    .reduce((sum, { elapsedMs }) => sum + elapsedMs, 0);
}
