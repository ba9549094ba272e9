import type { RunTally } from '../model/analysis.ts';
import type { Cause } from '../model/causes.ts';

/** What took the attempts of a run that are in no rate; null where nothing took any. */
export function taintCause({ tainted, uplink }: Pick<RunTally, 'tainted' | 'uplink'>): Cause | null {
  if (tainted === 0) return null;
  return 2 * uplink > tainted ? 'uplink-unstable' : 'local-starvation';
}
