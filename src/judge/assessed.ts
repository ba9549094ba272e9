import { assessPeriod, type PeriodAssessment } from '../analyze/period.ts';
import type { RuleInput } from '../model/probe.ts';

/** The runs of a target, judged together. */
export const assessed = ({ analysis, criteria, policy, context }: RuleInput<unknown, unknown>): PeriodAssessment =>
  assessPeriod(analysis.runs, criteria, { policy, ephemeral: context.ephemeral });
