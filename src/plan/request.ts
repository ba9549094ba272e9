import { attemptsNeeded, cleanRunsNeeded } from '../analyze/attempts.ts';
import { criteriaOf, sinceOf } from '../analyze/criteria.ts';
import type { Config } from '../model/config.ts';
import type { Criteria, Profile, Scope } from '../model/policy.ts';
import type { Context, TargetRecord } from '../model/records.ts';
import type { History } from './history.ts';

export type PlanRequest = {
  readonly config: Config;
  readonly profile: Profile;
  readonly scope: Scope;
  /** Which of several processes this is that run at once, on as many hosts; alone where nothing is said. */
  readonly context: Pick<Context, 'name'> & Partial<Pick<Context, 'process'>>;
  /** Names of the targets to try; null for all. */
  readonly only: readonly string[] | null;
  readonly history: History;
  readonly now: string;
};

export const processesOf = ({ context }: Pick<PlanRequest, 'context'>): number => context.process?.of ?? 1;

type Asked = Pick<TargetRecord, 'name' | 'demand'>;

/** What the judge will go by: each use of `policy.since` asks for more evidence. */
export const criteriaFor = (
  { name, demand }: Asked,
  { config, profile, context }: Pick<PlanRequest, 'config' | 'profile' | 'context'>,
): Criteria => criteriaOf(profile, config.policy, demand, sinceOf(config.policy, name, context.name).length);

/** Clean runs that a pass over a period needs. */
export function runsToConclude(target: Asked, request: PlanRequest): number {
  const { tolerable, threshold } = criteriaFor(target, request);
  return cleanRunsNeeded(tolerable, threshold);
}

/** Clean attempts that a pass of one run alone needs. */
export const attemptsToConclude = (target: Asked, request: PlanRequest): number =>
  attemptsNeeded(criteriaFor(target, request));
