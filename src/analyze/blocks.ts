import type { RunOfTarget } from '../model/analysis.ts';
import type { Criteria, Policy } from '../model/policy.ts';
import { mayRaise, scoreOf } from './score.ts';

/** Runs that count as one independent draw. */
export type Block = {
  readonly runs: readonly RunOfTarget[];
  /** The worst of its runs. */
  readonly score: number;
  /** Whether it may raise the evidence for a pass, or only lower it. */
  readonly raises: boolean;
};

export type Grouping = {
  readonly groups: readonly (readonly RunOfTarget[])[];
  /** Runs that joined an earlier one because they share its host, or began too soon after it. */
  readonly sameHost: number;
  readonly tooClose: number;
};

type Independence = Policy['independence'] & { readonly ephemeral: boolean };

/** Runs in order of their start. On a stable context one host is expected, and only the time between runs makes them independent. */
export function groupRuns(runs: readonly RunOfTarget[], independence: Independence): Grouping {
  const groups: RunOfTarget[][] = [];
  let sameHost = 0;
  let tooClose = 0;
  for (const run of runs) {
    const onHost = groups.find((group) => sharesHost(group, run, independence));
    const near = onHost ?? groups.find((group) => beganNear(group, run, independence.minGapMs));
    if (onHost !== undefined) sameHost += 1;
    else if (near !== undefined) tooClose += 1;
    if (near === undefined) groups.push([run]);
    else near.push(run);
  }
  return { groups, sameHost, tooClose };
}

const sharesHost = (
  group: readonly RunOfTarget[],
  run: RunOfTarget,
  { ephemeral, distinctHosts }: Independence,
): boolean => ephemeral && distinctHosts && run.bootId !== null && group.some(({ bootId }) => bootId === run.bootId);

const beganNear = ([first]: readonly RunOfTarget[], run: RunOfTarget, minGapMs: number): boolean =>
  first !== undefined && Date.parse(run.startedAt) - Date.parse(first.startedAt) < minGapMs;

export function blockOf(runs: readonly RunOfTarget[], criteria: Criteria): Block {
  return {
    runs,
    // The worst and not the mean: repeating a bad run at once would dilute it.
    score: Math.max(...runs.map((run) => scoreOf(run, criteria))),
    raises: runs.some((run) => mayRaise(run, criteria)) && !runs.some(({ damaged }) => damaged),
  };
}
