import type { Analysis, RunOfTarget, TargetAnalysis } from '../model/analysis.ts';
import { REJECTIONS } from '../model/causes.ts';
import type { IdentityStanding } from '../model/plan.ts';
import type { HoldRequest } from '../model/records.ts';

const DAY_MS = 86_400_000;
const TRIES_A_DAY = 2;

/** Who logs in by an identity, as the present configuration has it. */
export type IdentityUsers = { readonly identity: string; readonly digests: readonly string[] };

/** What earlier runs say of how to begin this one. */
export type History = {
  /** The latest runs that are there, in order of their start. */
  readonly latest: readonly { readonly run: string; readonly at: string }[];
  /** The target by the digest of what connects: another server under the same name is another target. */
  hasSucceeded(digest: string): boolean;
  identityStanding(users: IdentityUsers, now: string): IdentityStanding;
  /** Runs that have held connections as long as is asked now, and whether the latest of them lost one within what is needed. */
  held(
    digest: string,
    kind: HoldRequest['kind'],
    asked: { readonly longestMs: number; readonly neededMs: number | null },
  ): { readonly runs: number; readonly latestLost: boolean };
};

export const NO_HISTORY: History = {
  latest: [],
  hasSucceeded: () => false,
  identityStanding: () => 'untested',
  held: () => ({ runs: 0, latestLost: false }),
};

/** Enough that none of them can be taken away without many that came after it. */
const MOST_NAMED = 5;

export const historyOf = ({ runs: all, targets }: Pick<Analysis, 'runs' | 'targets'>): History => ({
  latest: all.slice(-MOST_NAMED).map(({ id, startedAt }) => ({ run: id, at: startedAt })),
  hasSucceeded: (digest) =>
    targets.some(({ target, runs }) => target.digest === digest && runs.some((run) => run.succeeded > 0)),
  identityStanding: ({ identity, digests }, now) =>
    // an identity that came out of a reference is redacted in evidence; the digest knows it all the same
    standingOf(
      targets.filter(({ target }) => target.identity === identity || digests.includes(target.digest)),
      now,
    ),
  held(digest, kind, { longestMs, neededMs }) {
    const held = targets.find(({ target }) => target.digest === digest)?.heldRuns ?? [];
    const asLong = held.filter((run) => run.kind === kind && run.longestMs >= longestMs);
    const lostAtMs = asLong.at(-1)?.lostAtMs ?? null;
    return { runs: asLong.length, latestLost: lostAtMs !== null && neededMs !== null && lostAtMs <= neededMs };
  },
});

type Trial = { readonly startedAt: string; readonly rejected: boolean };

/** A run that was rejected has tried the identity once, however many targets use it; one that made no attempt has not. */
function standingOf(targets: readonly TargetAnalysis<unknown>[], now: string): IdentityStanding {
  const trials = new Map<string, Trial>();
  for (const { runs, failures } of targets) {
    const rejections = failures.filter(({ cause }) => REJECTIONS.has(cause));
    const rejectedAt = rejections.flatMap(({ firstAt, lastAt }) => [Date.parse(firstAt), Date.parse(lastAt)]);
    for (const [index, run] of runs.entries()) {
      if (!hasTried(run)) continue;
      const rejected = stoppedForIt(run) || endedWithIt(run, runs[index + 1], rejectedAt);
      trials.set(run.run, { startedAt: run.startedAt, rejected: rejected || trials.get(run.run)?.rejected === true });
    }
  }
  const latestFirst = [...trials.values()].sort((a, b) => Date.parse(b.startedAt) - Date.parse(a.startedAt));
  if (latestFirst[0]?.rejected !== true) return 'untested';
  const today = latestFirst.filter((run) => run.rejected && Date.parse(now) - Date.parse(run.startedAt) < DAY_MS);
  return today.length >= TRIES_A_DAY ? 'rejected-twice-today' : 'rejected-in-latest-run';
}

const hasTried = ({ succeeded, failed, unjudged, tainted, broken, aborted }: RunOfTarget): boolean =>
  succeeded + failed + unjudged + tainted + broken + aborted > 0;

const stoppedForIt = (run: RunOfTarget): boolean => run.stop === 'credential' && run.failed > 0;

/**
 * Killed or interrupted right after its rejection, before it could stop for it. A failure is known by when it was first and last
 * seen: where runs overlap it is counted to more than one, which errs towards sparing the account.
 */
function endedWithIt(run: RunOfTarget, next: RunOfTarget | undefined, rejectedAt: readonly number[]): boolean {
  if (run.succeeded > 0 || run.failed === 0) return false;
  const from = Date.parse(run.startedAt);
  const to = run.endedAt ?? next?.startedAt ?? null;
  return rejectedAt.some((at) => at >= from && (to === null || at <= Date.parse(to)));
}
