import type { RunTally } from '../model/analysis.ts';
import type { Criteria } from '../model/policy.ts';
import { THRESHOLD } from './criteria.ts';
import { isFirstApart } from './score.ts';

// Scope `run`: the unit is the attempt. Wald's test between the rate that is argued about no more and the rate that a pass excludes,
// both derived from what the workload tolerates of its job runs.

/** f0/f1: failing job runs at a tenth of the tolerable share are accepted without argument. */
const ACCEPTED_SHARE = 0.1;
/** Comparisons never depend on the last bits of a logarithm. */
export const SLACK = 1e-9;

const LEAST_FAILURES_TO_FAIL = 2;
const LEAST_ATTEMPTS_TO_FAIL = 10;

/** The failure rates of one attempt at which `share` of the job runs with that many connections, and a tenth of it, fail. */
export function attemptRates(share: number, connections: number): { readonly p0: number; readonly p1: number } {
  const rate = (of: number) => 1 - (1 - of) ** (1 / connections);
  return { p0: rate(share * ACCEPTED_SHARE), p1: rate(share) };
}

/** What the test counts: the first attempt is left out where the workload retries its first connection. */
export function countedAttempts(
  tally: RunTally,
  criteria: Criteria,
): { readonly failed: number; readonly succeeded: number } {
  const leaveOut = criteria.retriesFirstConnection && isFirstApart(tally);
  return {
    failed: tally.failed - (leaveOut && tally.firstFailed ? 1 : 0),
    succeeded: tally.succeeded - (leaveOut && !tally.firstFailed ? 1 : 0),
  };
}

/** The logarithm of the evidence that attempts fail more rarely than `share` allows. */
function lnEvidence(failed: number, succeeded: number, share: number, connections: number): number {
  const { p0, p1 } = attemptRates(share, connections);
  return failed * Math.log(p0 / p1) + succeeded * Math.log((1 - p0) / (1 - p1));
}

/** Whether the attempts of this run alone decide; null: go on, or give up undecided. Constant time. */
export function attemptDecision(tally: RunTally, criteria: Criteria): 'accepted-rate' | 'rejected-rate' | null {
  const { failed, succeeded } = countedAttempts(tally, criteria);
  const evidence = lnEvidence(failed, succeeded, criteria.tolerable, criteria.connections);
  const enoughToFail = failed >= LEAST_FAILURES_TO_FAIL && failed + succeeded >= LEAST_ATTEMPTS_TO_FAIL;
  if (enoughToFail && -evidence >= Math.log(THRESHOLD) - SLACK) return 'rejected-rate';
  // Failures side by side come from a burst, and a burst makes the attempts of one run no sample of other hours.
  if (tally.longestFailures >= 2) return null;
  return evidence >= Math.log(criteria.threshold) - SLACK ? 'accepted-rate' : null;
}

/** How many more attempts, all successful, this run would need to be accepted. */
export function attemptsLacking(tally: RunTally, criteria: Criteria): number {
  const { failed, succeeded } = countedAttempts(tally, criteria);
  const { tolerable, connections } = criteria;
  const lacking = Math.log(criteria.threshold) - lnEvidence(failed, succeeded, tolerable, connections);
  return Math.max(0, Math.ceil(lacking / lnEvidence(0, 1, tolerable, connections) - SLACK));
}

/** Clean attempts that scope `run` needs for a pass: 32 at one connection and 10 %, 158 at five. */
export function attemptsNeeded(criteria: Criteria): number {
  const perAttempt = lnEvidence(0, 1, criteria.tolerable, criteria.connections);
  const first = criteria.retriesFirstConnection ? 1 : 0;
  return Math.ceil(Math.log(criteria.threshold) / perAttempt - SLACK) + first;
}

/** The upper bound, valid at every look with 95 %, on the share of failing job runs if they draw from this run's attempts. */
export function attemptBound(tally: RunTally, criteria: Criteria): number {
  const { failed, succeeded } = countedAttempts(tally, criteria);
  let low = 0;
  let high = 1 - 1e-12;
  for (let step = 0; step < 60; step += 1) {
    const middle = (low + high) / 2;
    if (lnEvidence(failed, succeeded, middle, criteria.connections) < Math.log(THRESHOLD)) low = middle;
    else high = middle;
  }
  return high;
}

/** Clean independent runs that scope `period` needs: 32 at 10 %, 65 at 5 %; 39 at 10 % once `policy.since` has doubled the threshold. */
export function cleanRunsNeeded(tolerable: number, threshold: number): number {
  const perRun = Math.log(1 + ((1 - ACCEPTED_SHARE) * tolerable) / (1 - tolerable));
  return Math.ceil(Math.log(threshold) / perRun - SLACK);
}

const LEAST_ATTEMPTS_A_RUN = 15;
const MOST_ATTEMPTS_A_RUN = 65;

/** Attempts of a run in scope `period`. */
export function plannedAttempts(connections: number): number {
  return Math.min(MOST_ATTEMPTS_A_RUN, Math.max(LEAST_ATTEMPTS_A_RUN, connections + 1));
}
