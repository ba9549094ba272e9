import type { Cell, Decision, Placement, Strategy } from '../model/decision.ts';
import { actionsOf, type Placed } from './actions.ts';
import { RUNS_RULE } from './missing.ts';

type Found = {
  readonly placed: readonly Placed[];
  readonly contexts: readonly string[];
  readonly strategies: readonly Strategy[];
};

/** What is to be done next, over all workloads and contexts: it stands first in every output. */
export function worklistOf({ placed, contexts, strategies }: Found): Decision['worklist'] {
  return {
    contexts: contexts.map((context) => {
      const cells = placed.filter(({ cell }) => cell.context === context);
      const count = (placement: Placement) => cells.filter(({ cell }) => cell.placement === placement).length;
      return {
        context,
        suitable: count('suitable'),
        undetermined: count('undetermined'),
        unsuitable: count('unsuitable'),
      };
    }),
    actions: [...actionsOf(placed)],
    runs: runsOf(placed),
    missing: [...missingOf(placed), ...handoffsIn(strategies, placed)],
  };
}

type Runs = Decision['worklist']['runs'][number];

/** Runs of a place are made for all workloads at once: the most that one of them needs. What is blocked needs an act first, and not runs. */
function runsOf(placed: readonly Placed[]): Runs[] {
  const runs = new Map<string, Runs>();
  for (const { workload, cell } of placed) {
    const { vantage, needed, context } = cell;
    if (cell.placement !== 'undetermined' || vantage === null || needed === null || !asksForRuns(cell)) continue;
    const known = runs.get(`${context} ${vantage}`);
    runs.set(`${context} ${vantage}`, {
      context,
      vantage,
      runs: Math.max(known?.runs ?? 0, needed.runs ?? 0),
      spanSeconds: Math.max(known?.spanSeconds ?? 0, needed.spanSeconds ?? 0),
      workloads: [...(known?.workloads ?? []), workload],
    });
  }
  return [...runs.values()].sort((a, b) => b.workloads.length - a.workloads.length);
}

const asksForRuns = ({ missing }: Cell): boolean => missing.some(({ rule }) => rule === RUNS_RULE);

/** Everything else that is missing, with the workloads that it holds up. */
function missingOf(placed: readonly Placed[]): Decision['worklist']['missing'] {
  const found = new Map<string, Decision['worklist']['missing'][number]>();
  for (const { workload, cell } of placed) {
    if (cell.placement !== 'undetermined') continue;
    for (const { what, rule } of cell.missing) {
      if (rule === RUNS_RULE && cell.needed !== null) continue;
      const key = `${cell.context} ${what}`;
      const known = found.get(key) ?? { what, context: cell.context, workloads: [] };
      found.set(key, { ...known, workloads: [...known.workloads, workload] });
    }
  }
  return [...found.values()].sort((a, b) => b.workloads.length - a.workloads.length);
}

/** What a hybrid stands on, and holds up whatever it places. */
function handoffsIn(strategies: readonly Strategy[], cells: readonly Placed[]): Decision['worklist']['missing'] {
  const hybrid = strategies.find(({ name }) => name === 'hybrid');
  if (hybrid === undefined) return [];
  const ofCells = new Set(cells.flatMap(({ cell }) => cell.missing.map(({ what }) => what)));
  const placed = hybrid.placements.filter(({ context }) => context !== null);
  return hybrid.missing
    .filter((what) => !ofCells.has(what))
    .map((what) => ({
      what,
      context: [...new Set(placed.map(({ context }) => context))].join(' and '),
      workloads: placed.map(({ workload }) => workload),
    }));
}
