import type { PartTally, RunTally } from '../model/analysis.ts';
import type { AttemptRecord } from '../model/records.ts';
import { createLookups } from './lookups.ts';
import { outcomeOf, partOutcomeOf } from './outcome.ts';

export type Tally = {
  add(record: AttemptRecord): void;
  read(): RunTally;
};

/**
 * Counts the attempts of one target in one run, in their order; constant time and memory. `failedAgain` is told how many attempts after the
 * failure before it each further one came.
 */
export function createTally(failedAgain?: (attempts: number) => void): Tally {
  const counts = { succeeded: 0, failed: 0, unjudged: 0, repeated: 0, aborted: 0, broken: 0, tainted: 0 };
  const lookups = createLookups();
  let uplink = 0;
  let cold = 1;
  const sequence = {
    firstScored: false,
    firstFailed: false,
    firstRepeated: false,
    longestFailures: 0,
    turns: 0,
    laterPlaces: 0,
  };
  const parts = new Map<string, PartTally>();
  let streak = 0;
  let previous: 'succeeded' | 'failed' | null = null;
  let scored = 0;
  let failedAt: number | null = null;
  let lastSuccessAt: string | null = null;

  function addToSequence(outcome: 'succeeded' | 'failed', n: number): void {
    if (n === cold) Object.assign(sequence, { firstScored: true, firstFailed: outcome === 'failed' });
    scored += 1;
    // A cold connection has reasons of its own to fail: what follows it is looked at without it.
    if (n !== cold) addLater(outcome);
    streak = outcome === 'failed' ? streak + 1 : 0;
    sequence.longestFailures = Math.max(sequence.longestFailures, streak);
  }

  function addLater(outcome: 'succeeded' | 'failed'): void {
    if (previous !== null && previous !== outcome) sequence.turns += 1;
    previous = outcome;
    if (outcome === 'succeeded') return;
    if (failedAt !== null) failedAgain?.(scored - failedAt);
    failedAt = scored;
    sequence.laterPlaces += scored - (sequence.firstScored ? 1 : 0);
  }

  return {
    add(record) {
      if (record.hold !== null) return;
      const outcome = outcomeOf(record);
      const isScored = outcome === 'succeeded' || outcome === 'failed';
      if (isScored && lookups.isRepeated(record)) {
        counts.repeated += 1;
        // counted once in the rate, but a burst is a burst
        streak += 1;
        sequence.longestFailures = Math.max(sequence.longestFailures, streak);
        if (sequence.firstFailed && scored === 1) sequence.firstRepeated = true;
        return;
      }
      counts[outcome] += 1;
      if (outcome === 'tainted' && record.taint === 'uplink') uplink += 1;
      // one that never connected leaves the next as cold as it was itself
      if (outcome === 'tainted' && record.n === cold && !hasConnected(record)) cold += 1;
      if (isScored) addToSequence(outcome, record.n);
      if (outcome === 'succeeded') lastSuccessAt = record.at;
      addPart(parts, record);
    },
    read: () => ({ ...counts, uplink, ...sequence, parts: [...parts.values()], lastSuccessAt }),
  };
}

const hasConnected = ({ stages }: AttemptRecord): boolean => stages.some(({ stage, ok }) => stage === 'connect' && ok);

function addPart(parts: Map<string, PartTally>, record: AttemptRecord): void {
  const outcome = partOutcomeOf(record);
  if (outcome === null || record.part === null) return;
  const { name } = record.part;
  const before = parts.get(name) ?? { name, made: 0, failed: 0, unjudged: 0, lastSuccessAt: null };
  parts.set(name, {
    name,
    made: before.made + 1,
    failed: before.failed + (outcome === 'succeeded' ? 0 : 1),
    unjudged: before.unjudged + (outcome === 'unjudged' ? 1 : 0),
    lastSuccessAt: outcome === 'succeeded' ? record.at : before.lastSuccessAt,
  });
}
