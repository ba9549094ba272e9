import type { PeriodAssessment } from '../analyze/period.ts';
import type { Policy } from '../model/policy.ts';
import type { Stated } from './stated.ts';
import { countOf, ofRuns, percent, percentUp, spanText, verb } from './words.ts';

// What independent runs say, as sentences: of one target, or of all that a workload uses. Each bound names its confidence, its unit and its
// period, and is rounded up; a count of runs never stands without all of them.

export type RunFacts = {
  readonly assessment: PeriodAssessment;
  readonly stated: Stated;
  readonly policy: Policy;
  /** Over all runs: a count and never a rate with its interval, since those of one run are one draw. */
  readonly attempts: { readonly failed: number; readonly made: number };
  /** From the first run to the last; null where there is none. */
  readonly period: string | null;
  /** Tries of the dear parts, over all runs. */
  readonly parts: { readonly failed: number; readonly made: number };
  readonly causes: string;
  /** At which of several targets; empty where there is one. */
  readonly where: string;
};

/** Bad periods with a third of the span between them are missed with 5 % (T / ln 20). */
const MISSED_SHARE = 1 / 3;

export function saidOfPass(facts: RunFacts): string {
  const { assessment, stated } = facts;
  const bound = stated.bound(assessment.bound);
  return (
    `${metText(facts)} With 95 % confidence, checked at every run, fewer than ${percentUp(bound)} of job runs with ` +
    `${countOf(stated.connections, 'connection')} fail here: on average up to ${ofRuns(bound, stated.runsPerMonth)} runs a month. ` +
    `Bad periods that come less often than every ${spanText(assessment.spanMs * MISSED_SHARE)} may have been missed.`
  );
}

export const saidOfShortSpan = (facts: RunFacts): string =>
  `${metText(facts)} They span ${spanText(facts.assessment.spanMs)}, and policy.minSpan asks for ${spanText(facts.policy.minSpanMs)}.`;

export function saidOfUndecided({ assessment, stated, policy, where }: RunFacts): string {
  const { met, clean, bound, lacking, futile } = assessment;
  const counted = met + clean;
  const couldFail = `o far up to ${ofRuns(stated.bound(bound), stated.runsPerMonth)} runs a month could fail${where}.`;
  const runs = `clean ${verb(lacking, 'run is', 'runs are')} needed`;
  const needed =
    met === 0
      ? `No failure in ${counted} of ${countOf(counted + lacking, 'run')}; s${couldFail} ${lacking} more ${runs}.`
      : `S${couldFail} ${lacking} more (${counted + lacking} in all) ${runs}, ${verb(met, 'one run', `${met} runs`)} of ${counted} failed.`;
  const budget = futile ? ` It cannot pass within ${policy.maxRuns} runs (policy.maxRuns).` : '';
  return `${needed}${budget} The bound holds with 95 % confidence, checked at every run.`;
}

export function saidOfFail({ assessment: { met, clean }, attempts, parts, causes, where, stated }: RunFacts): string {
  const ofParts = parts.failed === 0 ? '' : `, ${parts.failed} of ${parts.made} tries of a part`;
  return (
    `${met} of ${countOf(met + clean, 'independent run')} met a failure${where} ` +
    `(${attempts.failed} of ${countOf(attempts.made, 'attempt')}${ofParts}: ${causes}); ` +
    `tolerated are ${toleratedText(stated)}.`
  );
}

export const toleratedText = ({ tolerable, connections }: Stated): string =>
  `${percent(tolerable)} of job runs with ${countOf(connections, 'connection')}`;

function metText({ assessment: { met, clean }, attempts: { made }, period, where }: RunFacts): string {
  const within = period === null ? '' : `, ${period}`;
  return `${met} of ${countOf(met + clean, 'independent run')} (${countOf(made, 'attempt')}${within}) met a failure${where}.`;
}
