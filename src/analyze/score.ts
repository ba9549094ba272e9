import type { RunOfTarget, RunTally } from '../model/analysis.ts';
import type { Criteria } from '../model/policy.ts';

// What a run says: the chance that a job run which opens so many connections, drawn from this run's attempts, would have met a failure.

/** 1 - C(m-k, c) / C(m, c): the chance that c of m attempts, of which k failed, include a failed one. */
export function missChance(made: number, failed: number, connections: number): number {
  if (failed === 0) return 0;
  if (connections >= made || failed > made - connections) return 1;
  let allSucceed = 1;
  for (let drawn = 0; drawn < connections; drawn += 1) allSucceed *= (made - failed - drawn) / (made - drawn);
  return 1 - allSucceed;
}

type Scored = Pick<RunTally, 'succeeded' | 'failed' | 'firstScored' | 'firstFailed' | 'firstRepeated' | 'parts'>;

/** Whether the first attempt is scored apart. One whose failure was met again is one of the others as well. */
export const isFirstApart = ({ firstScored, firstRepeated }: Pick<Scored, 'firstScored' | 'firstRepeated'>): boolean =>
  firstScored && !firstRepeated;

/** The score of a run, from 0 (no failure met) to 1. */
export function scoreOf(run: Scored, { connections, retriesFirstConnection }: Criteria): number {
  if (run.parts.some((part) => part.failed > part.unjudged)) return 1;
  // Every job run opens with a cold connection.
  if (run.firstFailed && !retriesFirstConnection) return 1;
  const isApart = isFirstApart(run);
  const made = run.succeeded + run.failed - (isApart ? 1 : 0);
  const failed = run.failed - (isApart && run.firstFailed ? 1 : 0);
  const drawn = retriesFirstConnection || !run.firstScored ? connections : Math.max(connections - 1, 1);
  return missChance(made, failed, drawn);
}

const LEAST_ATTEMPTS = 10;
const MOST_EXCLUDED = 0.2;

/** Failures were laid to the uplink, and no control worked in this run: it may as well be the control that never works. */
export const isUplinkUnproven = ({ uplink, controlWorked }: RunOfTarget): boolean => uplink > 0 && !controlWorked;

/**
 * Whether a run may raise the evidence for a pass. One that was cut short, starved, has no cold connection that counts, or did not try all
 * it planned may only lower it. It is its successes that count, so that one more failure never makes a run worth more.
 */
export function mayRaise(run: RunOfTarget, { connections, retriesFirstConnection }: Criteria): boolean {
  const excluded = run.tainted + run.broken + run.aborted + run.unjudged + run.repeated;
  return (
    run.complete &&
    run.succeeded >= Math.max(LEAST_ATTEMPTS, connections + 1) &&
    excluded <= MOST_EXCLUDED * (run.succeeded + excluded) &&
    (run.firstScored || retriesFirstConnection) &&
    !isUplinkUnproven(run) &&
    run.parts.every((part) => part.made - part.unjudged >= part.planned)
  );
}

/** What one run says, of one target or of several together. */
export type ScoredRun = Pick<RunOfTarget, 'run' | 'startedAt' | 'bootId' | 'damaged'> & {
  readonly score: number;
  readonly raises: boolean;
  /** Those in the rate. */
  readonly attempts: number;
};

export const scoredRun = (run: RunOfTarget, criteria: Criteria): ScoredRun => ({
  run: run.run,
  startedAt: run.startedAt,
  bootId: run.bootId,
  damaged: run.damaged,
  score: scoreOf(run, criteria),
  raises: mayRaise(run, criteria),
  attempts: run.succeeded + run.failed,
});
