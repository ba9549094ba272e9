import type { RunOfTarget } from '../model/analysis.ts';
import type { Criteria, Policy } from '../model/policy.ts';
import { assessScored, type PeriodAssessment } from './period.ts';
import { type ScoredRun, scoredRun } from './score.ts';

/** The runs of one target that count. */
type History = readonly RunOfTarget[];

/**
 * What the runs say of a workload that uses several targets, by its own demand (statistics 1.3): a job run fails where it meets a failure
 * at any of them. That each target passes bounds each alone; this bounds the job.
 */
export const assessWorkload = (
  targets: readonly History[],
  criteria: Criteria,
  setting: { readonly policy: Policy; readonly ephemeral: boolean },
): PeriodAssessment => assessScored(jointRuns(targets, criteria), criteria, setting);

/** One score a run, in order of their start. A run that tried only some of the targets may lower the evidence and never raise it. */
function jointRuns(targets: readonly History[], criteria: Criteria): readonly ScoredRun[] {
  const runs = new Map<string, { readonly whole: ScoredRun; readonly tried: number }>();
  for (const run of targets.flat()) {
    const scored = scoredRun(run, criteria);
    const known = runs.get(run.run);
    const whole = known === undefined ? scored : together(known.whole, scored);
    runs.set(run.run, { whole, tried: (known?.tried ?? 0) + 1 });
  }
  return [...runs.values()]
    .map(({ whole, tried }) => ({ ...whole, raises: whole.raises && tried === targets.length }))
    .sort((a, b) => Date.parse(a.startedAt) - Date.parse(b.startedAt) || (a.run < b.run ? -1 : 1));
}

const together = (one: ScoredRun, other: ScoredRun): ScoredRun => ({
  ...one,
  damaged: one.damaged || other.damaged,
  score: 1 - (1 - one.score) * (1 - other.score),
  raises: one.raises && other.raises,
  attempts: one.attempts + other.attempts,
});
