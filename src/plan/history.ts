import type { Analysis, RunOfTarget, TargetAnalysis } from '../model/analysis.ts';
import type { IdentityStanding } from '../model/plan.ts';

const DAY_MS = 86_400_000;
const TRIES_A_DAY = 2;

/** What earlier runs say of how to begin this one. */
export type History = {
  hasSucceeded(target: string): boolean;
  identityStanding(identity: string, now: string): IdentityStanding;
};

export const NO_HISTORY: History = { hasSucceeded: () => false, identityStanding: () => 'untested' };

export function historyOf(analysis: Analysis): History {
  const targets = new Map(analysis.targets.map((target) => [target.target.name, target]));
  return {
    hasSucceeded: (name) => targets.get(name)?.runs.some((run) => run.succeeded > 0) ?? false,
    identityStanding: (identity, now) =>
      standingOf(
        analysis.targets.filter((target) => target.target.identity === identity),
        now,
      ),
  };
}

/** A run that stopped for its credential has tried the identity once, however many targets use it. */
function standingOf(targets: readonly TargetAnalysis<unknown>[], now: string): IdentityStanding {
  const runs = new Map<string, { readonly startedAt: string; rejected: boolean }>();
  for (const run of targets.flatMap((target) => target.runs)) {
    const known = runs.get(run.run) ?? { startedAt: run.startedAt, rejected: false };
    runs.set(run.run, { ...known, rejected: known.rejected || rejectedIn(run) });
  }
  const ordered = [...runs.values()].sort((a, b) => Date.parse(b.startedAt) - Date.parse(a.startedAt));
  if (ordered[0]?.rejected !== true) return 'untested';
  const today = ordered.filter((run) => run.rejected && Date.parse(now) - Date.parse(run.startedAt) < DAY_MS);
  return today.length >= TRIES_A_DAY ? 'rejected-twice-today' : 'rejected-in-latest-run';
}

const rejectedIn = (run: RunOfTarget): boolean => run.stop === 'credential' && run.failed > 0;
