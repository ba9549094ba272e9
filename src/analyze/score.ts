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

type Scored = Pick<RunTally, 'succeeded' | 'failed' | 'firstScored' | 'firstFailed' | 'parts'>;

/** The score of a run, from 0 (no failure met) to 1. */
export function scoreOf(run: Scored, { connections, retriesFirstConnection }: Criteria): number {
  if (run.parts.some((part) => part.failed > part.unjudged)) return 1;
  // Every job run opens with a cold connection.
  if (run.firstFailed && !retriesFirstConnection) return 1;
  const made = run.succeeded + run.failed - (run.firstScored ? 1 : 0);
  const failed = run.failed - (run.firstFailed ? 1 : 0);
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
  const excluded = run.tainted + run.broken + run.aborted + run.unjudged;
  return (
    run.complete &&
    run.succeeded >= Math.max(LEAST_ATTEMPTS, connections + 1) &&
    excluded <= MOST_EXCLUDED * (run.succeeded + excluded) &&
    (run.firstScored || retriesFirstConnection) &&
    !isUplinkUnproven(run) &&
    run.parts.every((part) => part.made - part.unjudged >= part.planned)
  );
}
