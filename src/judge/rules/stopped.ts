import type { RunOfTarget } from '../../model/analysis.ts';
import type { Rule, RuleOutcome } from '../../model/probe.ts';
import { taintCause } from '../tainted.ts';
import { countOf } from '../words.ts';

/** The latest run says nothing of the target where it never came to an attempt, or broke. */
export const stopped: Rule<unknown, unknown> = {
  id: 'stability/stopped',
  needs: [],
  required: ({ analysis }) => (outcomeOf(analysis.runs.at(-1)) === null ? null : 'the latest run tries the target'),
  judge: ({ analysis }) =>
    outcomeOf(analysis.runs.at(-1)) ?? { verdict: 'pass', observed: 'it was tried', cause: null },
};

function outcomeOf(latest: RunOfTarget | undefined): RuleOutcome | null {
  const verdict = 'inconclusive';
  if (latest === undefined) return { verdict, observed: 'no run of it counts', cause: 'nothing-observed' };
  const { succeeded, failed, unjudged, aborted, broken, tainted, stop } = latest;
  if (broken > 0 || stop === 'defect') {
    return { verdict, observed: `this tool broke in ${countOf(broken, 'attempt')} of the latest run`, cause: 'defect' };
  }
  if (succeeded + failed + unjudged > 0) return null;
  if (stop === 'credential') {
    const observed = 'not tried in the latest run: its identity was rejected at another target or in an earlier run';
    return { verdict, observed, cause: 'identity-rejected-elsewhere' };
  }
  if (stop === 'not-testable') return { verdict, observed: 'not tried in the latest run', cause: 'not-testable' };
  if (stop === 'interrupted') {
    return { verdict, observed: 'the latest run was interrupted before it tried the target', cause: 'run-interrupted' };
  }
  const idle = tainted + aborted;
  const observed =
    idle === 0
      ? `no attempt was made in the latest run${stop === null ? '' : ` (stopped: ${stop})`}`
      : `none of the ${countOf(idle, 'attempt')} of the latest run counts`;
  return { verdict, observed, cause: taintCause(latest) ?? 'nothing-observed' };
}
