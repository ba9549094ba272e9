import { attemptBound, attemptDecision, attemptsLacking, countedAttempts } from '../../analyze/attempts.ts';
import { isUplinkUnproven } from '../../analyze/score.ts';
import type { RunOfTarget } from '../../model/analysis.ts';
import { CAUSES, type Cause } from '../../model/causes.ts';
import type { RuleInput, RuleOutcome } from '../../model/probe.ts';
import { repeated } from '../remarks.ts';
import { statedOf } from '../stated.ts';
import { taintCause } from '../tainted.ts';
import { causesText, countOf, hoursText, percent, percentUp, verb } from '../words.ts';

type Input = RuleInput<unknown, unknown>;

const MOST_EXCLUDED = 0.2;

/** Scope `run`: the attempts of this run alone. It names its period, and says nothing of any other. */
export function rateInRun(input: Input): RuleOutcome {
  const run = input.analysis.runs.at(-1);
  if (run === undefined) return { verdict: 'inconclusive', observed: 'no run counts', cause: 'nothing-observed' };
  const outcome = outcomeOf(input, run);
  const again = repeated(input.analysis);
  return again === null ? outcome : { ...outcome, observed: `${outcome.observed} ${again}` };
}

function outcomeOf(input: Input, run: RunOfTarget): RuleOutcome {
  const decision = attemptDecision(run, input.criteria);
  if (decision === 'rejected-rate') return rejected(input, run);
  const gap = gapOf(run);
  if (gap !== null)
    return { verdict: 'inconclusive', observed: `${countText(input, run)} ${gap.observed}`, cause: gap.cause };
  return decision === null ? undecided(input, run) : accepted(input, run);
}

function rejected(input: Input, run: RunOfTarget): RuleOutcome {
  const { tolerable, connections } = statedOf(input);
  return {
    verdict: 'fail',
    observed:
      `${countText(input, run)} ${causesText(input.analysis.failures)}. ` +
      `Tolerated are ${percent(tolerable)} of job runs with ${countOf(connections, 'connection')}.`,
    cause: 'fails-too-often',
    action: CAUSES['never-succeeded'].action,
  };
}

/** Why this run can not be a pass, whatever its attempts say. */
function gapOf(run: RunOfTarget): { readonly observed: string; readonly cause: Cause } | null {
  if (run.damaged) return { observed: 'Records of it are lost.', cause: 'evidence-unreadable' };
  if (!run.complete) return { observed: 'The run was interrupted, or has no end.', cause: 'run-interrupted' };
  if (isUplinkUnproven(run)) {
    const observed = `${countOf(run.uplink, 'failure')} ${verb(run.uplink, 'was', 'were')} laid to the uplink, and no control worked in this run.`;
    return { observed, cause: 'uplink-unstable' };
  }
  const excluded = run.tainted + run.unjudged + run.broken + run.repeated;
  if (excluded <= MOST_EXCLUDED * (excluded + run.succeeded)) return null;
  return {
    observed: `${countOf(excluded, 'attempt')} more ${verb(excluded, 'is', 'are')} in no rate: more than a fifth.`,
    cause:
      run.broken > 0 ? 'defect' : (taintCause(run) ?? (run.repeated > 0 ? 'failures-adjacent' : 'nothing-observed')),
  };
}

const LIMIT_STOPS: readonly RunOfTarget['stop'][] = ['attempts', 'logins', 'wall-time'];

function undecided(input: Input, run: RunOfTarget): RuleOutcome {
  const lacking = attemptsLacking(run, input.criteria);
  if (lacking === 0) {
    const observed = `${countText(input, run)} ${run.longestFailures} failed one after another: a burst makes one run no sample of other hours.`;
    return { verdict: 'inconclusive', observed, cause: 'failures-adjacent' };
  }
  const isLimited = LIMIT_STOPS.includes(run.stop) && run.failed === 0;
  return {
    verdict: 'inconclusive',
    observed:
      `${countText(input, run)} ${lacking} more clean ${verb(lacking, 'attempt is', 'attempts are')} needed` +
      `${isLimited ? `, and the limits of a run end it before (stopped: ${run.stop})` : ''}.`,
    cause: isLimited ? 'limits-too-low' : 'too-few-attempts',
  };
}

function accepted(input: Input, run: RunOfTarget): RuleOutcome {
  const { connections, bound } = statedOf(input);
  const share = percentUp(bound(attemptBound(run, input.criteria)));
  const observed =
    `No blocker seen in this run, ${hours(run)}: ${countsOf(input, run)} failed. With 95 % confidence, checked at every attempt, fewer than ` +
    `${share} of job runs with ${countOf(connections, 'connection')} fail in a period like this one.`;
  if (!input.context.ephemeral) return { verdict: 'pass', observed, cause: null };
  return {
    verdict: 'warn',
    observed: `${observed} One run was judged, and this compute is new at every run: it says nothing about the next.`,
    cause: 'one-run-only',
  };
}

const hours = ({ startedAt, endedAt }: RunOfTarget): string => hoursText(startedAt, endedAt ?? startedAt);

function countsOf({ criteria }: Input, run: RunOfTarget): string {
  const { failed, succeeded } = countedAttempts(run, criteria);
  return `${failed} of ${countOf(failed + succeeded, 'attempt')}`;
}

const countText = (input: Input, run: RunOfTarget): string =>
  `In this run, ${hours(run)}, ${countsOf(input, run)} failed.`;
