import { idleAsClient } from '../../analyze/bracket.ts';
import { isLost, lostAtMs } from '../../analyze/holds.ts';
import type { TargetAnalysis } from '../../model/analysis.ts';
import type { Rule } from '../../model/probe.ts';
import type { HoldRequest } from '../../model/records.ts';
import { heldText, neededIdleMs, sharedText } from '../idle-words.ts';
import { spanText } from '../words.ts';

/** Whether a connection survives being idle as long as the workload leaves it, with keepalive as the real client has it. */
export const idleSurvives = (kinds: readonly HoldRequest['kind'][]): Rule<unknown, unknown> => ({
  id: 'idle/survives',
  needs: ['holds'],
  required(input) {
    const idleMs = neededIdleMs(input);
    return idleMs === null || !kinds.includes('idle')
      ? null
      : `a connection survives being idle for ${spanText(idleMs)}`;
  },
  judge(input) {
    const idleMs = neededIdleMs(input) ?? 0;
    const { holds, target, runs } = input.analysis;
    const shared = sharedText(target);
    const concluded = idleAsClient(holds);
    // a longer rung informs only, unless its connection was seen to end before the workload would have used it
    const lost = concluded.filter((hold) => isLost(hold.outcome) && lostAtMs(hold) <= idleMs);
    if (lost.length > 0)
      return { verdict: 'fail', observed: `${heldText(lost, runs.length)}${shared}`, cause: 'idle-dropped' };
    const alive = concluded.filter(({ plannedMs, outcome }) => outcome === 'alive' && plannedMs >= idleMs);
    if (alive.length > 0) return { verdict: 'pass', observed: `${heldText(alive, runs.length)}${shared}`, cause: null };
    return {
      verdict: 'inconclusive',
      observed: `${untried(input.analysis, idleMs)}${shared}`,
      cause: 'idle-not-tested',
    };
  },
});

function untried({ holds, runs }: Pick<TargetAnalysis<unknown>, 'holds' | 'runs'>, idleMs: number): string {
  const idle = holds.filter(({ kind, keepalive }) => kind === 'idle' && keepalive === 'as-client');
  if (idle.length === 0) return 'no connection was left idle';
  const longEnough = idle.filter(({ plannedMs }) => plannedMs >= idleMs);
  return `not tried to its end: ${heldText(longEnough.length > 0 ? longEnough : idle, runs.length)}`;
}
