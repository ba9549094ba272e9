import { causeText, isCause } from '../../model/causes.ts';
import type { Rule } from '../../model/probe.ts';
import { causesText, countOf } from '../words.ts';

const LEAST_ATTEMPTS = 3;

/** A target that has never worked is a blocker after three attempts, whatever the cause. */
export const neverSucceeded: Rule<unknown, unknown> = {
  id: 'stability/never-succeeded',
  needs: [],
  required({ analysis }) {
    const made = analysis.runs.reduce((sum, { failed, unjudged, repeated }) => sum + failed + unjudged + repeated, 0);
    const worked = analysis.runs.some(({ succeeded }) => succeeded > 0);
    return made < LEAST_ATTEMPTS || worked ? null : 'at least one attempt succeeds';
  },
  judge({ analysis }) {
    const judged = analysis.runs.reduce((sum, { failed, repeated }) => sum + failed + repeated, 0);
    const unjudged = analysis.runs.reduce((sum, run) => sum + run.unjudged, 0);
    const isBlocker = judged >= LEAST_ATTEMPTS;
    const failures = analysis.failures.filter(
      ({ part, cause }) => part === null && (!isBlocker || causeText(cause).leads !== 'inconclusive'),
    );
    const cause = failures[0]?.cause ?? 'unclassified';
    const runs = analysis.runs.filter(({ failed, unjudged: other }) => failed + other > 0).length;
    return {
      verdict: isBlocker ? 'fail' : 'inconclusive',
      observed: `no success in ${countOf(judged + unjudged, 'attempt')} of ${countOf(runs, 'run')}: ${causesText(failures)}`,
      cause: isCause(cause) ? cause : 'unclassified',
    };
  },
};
