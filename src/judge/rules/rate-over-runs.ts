import { attemptDecision } from '../../analyze/attempts.ts';
import type { PeriodAssessment } from '../../analyze/period.ts';
import type { RuleInput, RuleOutcome } from '../../model/probe.ts';
import { assessed, partsOf, totalOf } from '../assessed.ts';
import { runRemarks } from '../remarks.ts';
import {
  type RunFacts,
  saidOfFail,
  saidOfPass,
  saidOfShortSpan,
  saidOfUndecided,
  toleratedText,
} from '../run-sentences.ts';
import { sinceStanza } from '../since.ts';
import { statedOf } from '../stated.ts';
import { causesText, countOf, hoursText, periodOf } from '../words.ts';

type Input = RuleInput<unknown, unknown>;

/** Scope `period`: the more cautious level wins, fail before inconclusive before pass. */
export function rateOverRuns(input: Input): RuleOutcome {
  const assessment = assessed(input);
  const outcome = outcomeOf(input, factsOf(input, assessment));
  return { ...outcome, observed: [outcome.observed, ...runRemarks(input, assessment)].join(' ') };
}

function outcomeOf(input: Input, facts: RunFacts): RuleOutcome {
  const { decision, spanCovered } = facts.assessment;
  if (decision === 'rejected-rate') {
    return { verdict: 'fail', observed: saidOfFail(facts), cause: 'fails-too-often', action: mend(input) };
  }
  const burst = rejectedInLatestRun(input);
  if (burst !== null) return burst;
  if (decision === null) return undecided(input, facts);
  if (spanCovered) return { verdict: 'pass', observed: saidOfPass(facts), cause: null };
  return { verdict: 'inconclusive', observed: saidOfShortSpan(facts), cause: 'span-too-short' };
}

function undecided(input: Input, facts: RunFacts): RuleOutcome {
  return {
    verdict: 'inconclusive',
    observed: saidOfUndecided(facts),
    cause: facts.assessment.futile ? 'cannot-pass' : 'too-few-runs',
    ...(facts.assessment.met === 0 ? {} : { action: mend(input) }),
  };
}

/** On a stable context the attempts of a run are a sample of that context, and may fail it. */
function rejectedInLatestRun(input: Input): RuleOutcome | null {
  const latest = input.analysis.runs.at(-1);
  if (input.context.ephemeral || latest === undefined || attemptDecision(latest, input.criteria) !== 'rejected-rate')
    return null;
  const made = latest.succeeded + latest.failed;
  return {
    verdict: 'fail',
    observed:
      `In the latest run, ${hoursText(latest.startedAt, latest.endedAt ?? latest.startedAt)}, ${latest.failed} of ${countOf(made, 'attempt')} failed ` +
      `(causes so far: ${causesText(input.analysis.failures)}); tolerated are ${toleratedText(statedOf(input))}.`,
    cause: 'fails-too-often',
    action: mend(input),
  };
}

const factsOf = (input: Input, assessment: PeriodAssessment): RunFacts => ({
  assessment,
  stated: statedOf(input),
  policy: input.policy,
  attempts: totalOf(input.analysis.runs),
  parts: partsOf(input.analysis.runs),
  period: periodOf(input.analysis.runs),
  causes: causesText(input.analysis.failures),
  where: '',
});

const mend = (input: Input): string =>
  `Mend the causes listed under failures. Then set the runs so far aside, and a new history begins:\n${sinceStanza(input)}`;
