import { attemptsNeeded, cleanRunsNeeded } from '../analyze/attempts.ts';
import { criteriaOf } from '../analyze/criteria.ts';
import type { Config } from '../model/config.ts';
import type { Criteria, Profile, Scope } from '../model/policy.ts';
import type { Demand } from '../model/records.ts';
import type { History } from './history.ts';

export type PlanRequest = {
  readonly config: Config;
  readonly profile: Profile;
  readonly scope: Scope;
  /** Names of the targets to try; null for all. */
  readonly only: readonly string[] | null;
  readonly history: History;
  readonly now: string;
};

export const criteriaFor = (demand: Demand, { config, profile }: Pick<PlanRequest, 'config' | 'profile'>): Criteria =>
  criteriaOf(profile, config.policy, demand, 0);

/** Clean runs that a pass over a period needs. */
export function runsToConclude(demand: Demand, request: PlanRequest): number {
  const { tolerable, threshold } = criteriaFor(demand, request);
  return cleanRunsNeeded(tolerable, threshold);
}

/** Clean attempts that a pass of one run alone needs. */
export const attemptsToConclude = (demand: Demand, request: PlanRequest): number =>
  attemptsNeeded(criteriaFor(demand, request));
