import { assessPeriod, type PeriodAssessment } from '../analyze/period.ts';
import type { RunOfTarget } from '../model/analysis.ts';
import type { RuleInput } from '../model/probe.ts';

/** The runs of a target, judged together. */
export const assessed = ({ analysis, criteria, policy, context }: RuleInput<unknown, unknown>): PeriodAssessment =>
  assessPeriod(analysis.runs, criteria, { policy, ephemeral: context.ephemeral });

/** The tries of dear parts of all runs, and those of them that failed by what the target did. */
export function partsOf(runs: readonly RunOfTarget[]): { readonly failed: number; readonly made: number } {
  const parts = runs.flatMap((run) => run.parts);
  return {
    failed: parts.reduce((sum, { failed, unjudged }) => sum + failed - unjudged, 0),
    made: parts.reduce((sum, { made }) => sum + made, 0),
  };
}

/** The attempts of all runs that are in the rate, and those of them that failed. */
export const totalOf = (runs: readonly RunOfTarget[]): { readonly failed: number; readonly made: number } => ({
  failed: runs.reduce((sum, { failed }) => sum + failed, 0),
  made: runs.reduce((sum, { succeeded, failed }) => sum + succeeded + failed, 0),
});
