import { attemptDecision } from '../../analyze/attempts.ts';
import type { PeriodAssessment } from '../../analyze/period.ts';
import type { RuleInput, RuleOutcome } from '../../model/probe.ts';
import { assessed } from '../assessed.ts';
import { runRemarks } from '../remarks.ts';
import { sinceStanza } from '../since.ts';
import { statedOf } from '../stated.ts';
import { causesText, countOf, hoursText, ofRuns, percent, percentUp, periodText, spanText, verb } from '../words.ts';

type Input = RuleInput<unknown, unknown>;

/** Bad periods with a third of the span between them are missed with 5 % (T / ln 20). */
const MISSED_SHARE = 1 / 3;

/** Scope `period`: the more cautious level wins, fail before inconclusive before pass. */
export function rateOverRuns(input: Input): RuleOutcome {
  const assessment = assessed(input);
  const outcome = outcomeOf(input, assessment);
  return { ...outcome, observed: [outcome.observed, ...runRemarks(input, assessment)].join(' ') };
}

function outcomeOf(input: Input, assessment: PeriodAssessment): RuleOutcome {
  if (assessment.decision === 'rejected-rate') return rejected(input, assessment);
  const burst = rejectedInLatestRun(input);
  if (burst !== null) return burst;
  if (assessment.decision === null) return undecided(input, assessment);
  return assessment.spanCovered ? accepted(input, assessment) : tooShort(input, assessment);
}

function rejected(input: Input, { met, clean }: PeriodAssessment): RuleOutcome {
  return {
    verdict: 'fail',
    observed:
      `${met} of ${countOf(met + clean, 'independent run')} met a failure (${attemptsText(input)}); ` +
      `tolerated are ${toleratedText(input)}.`,
    cause: 'fails-too-often',
    action: mend(input),
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
      `(causes so far: ${causesText(input.analysis.failures)}); tolerated are ${toleratedText(input)}.`,
    cause: 'fails-too-often',
    action: mend(input),
  };
}

function undecided(input: Input, { met, clean, bound, lacking, futile }: PeriodAssessment): RuleOutcome {
  const { maxRuns } = input.policy;
  const counted = met + clean;
  const stated = statedOf(input);
  const couldFail = `so far up to ${ofRuns(stated.bound(bound), stated.runsPerMonth)} runs a month could fail.`;
  const runs = `clean ${verb(lacking, 'run is', 'runs are')} needed`;
  const needed =
    met === 0
      ? `No failure in ${counted} of ${countOf(counted + lacking, 'run')}; ${couldFail} ${lacking} more ${runs}.`
      : `${capital(couldFail)} ${lacking} more (${counted + lacking} in all) ${runs}, ${verb(met, 'one run', `${met} runs`)} of ${counted} failed.`;
  const budget = futile ? ` It cannot pass within ${maxRuns} runs (policy.maxRuns).` : '';
  return {
    verdict: 'inconclusive',
    observed: `${needed}${budget}`,
    cause: futile ? 'cannot-pass' : 'too-few-runs',
    ...(met === 0 ? {} : { action: mend(input) }),
  };
}

function tooShort(input: Input, { spanMs, ...assessment }: PeriodAssessment): RuleOutcome {
  return {
    verdict: 'inconclusive',
    observed: `${runsText(input, assessment)} They span ${spanText(spanMs)}, and policy.minSpan asks for ${spanText(input.policy.minSpanMs)}.`,
    cause: 'span-too-short',
  };
}

function accepted(input: Input, assessment: PeriodAssessment): RuleOutcome {
  const { connections, runsPerMonth, bound: scaled } = statedOf(input);
  const bound = scaled(assessment.bound);
  const missed = spanText(assessment.spanMs * MISSED_SHARE);
  return {
    verdict: 'pass',
    observed:
      `${runsText(input, assessment)} With 95 % confidence, checked at every run, fewer than ${percentUp(bound)} of job runs with ` +
      `${countOf(connections, 'connection')} fail here: on average up to ${ofRuns(bound, runsPerMonth)} runs a month. ` +
      `Bad periods that come less often than every ${missed} may have been missed.`,
    cause: null,
  };
}

function runsText({ analysis }: Input, { met, clean }: Pick<PeriodAssessment, 'met' | 'clean'>): string {
  const attempts = analysis.runs.reduce((sum, { succeeded, failed }) => sum + succeeded + failed, 0);
  const from = analysis.runs[0]?.startedAt;
  const last = analysis.runs.at(-1);
  const period =
    from === undefined || last === undefined ? '' : `, ${periodText(from, last.endedAt ?? last.startedAt)}`;
  return `${met} of ${countOf(met + clean, 'independent run')} (${countOf(attempts, 'attempt')}${period}) met a failure.`;
}

/** Attempts over runs are a count and never a rate with its interval: those of one run are one draw. */
function attemptsText({ analysis }: Input): string {
  const failed = analysis.runs.reduce((sum, run) => sum + run.failed, 0);
  const made = analysis.runs.reduce((sum, run) => sum + run.succeeded + run.failed, 0);
  return `${failed} of ${countOf(made, 'attempt')}: ${causesText(analysis.failures)}`;
}

function toleratedText(input: Input): string {
  const { tolerable, connections } = statedOf(input);
  return `${percent(tolerable)} of job runs with ${countOf(connections, 'connection')}`;
}

const mend = (input: Input): string =>
  `Mend the causes listed under failures. Then set the runs so far aside, and a new history begins:\n${sinceStanza(input)}`;

const capital = (text: string): string => `${text.charAt(0).toUpperCase()}${text.slice(1)}`;
