import type { HoldAnalysis } from '../../model/analysis.ts';
import type { Rule, RuleInput } from '../../model/probe.ts';
import type { HoldRequest } from '../../model/records.ts';
import { countOf, spanText } from '../words.ts';

const LOST: readonly HoldAnalysis['outcome'][] = ['closed', 'reset', 'silent'];

/** Whether a connection survives being idle as long as the workload leaves it, with keepalive as the real client has it. */
export const idleSurvives = (kinds: readonly HoldRequest['kind'][]): Rule<unknown, unknown> => ({
  id: 'idle/survives',
  needs: ['holds'],
  required(input) {
    const idleMs = requiredMs(input);
    return idleMs === null || !kinds.includes('idle')
      ? null
      : `a connection survives being idle for ${spanText(idleMs)}`;
  },
  judge(input) {
    const idleMs = requiredMs(input) ?? 0;
    const idle = input.analysis.holds.filter(({ kind, keepalive }) => kind === 'idle' && keepalive === 'as-client');
    const lost = idle.filter((hold) => LOST.includes(hold.outcome) && wasLostWithin(idleMs, hold));
    if (lost.length > 0) return { verdict: 'fail', observed: told(lost), cause: 'idle-dropped' };
    const longEnough = idle.filter(({ plannedMs }) => plannedMs >= idleMs);
    const alive = longEnough.filter(({ outcome }) => outcome === 'alive');
    if (alive.length > 0) return { verdict: 'pass', observed: told(alive), cause: null };
    const tried = longEnough.length > 0 ? longEnough : idle;
    const observed = tried.length === 0 ? 'no connection was left idle' : `not tried to its end: ${told(tried)}`;
    return { verdict: 'inconclusive', observed, cause: 'idle-not-tested' };
  },
});

const requiredMs = ({ requirement, demand }: RuleInput<unknown, unknown>): number | null =>
  requirement.survivesIdleMs ?? demand.longestIdleMs;

/** A longer rung informs only, unless its connection was seen to end before the workload would have used it. */
const wasLostWithin = (idleMs: number, { plannedMs, afterMs, outcome }: HoldAnalysis): boolean =>
  plannedMs <= idleMs || (outcome !== 'silent' && afterMs <= idleMs);

const told = (holds: readonly HoldAnalysis[]): string =>
  holds
    .map(
      ({ plannedMs, outcome, count, runs, afterMs }) =>
        `${countOf(count, 'connection')} held for ${spanText(plannedMs)} in ${countOf(runs, 'run')}: ${outcome}` +
        (LOST.includes(outcome) ? ` after ${spanText(afterMs)}` : ''),
    )
    .join('; ');
