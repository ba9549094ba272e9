import type { PartTally, RunTally } from '../model/analysis.ts';
import type { AttemptRecord } from '../model/records.ts';
import { outcomeOf, partOutcomeOf } from './outcome.ts';

export type Tally = {
  add(record: AttemptRecord): void;
  read(): RunTally;
};

/** Counts the attempts of one target in one run, in their order; constant time and memory. */
export function createTally(): Tally {
  const counts = { succeeded: 0, failed: 0, unjudged: 0, aborted: 0, broken: 0, tainted: 0 };
  let uplink = 0;
  let cold = 1;
  const sequence = { firstScored: false, firstFailed: false, longestFailures: 0, turns: 0 };
  const parts = new Map<string, PartTally>();
  let streak = 0;
  let previous: 'succeeded' | 'failed' | null = null;
  let lastSuccessAt: string | null = null;

  function addToSequence(outcome: 'succeeded' | 'failed', n: number): void {
    if (n === cold) Object.assign(sequence, { firstScored: true, firstFailed: outcome === 'failed' });
    if (previous !== null && previous !== outcome) sequence.turns += 1;
    previous = outcome;
    streak = outcome === 'failed' ? streak + 1 : 0;
    sequence.longestFailures = Math.max(sequence.longestFailures, streak);
  }

  return {
    add(record) {
      if (record.hold !== null) return;
      const outcome = outcomeOf(record);
      counts[outcome] += 1;
      if (outcome === 'tainted' && record.taint === 'uplink') uplink += 1;
      // one that never connected leaves the next as cold as it was itself
      if (outcome === 'tainted' && record.n === cold && !hasConnected(record)) cold += 1;
      if (outcome === 'succeeded' || outcome === 'failed') addToSequence(outcome, record.n);
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
