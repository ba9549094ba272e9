import type { PeriodAssessment } from '../analyze/period.ts';
import { lnPass } from '../analyze/rule.ts';
import type { Criteria } from '../model/policy.ts';

// How far a verdict over runs is from another one.

const BAD = { score: 1, raises: true };
const SLACK = 1e-9;

/** How many bad runs, one after another, take a pass away: at least one. Null where there is no pass to lose. */
export function badRunsToLose(
  { blocks, decision }: PeriodAssessment,
  { tolerable, threshold }: Criteria,
): number | null {
  if (decision !== 'accepted-rate') return null;
  const spare = lnPass(blocks, tolerable) - Math.log(threshold);
  const lost = -lnPass([BAD], tolerable);
  return Math.floor(spare / lost + SLACK) + 1;
}
