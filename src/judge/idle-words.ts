import { isLost } from '../analyze/holds.ts';
import type { HoldAnalysis } from '../model/analysis.ts';
import type { RuleInput } from '../model/probe.ts';
import type { TargetRecord } from '../model/records.ts';
import { countOf } from './words.ts';

/** The longest time for which a workload leaves a connection alone. */
export const neededIdleMs = ({ requirement, demand }: RuleInput<unknown, unknown>): number | null =>
  requirement.survivesIdleMs ?? demand.longestIdleMs;

/** Seconds, since limits are known by them: 240 s and 350 s are not both 4 min. */
export const secondsText = (ms: number): string => `${Number((ms / 1_000).toPrecision(ms < 10_000 ? 2 : 4))} s`;

/** `all`: the runs that count for the target. */
export const heldText = (holds: readonly HoldAnalysis[], all: number): string =>
  holds
    .map(({ plannedMs, outcome, count, runs, afterMs }) => {
      const when = isLost(outcome) && outcome !== 'silent' ? ` after ${secondsText(Math.min(plannedMs, afterMs))}` : '';
      return `${countOf(count, 'connection')} held for ${secondsText(plannedMs)} in ${runs} of ${countOf(all, 'run')}: ${outcome}${when}`;
    })
    .join('; ');

/** One ladder a server: which target held it, where it was another one. */
export const sharedText = ({ heldBy }: TargetRecord): string =>
  heldBy === null ? '' : ` (held by ${heldBy}, on the same server)`;
