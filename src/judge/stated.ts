import { connectionScale } from '../analyze/criteria.ts';
import type { Criteria } from '../model/policy.ts';
import type { Demand } from '../model/records.ts';

/** The numbers as the workload states them: scores are made for 64 connections at most, and what they say is scaled back. */
export type Stated = {
  readonly tolerable: number;
  readonly connections: number;
  readonly runsPerMonth: number;
  bound(bound: number): number;
};

export function statedOf({ criteria, demand }: { readonly criteria: Criteria; readonly demand: Demand }): Stated {
  const scale = connectionScale(criteria, demand);
  return {
    tolerable: criteria.tolerable * scale,
    connections: Math.round(criteria.connections * scale),
    runsPerMonth: criteria.runsPerMonth,
    bound: (bound) => Math.min(1, bound * scale),
  };
}
