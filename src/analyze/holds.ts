import type { HoldAnalysis, HoldOutcome } from '../model/analysis.ts';
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
  read(): readonly HoldAnalysis[];
};

/** The holds of a target, by what was asked of them and how they ended. */
export function createHoldFold(runs: number): HoldFold {
  const entries = new Map<string, Entry>();
  return {
    add(record, request, run) {
      const outcome = holdOutcomeOf(record);
      const key = JSON.stringify([request.kind, request.plannedMs, request.keepalive, outcome]);
      let entry = entries.get(key);
      if (entry === undefined) {
        entry = { request, outcome, runs: createRunMarks(runs), spans: createQuantiles() };
        entries.set(key, entry);
      }
      entry.runs.mark(run);
      entry.spans.add(heldMs(record));
    },
    read: () =>
      [...entries]
        .sort(([a, one], [b, other]) => one.request.plannedMs - other.request.plannedMs || (a < b ? -1 : 1))
        .map(([, { request, outcome, runs: marks, spans }]) => {
          const { count, p50 } = spans.read();
          return { ...request, outcome, count, runs: marks.count(), afterMs: p50 };
        }),
  };
}

export function holdOutcomeOf(record: AttemptRecord): HoldOutcome {
  if (record.outcome === 'succeeded') return 'alive';
  // Our own defect or a starved host is no sign of the connection either.
  if (record.outcome !== 'failed' || record.taint !== null || record.failure === null) return 'interrupted';
  const { stage, cause } = record.failure;
  if (stage !== 'hold' && stage !== 'reuse') return 'not-opened';
  // A cause without a word on how it ended still says that the connection could not be used again.
  return causeText(cause).ends ?? 'closed';
}

/** From the opening to the end. */
const heldMs = ({ stages }: AttemptRecord): number =>
  stages
    .filter(({ stage }) => stage === 'hold' || stage === 'reuse')
    .reduce((sum, { elapsedMs }) => sum + elapsedMs, 0);
