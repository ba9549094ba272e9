import type { Workload } from '../model/config.ts';
import type { Demand } from '../model/records.ts';

/** What a target must carry: the largest demand of all workloads that use it. `decide` judges each workload by its own. */
export function demandOf(name: string, workloads: readonly Workload[]): Demand {
  const users = workloads.filter(({ uses }) => Array.isArray(uses) && uses.includes(name));
  const largest = (of: (workload: Workload) => number | null) => extreme(Math.max, users.map(of));
  return {
    workloads: users.map((workload) => workload.name),
    durationMs: largest((workload) => workload.durationMs),
    longestIdleMs: largest((workload) => workload.longestIdleMs),
    connectionsPerRun: largest((workload) => workload.connectionsPerRun),
    runsPerMonth: largest((workload) => workload.runsPerMonth),
    tolerableFailedRuns: extreme(
      Math.min,
      users.map((workload) => workload.tolerableFailedRuns),
    ),
    // One workload that gives up at its first failure is enough to make a first failure matter.
    retriesFirstConnection: users.length > 0 && users.every((workload) => workload.retriesFirstConnection),
  };
}

function extreme(pick: (...values: number[]) => number, values: readonly (number | null)[]): number | null {
  const stated = values.filter((value) => value !== null);
  return stated.length === 0 ? null : pick(...stated);
}
