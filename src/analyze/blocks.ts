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

type Group = { readonly startMs: number; readonly runs: RunOfTarget[] };

/** Runs in order of their start. On a stable context one host is expected, and only the time between runs makes them independent. */
export function groupRuns(runs: readonly RunOfTarget[], independence: Independence): Grouping {
  const comparesHosts = independence.ephemeral && independence.distinctHosts;
  const groups: Group[] = [];
  const byHost = new Map<string, Group>();
  let sameHost = 0;
  let tooClose = 0;
  for (const run of runs) {
    const startMs = Date.parse(run.startedAt);
    const host = comparesHosts ? run.bootId : null;
    const onHost = host === null ? undefined : byHost.get(host);
    // Groups begin a gap apart, so that only the latest can be too close.
    const latest = groups.at(-1);
    const isClose = latest !== undefined && startMs - latest.startMs < independence.minGapMs;
    const group = onHost ?? (isClose ? latest : undefined);
    if (onHost !== undefined) sameHost += 1;
    else if (group !== undefined) tooClose += 1;
    const joined = group ?? { startMs, runs: [] };
    if (group === undefined) groups.push(joined);
    joined.runs.push(run);
    if (host !== null) byHost.set(host, joined);
  }
  return { groups: groups.map((group) => group.runs), sameHost, tooClose };
}

export function blockOf(runs: readonly RunOfTarget[], criteria: Criteria): Block {
  return {
    runs,
    // The worst and not the mean: repeating a bad run at once would dilute it.
    score: Math.max(...runs.map((run) => scoreOf(run, criteria))),
    raises: runs.some((run) => mayRaise(run, criteria)) && !runs.some(({ damaged }) => damaged),
  };
}
