import { cleanRunsNeeded } from '../analyze/attempts.ts';
import { criteriaOf } from '../analyze/criteria.ts';
import { countOf } from '../judge/words.ts';
import type { Missing } from '../model/decision.ts';
import type { Vantage, WorkloadRecord } from '../model/records.ts';
import type { ReportWorkload } from '../model/report.ts';
import type { Found } from './found.ts';
import type { Candidate, Terms } from './place.ts';

// What is missing, as something that can be fetched: runs, a hold, evidence from another place.

/** Under which the runs that are still to be made are listed, once for all targets. */
export const RUNS_RULE = 'evidence/runs';

type Where = {
  readonly candidate: Candidate;
  readonly vantage: Vantage;
  readonly needed: ReportWorkload['needed'] | null;
};

export function missingOf({ target, finding }: Found, where: Where): Missing {
  const { rule, cause, required, observed } = finding;
  switch (cause) {
    case 'too-few-runs':
    case 'span-too-short':
      return where.needed === null
        ? { target, rule, what: `${required}: ${observed}` }
        : { target: null, rule: RUNS_RULE, what: runsText(where, where.needed) };
    case 'cannot-pass':
      return { target: null, rule: RUNS_RULE, what: outOfReach(where) };
    case 'idle-not-tested':
      return {
        target,
        rule,
        what: `that ${required}, at ${target ?? 'each target'} in ${where.candidate.name}: ${observed}`,
      };
    default:
      return { target, rule, what: `${target === null ? '' : `${target}: `}${required}; ${observed}` };
  }
}

function runsText({ candidate, vantage }: Where, { runs, spanSeconds }: ReportWorkload['needed']): string {
  const many = runs === null || runs === 0 ? null : `${runs} more clean ${kindOfRun(candidate, runs)}`;
  const span = spanSeconds === null || spanSeconds === 0 ? null : `runs over another ${hoursText(spanSeconds)}`;
  const parts = [many, span].filter((part) => part !== null);
  return `${parts.length === 0 ? 'more runs' : parts.join(', and ')} in ${candidate.name}, from the vantage ${vantage}`;
}

/** Rounded up, to a tenth: with less the span would not be covered. */
const hoursText = (seconds: number): string => `${Math.ceil(seconds / 360 - 1e-9) / 10} h`;

const kindOfRun = ({ ephemeral }: Candidate, count: number): string =>
  `${ephemeral ? 'cold-start ' : ''}${count === 1 ? 'run' : 'runs'}`;

const outOfReach = ({ candidate, vantage, needed }: Where): string =>
  `${needed?.runs ?? 'more'} more clean runs in ${candidate.name}, from the vantage ${vantage}, which is more than policy.maxRuns leaves: ` +
  'raise that, or ask for less (tolerableFailedRuns, connectionsPerRun)';

/** No run was made where the workload connects from. */
export function noEvidenceOf(candidate: Candidate, workload: WorkloadRecord, { policy, profile }: Terms): Missing {
  const { name, connectsFrom, tolerableFailedRuns, connectionsPerRun, ...asks } = workload;
  const demand = { workloads: [name], tolerableFailedRuns, connectionsPerRun, ...asks };
  const { tolerable, threshold } = criteriaOf(profile, policy, demand, 0);
  const runs = cleanRunsNeeded(tolerable, threshold);
  const others = candidate.places.map(({ analysis }) => analysis.context.vantage);
  const elsewhere = others.length === 0 ? '' : `; evidence from the vantage ${others.join(', ')} does not stand for it`;
  return {
    target: null,
    rule: RUNS_RULE,
    what: `${countOf(runs, 'clean run')} in ${candidate.name}, from the vantage ${connectsFrom}: there is no evidence from there${elsewhere}`,
  };
}
