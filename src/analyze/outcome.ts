import { causeText } from '../model/causes.ts';
import type { AttemptRecord } from '../model/records.ts';

export type ScoredOutcome = 'succeeded' | 'failed' | 'unjudged' | 'aborted' | 'broken' | 'tainted';

/** How an attempt enters the rate of its target; only `succeeded` and `failed` are in it. */
export function outcomeOf(record: AttemptRecord): ScoredOutcome {
  if (record.outcome === 'aborted' || record.outcome === 'broken') return record.outcome;
  if (record.taint !== null) return 'tainted';
  if (record.outcome === 'succeeded') return 'succeeded';
  // The connection had worked before the part began: what failed is the part's own.
  if (record.part?.reached === true) return 'succeeded';
  return saysNothing(record) ? 'unjudged' : 'failed';
}

/** How a dear part went, or null where the attempt did not come so far or does not count. */
export function partOutcomeOf(record: AttemptRecord): 'succeeded' | 'failed' | 'unjudged' | null {
  if (record.part?.reached !== true || record.taint !== null) return null;
  if (record.outcome === 'succeeded') return 'succeeded';
  if (record.outcome !== 'failed') return null;
  return saysNothing(record) ? 'unjudged' : 'failed';
}

const saysNothing = (record: AttemptRecord): boolean =>
  record.failure !== null && causeText(record.failure.cause).leads === 'inconclusive';
