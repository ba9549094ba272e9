import type { RunTally } from '../model/analysis.ts';
import type { AttemptRecord } from '../model/records.ts';
import { createTally, type Tally } from './tally.ts';

/** The counts of the run that is going on, for deciding whether to go on; the verdict is made from what was written. */
export type Live = {
  add(record: AttemptRecord): void;
  tally(target: string): RunTally;
};

export function createLive(): Live {
  const tallies = new Map<string, Tally>();
  return {
    add(record) {
      const known = tallies.get(record.target);
      const tally = known ?? createTally();
      if (known === undefined) tallies.set(record.target, tally);
      tally.add(record);
    },
    tally: (target) => (tallies.get(target) ?? createTally()).read(),
  };
}
