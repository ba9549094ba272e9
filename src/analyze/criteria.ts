import { type Criteria, type Policy, PROFILE_NUMBERS, type Profile } from '../model/policy.ts';
import type { Demand } from '../model/records.ts';

const THRESHOLD = 20;
const RUNS_PER_MONTH = 720;
/** The score of a run is exact up to here; beyond it the bound on the chance is carried over, which is valid since it is concave. */
const MOST_CONNECTIONS = 64;

/**
 * What a target is judged by. Profile quick is a look with fixed numbers; under gate and strict the workload's numbers come first, then
 * the policy's, then the profile's.
 */
export function criteriaOf(profile: Profile, policy: Policy, demand: Demand, sinceUses: number): Criteria {
  const numbers = PROFILE_NUMBERS[profile];
  const fixed = profile === 'quick';
  const connections = fixed ? numbers.connectionsPerRun : (demand.connectionsPerRun ?? numbers.connectionsPerRun);
  const tolerable = fixed
    ? numbers.tolerableFailedRuns
    : (demand.tolerableFailedRuns ?? policy.tolerableFailedRuns ?? numbers.tolerableFailedRuns);
  return {
    tolerable: connections > MOST_CONNECTIONS ? (tolerable * MOST_CONNECTIONS) / connections : tolerable,
    connections: Math.min(connections, MOST_CONNECTIONS),
    retriesFirstConnection: demand.retriesFirstConnection,
    runsPerMonth: demand.runsPerMonth ?? RUNS_PER_MONTH,
    threshold: THRESHOLD * 2 ** sinceUses,
  };
}
