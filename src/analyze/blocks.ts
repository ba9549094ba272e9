import type { RunOfTarget } from '../model/analysis.ts';
import type { Policy } from '../model/policy.ts';
import type { ScoredRun } from './score.ts';

/** Runs that count as one independent draw. */
export type Block = Group<ScoredRun> & {
  /** The worst of its runs. */
  readonly score: number;
  /** Whether it may raise the evidence for a pass, or only lower it. */
  readonly raises: boolean;
};

type Draw = Pick<RunOfTarget, 'startedAt' | 'bootId'>;

export type Group<Run> = {
  readonly runs: readonly Run[];
  /** When its first run and its last began. */
  readonly firstMs: number;
  readonly lastMs: number;
};

export type Grouping<Run> = {
  readonly groups: readonly Group<Run>[];
  /** Runs that joined an earlier one because they share its host, or began too soon after it. */
  readonly sameHost: number;
  readonly tooClose: number;
};

type Independence = Policy['independence'] & { readonly ephemeral: boolean };

type Growing<Run> = { readonly firstMs: number; lastMs: number; readonly runs: Run[] };

/** Runs in order of their start. On a stable context one host is expected, and only the time between runs makes them independent. */
export function groupRuns<Run extends Draw>(runs: readonly Run[], independence: Independence): Grouping<Run> {
  const comparesHosts = independence.ephemeral && independence.distinctHosts;
  const groups: Growing<Run>[] = [];
  const byHost = new Map<string, Growing<Run>>();
  let sameHost = 0;
  let tooClose = 0;
  for (const run of runs) {
    const startMs = Date.parse(run.startedAt);
    const host = comparesHosts ? run.bootId : null;
    const onHost = host === null ? undefined : byHost.get(host);
    // Groups begin a gap apart, so that only the latest can be too close.
    const latest = groups.at(-1);
    const isClose = latest !== undefined && startMs - latest.firstMs < independence.minGapMs;
    const group = onHost ?? (isClose ? latest : undefined);
    if (onHost !== undefined) sameHost += 1;
    else if (group !== undefined) tooClose += 1;
    const joined = group ?? { firstMs: startMs, lastMs: startMs, runs: [] };
    if (group === undefined) groups.push(joined);
    joined.runs.push(run);
    joined.lastMs = startMs;
    if (host !== null) byHost.set(host, joined);
  }
  return { groups, sameHost, tooClose };
}

export function blockOf({ runs, ...begun }: Group<ScoredRun>): Block {
  // a run that says nothing covers no time either
  const starts = runs.filter(({ raises }) => raises).map(({ startedAt }) => Date.parse(startedAt));
  return {
    runs,
    firstMs: starts.length === 0 ? begun.firstMs : Math.min(...starts),
    lastMs: starts.length === 0 ? begun.lastMs : Math.max(...starts),
    // The worst and not the mean: repeating a bad run at once would dilute it.
    score: Math.max(...runs.map(({ score }) => score)),
    raises: runs.some(({ raises }) => raises) && !runs.some(({ damaged }) => damaged),
  };
}

/** The index of the block of each run, and how many blocks there are: attempts of one run share its address, and runs of one host as well. */
export type Blocks = { readonly of: readonly number[]; readonly count: number };

export function indexBlocks(
  runs: readonly RunOfTarget[],
  { policy, ephemeral }: { readonly policy: Policy; readonly ephemeral: boolean },
): Blocks {
  const { groups } = groupRuns(runs, { ...policy.independence, ephemeral });
  const blocks = new Map(groups.flatMap((group, index) => group.runs.map(({ run }) => [run, index] as const)));
  return { of: runs.map(({ run }) => blocks.get(run) ?? 0), count: groups.length };
}
