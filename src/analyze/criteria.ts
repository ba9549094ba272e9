import { type Criteria, type Policy, PROFILE_NUMBERS, type Profile, type Since } from '../model/policy.ts';
import type { Demand } from '../model/records.ts';

/** The likelihood ratio at which evidence suffices: 1 in 20 is the chance of a wrong verdict. */
export const THRESHOLD = 20;

const DEFAULT_RUNS_PER_MONTH = 720;
/** Above this, scores are made for this many connections and the tolerable share shrinks with them. */
const MOST_CONNECTIONS = 64;

/** What the evidence of a target is judged by: the workloads' numbers, then the policy's, then the profile's. */
export function criteriaOf(profile: Profile, policy: Policy, demand: Demand, sinceUses: number): Criteria {
  const numbers = PROFILE_NUMBERS[profile];
  const stated = profile !== 'quick';
  const tolerable =
    (stated ? (demand.tolerableFailedRuns ?? policy.tolerableFailedRuns) : null) ?? numbers.tolerableFailedRuns;
  const asked = (stated ? demand.connectionsPerRun : null) ?? numbers.connectionsPerRun;
  const connections = Math.min(asked, MOST_CONNECTIONS);
  return {
    // A job's chance to fail is concave in its connections, so f(c) <= c/64 * f(64).
    tolerable: (tolerable * connections) / asked,
    connections,
    retriesFirstConnection: demand.retriesFirstConnection,
    runsPerMonth: demand.runsPerMonth ?? DEFAULT_RUNS_PER_MONTH,
    threshold: THRESHOLD * 2 ** sinceUses,
  };
}

/** How many times the workload's connections are those of the criteria: 1, or more where they were capped. */
export function connectionScale(criteria: Criteria, demand: Demand): number {
  const asked = demand.connectionsPerRun ?? 0;
  return criteria.connections === MOST_CONNECTIONS && asked > MOST_CONNECTIONS ? asked / MOST_CONNECTIONS : 1;
}

/** The uses of `policy.since` that set runs of this target in this context aside; each is a new look at the evidence. */
export function sinceOf(policy: Policy, target: string, context: string): readonly Since[] {
  return policy.since.filter(
    (since) => since.target === target && (since.context === null || since.context === context),
  );
}
