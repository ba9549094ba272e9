import type { PlannedTarget } from '../model/plan.ts';

/** With more than a fifth of its attempts lost a run cannot count as clean any more: beyond that none is made up for. */
const SPARE_SHARE = 1 / 4;
/** A minute of a dead uplink, at one check a second. */
const CHECKS_A_RUN = 60;

/** Attempts in place of those that our own trouble may take, and at controls those that tell a dead uplink. */
export const withSpares = (targets: readonly PlannedTarget[]): readonly PlannedTarget[] => {
  const others = targets.filter(({ record }) => !record.control).length;
  return targets.map((target) => ({
    ...target,
    spare: Math.floor(target.attempts.most * SPARE_SHARE),
    checks: target.record.control && others > 0 ? CHECKS_A_RUN : 0,
  }));
};

/** All that a run may try of a target, holds apart. */
export const triedAtMost = ({ attempts, spare, checks }: PlannedTarget): number => attempts.most + spare + checks;
