import type { Rule } from '../../model/probe.ts';
import { countOf } from '../words.ts';

/** Cold connections that fail are no failure of a workload that retries its first connection, and worth knowing all the same. */
export const firstAttempt: Rule<unknown, unknown> = {
  id: 'stability/first-attempt',
  needs: [],
  required: ({ criteria, analysis }) =>
    criteria.retriesFirstConnection && analysis.runs.some(({ firstFailed }) => firstFailed)
      ? 'the first connection of a run works like those after it'
      : null,
  judge({ analysis }) {
    const cold = analysis.runs.filter(({ firstFailed }) => firstFailed).length;
    const runs = analysis.runs.filter(({ firstScored }) => firstScored).length;
    return {
      verdict: 'warn',
      observed: `the first attempt failed in ${cold} of ${countOf(runs, 'run')}; the workload retries its first connection`,
      cause: 'first-attempt-only',
    };
  },
};
