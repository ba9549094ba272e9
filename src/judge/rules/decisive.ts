import type { FailureSeen, TargetAnalysis } from '../../model/analysis.ts';
import { causeText, isCause } from '../../model/causes.ts';
import type { Rule } from '../../model/probe.ts';
import { countOf, dateText, listText } from '../words.ts';

/** Failures that need no minimum of runs: some for good once seen, some until the target succeeds again. */
export const decisive: Rule<unknown, unknown> = {
  id: 'stability/decisive',
  needs: [],
  required: ({ analysis }) => (openBlockers(analysis).length === 0 ? null : 'no blocker is open'),
  judge({ analysis }) {
    const all = countOf(analysis.runs.length, 'run');
    const [worst, ...others] = openBlockers(analysis);
    if (worst === undefined) return { verdict: 'pass', observed: 'no blocker is open', cause: null };
    const more =
      others.length === 0 ? '' : `; also ${listText(others.map(({ cause, stage }) => `${cause} at ${stage}`))}`;
    return {
      verdict: 'fail',
      observed:
        `${worst.cause} at ${worst.stage}, ${countOf(worst.count, 'time')} in ${worst.runs} of ${all}, ` +
        `last ${dateText(worst.lastAt)} UTC: ${worst.detail}${more}`,
      cause: isCause(worst.cause) ? worst.cause : 'unclassified',
    };
  },
};

/** Those for good before those that a success would close; within these the most frequent first. */
function openBlockers(analysis: TargetAnalysis<unknown>): readonly FailureSeen[] {
  const open = analysis.failures.filter((failure) => isOpen(failure, analysis));
  const forGood = (failure: FailureSeen) => causeText(failure.cause).decisive === 'ever';
  return [...open.filter(forGood), ...open.filter((failure) => !forGood(failure))];
}

function isOpen({ cause, part, lastAt }: FailureSeen, { runs }: TargetAnalysis<unknown>): boolean {
  const { decisive: kind } = causeText(cause);
  if (kind !== 'until-success') return kind === 'ever';
  const tries = part === null ? runs : runs.flatMap((run) => run.parts.filter(({ name }) => name === part));
  return !tries.some(({ lastSuccessAt }) => lastSuccessAt !== null && Date.parse(lastSuccessAt) > Date.parse(lastAt));
}
