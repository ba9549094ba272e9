import type { RunOfTarget } from '../model/analysis.ts';
import { fisherExact } from './fisher.ts';
import type { Chance } from './hint.ts';
import type { Counted } from './wilson.ts';

/** Failures that come with some runs more than with others: what changes from run to run has to do with them. */
export type RunHint = Chance & {
  readonly kind: 'run';
  readonly run: string;
  readonly startedAt: string;
  /** Attempts of the run that stands out most, and of all others. */
  readonly here: Counted;
  readonly elsewhere: Counted;
  readonly bad: Counted;
};

/** The run that stands out most, its chance multiplied by the number of runs: it was picked for that. */
export function runHint(all: readonly RunOfTarget[]): RunHint | null {
  const runs = all.filter(({ succeeded, failed }) => succeeded + failed > 0);
  if (runs.length < 2) return null;
  const failed = runs.reduce((sum, run) => sum + run.failed, 0);
  const made = runs.reduce((sum, run) => sum + run.failed + run.succeeded, 0);
  const chance = (run: RunOfTarget, count: number): number => {
    const of = run.succeeded + run.failed;
    return Math.min(1, runs.length * fisherExact({ count, of }, { count: failed - count, of: made - of }));
  };
  const isWorse = (run: RunOfTarget) => run.failed * made > failed * (run.succeeded + run.failed);
  const [worst] = runs
    .filter(isWorse)
    .map((run) => ({ run, p: chance(run, run.failed) }))
    .sort((a, b) => a.p - b.p || (a.run.run < b.run.run ? -1 : 1));
  if (worst === undefined) return null;
  const of = worst.run.succeeded + worst.run.failed;
  return {
    kind: 'run',
    run: worst.run.run,
    startedAt: worst.run.startedAt,
    here: { count: worst.run.failed, of },
    elsewhere: { count: failed - worst.run.failed, of: made - of },
    bad: { count: runs.filter((run) => run.failed > 0).length, of: runs.length },
    p: worst.p,
    attainable: chance(worst.run, Math.min(failed, of)),
  };
}
