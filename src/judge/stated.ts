import { connectionScale } from '../analyze/criteria.ts';
import type { RuleInput } from '../model/probe.ts';

/** The numbers as the workload states them: scores are made for 64 connections at most, and what they say is scaled back. */
export function statedOf({ criteria, demand }: RuleInput<unknown, unknown>) {
  const scale = connectionScale(criteria, demand);
  return {
    tolerable: criteria.tolerable * scale,
    connections: Math.round(criteria.connections * scale),
    runsPerMonth: criteria.runsPerMonth,
    bound: (bound: number): number => Math.min(1, bound * scale),
  };
}
