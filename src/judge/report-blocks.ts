import { attemptsLacking } from '../analyze/attempts.ts';
import type { PeriodAssessment } from '../analyze/period.ts';
import type { Policy } from '../model/policy.ts';
import type { RuleInput } from '../model/probe.ts';
import type { ReportTarget } from '../model/report.ts';
import type { Stated } from './stated.ts';
import { ofRuns } from './words.ts';

// What independent runs say, and what a pass still needs, in the keys of the report.

export function blocksOf(assessment: PeriodAssessment, stated: Stated): NonNullable<ReportTarget['blocks']> {
  const { clean, met, lacking, sameHost, tooClose } = assessment;
  const upperBound = stated.bound(assessment.bound);
  return {
    counted: clean + met,
    clean,
    met,
    needed: clean + met + lacking,
    sameHost,
    tooClose,
    tolerable: stated.tolerable,
    upperBound95: upperBound,
    ofRunsPerMonth: ofRuns(upperBound, stated.runsPerMonth),
  };
}

export const neededOverRuns = (
  { lacking, spanMs, futile }: PeriodAssessment,
  { minSpanMs }: Policy,
): ReportTarget['needed'] => ({
  runs: lacking,
  attempts: null,
  spanSeconds: Math.max(0, minSpanMs - spanMs) / 1_000,
  withinMaxRuns: !futile,
});

export function neededInRun({ analysis, criteria }: RuleInput<unknown, unknown>): ReportTarget['needed'] {
  const run = analysis.runs.at(-1);
  const attempts = run === undefined ? null : attemptsLacking(run, criteria);
  return { runs: null, attempts, spanSeconds: null, withinMaxRuns: null };
}
