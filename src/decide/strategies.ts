import { clausesText, countOf } from '../judge/words.ts';
import {
  type Cell,
  type Feasibility,
  PLACEMENTS,
  STRATEGIES,
  type Strategy,
  type StrategyName,
} from '../model/decision.ts';
import type { Policy } from '../model/policy.ts';
import { actionsOf, type Placed } from './actions.ts';
import { sumOf } from './cost.ts';
import type { Handoffs } from './handoffs.ts';
import type { Candidate } from './place.ts';

// The three ways to go: all on dedicated compute, all on serverless, or each workload where it can run.

/** A workload and what was found of it in each context. */
export type WorkloadCells = { readonly name: string; readonly cells: readonly Cell[] };

export const strategiesOf = (
  workloads: readonly WorkloadCells[],
  candidates: readonly Candidate[],
  given: { readonly policy: Policy; readonly handoffs: Handoffs },
): readonly Strategy[] => STRATEGIES.map((name) => strategyOf(name, workloads, { candidates, ...given }));

type Given = { readonly candidates: readonly Candidate[]; readonly policy: Policy; readonly handoffs: Handoffs };

function strategyOf(name: StrategyName, workloads: readonly WorkloadCells[], given: Given): Strategy {
  const allowed = given.candidates.filter(({ compute }) => name === 'hybrid' || compute === name);
  const chosen = workloads.map((workload) => ({
    workload: workload.name,
    cell: choose(workload, allowed, given.policy),
  }));
  const placed = chosen.flatMap(({ workload, cell }) => (cell === null ? [] : [{ workload, cell }]));
  const handoffs = name === 'hybrid' ? handoffsBetween(placed, given) : [];
  const found = {
    name,
    placements: chosen.map(({ workload, cell }) => ({
      workload,
      context: cell?.placement === 'suitable' ? cell.context : null,
      placement: cell?.placement ?? ('undetermined' as const),
    })),
    actions: [...actionsOf(placed.filter(({ cell }) => cell.placement === 'unsuitable'))],
    missing: missingFor(placed, { handoffs, allowed }),
    handoffs: [...handoffs],
    cost: costOf(placed, { total: chosen.length, name, currency: given.policy.currency }),
  };
  const feasibility = feasibilityOf(chosen.length, placed, { handoffs, allowed });
  return { ...found, feasibility, why: whyOf(found, { feasibility, allowed, total: chosen.length }) };
}

type Costing = { readonly total: number; readonly name: StrategyName; readonly currency: string | null };

/** Of what has no context of its kind no cost is known. */
function costOf(placed: readonly Placed[], { total, name, currency }: Costing): Strategy['cost'] {
  if (placed.length < total) return { perMonth: null, currency, missing: [`a context of ${name} compute`] };
  return sumOf(
    placed.map(({ cell }) => cell.cost),
    currency,
  );
}

const rankOf = ({ placement }: Cell): number => PLACEMENTS.indexOf(placement);

/** The best that it has; of equals the serverless ones first, or the cheapest where the policy prefers that, then in the order of the contexts. */
function choose({ cells }: WorkloadCells, allowed: readonly Candidate[], { prefer }: Policy): Cell | null {
  const order = (cell: Cell) => allowed.findIndex(({ name }) => name === cell.context);
  const isServerless = (cell: Cell) => allowed[order(cell)]?.compute === 'serverless';
  const price = ({ cost }: Cell) => cost.perMonth ?? Number.POSITIVE_INFINITY;
  const compare = (a: Cell, b: Cell): number => {
    const byPrice = prefer === 'cost' && price(a) !== price(b) ? price(a) - price(b) : 0;
    return rankOf(a) - rankOf(b) || byPrice || Number(isServerless(b)) - Number(isServerless(a)) || order(a) - order(b);
  };
  return cells.filter((cell) => order(cell) >= 0).toSorted(compare)[0] ?? null;
}

/** From where the first of two kinds of compute writes to where the other reads, and back. */
function handoffsBetween(placed: readonly Placed[], { candidates, handoffs }: Given): Strategy['handoffs'] {
  const used = candidates.filter(({ name }) =>
    placed.some(({ cell }) => cell.context === name && cell.placement === 'suitable'),
  );
  return used.flatMap((writer) =>
    used.filter((reader) => reader.compute !== writer.compute).flatMap((reader) => handoffs(writer.name, reader.name)),
  );
}

type Setting = { readonly handoffs: Strategy['handoffs']; readonly allowed: readonly Candidate[] };

function feasibilityOf(total: number, placed: readonly Placed[], { handoffs, allowed }: Setting): Feasibility {
  if (allowed.length === 0 || placed.some(({ cell }) => cell.placement === 'unsuitable')) return 'infeasible';
  const isKnown = total > 0 && placed.length === total && placed.every(({ cell }) => cell.placement === 'suitable');
  if (handoffs.some(({ verdict }) => verdict === 'fail')) return 'infeasible';
  return isKnown && isHandedOver(placed, { handoffs, allowed }) ? 'feasible' : 'undetermined';
}

/** Where two kinds of compute share the work, what one writes the other must be able to read. */
const isHandedOver = (placed: readonly Placed[], { handoffs, allowed }: Setting): boolean =>
  !isSplit(placed, allowed) || (handoffs.length > 0 && handoffs.every(({ verdict }) => verdict === 'pass'));

const isSplit = (placed: readonly Placed[], allowed: readonly Candidate[]): boolean =>
  new Set(placed.map(({ cell }) => allowed.find(({ name }) => name === cell.context)?.compute)).size > 1;

const NO_HANDOFF =
  'what one kind of compute writes and the other reads: no target of type storage was tried in both, and a hybrid stands on that';

function missingFor(placed: readonly Placed[], { handoffs, allowed }: Setting): string[] {
  const ofCells = placed.flatMap(({ cell }) =>
    cell.placement === 'undetermined' ? cell.missing.map(({ what }) => what) : [],
  );
  const open = handoffs.filter(({ verdict }) => verdict !== 'pass');
  const ofHandoffs = open.map(({ target, observed }) => `the handoff through ${target}: ${observed}`);
  const none = isSplit(placed, allowed) && handoffs.length === 0 ? [NO_HANDOFF] : [];
  return [...new Set([...ofCells, ...ofHandoffs, ...none])];
}

type Found = Omit<Strategy, 'why' | 'feasibility'>;
type Weighed = { readonly feasibility: Feasibility; readonly allowed: readonly Candidate[]; readonly total: number };

function whyOf(found: Found, { feasibility, allowed, total }: Weighed): string {
  if (allowed.length === 0) return `No context of ${found.name} compute is declared, and none is in the evidence.`;
  if (total === 0) return 'No workload is declared, and none is in the evidence.';
  const broken = found.handoffs.filter(({ verdict }) => verdict === 'fail');
  const count = (placement: Cell['placement']) => found.placements.filter((one) => one.placement === placement).length;
  switch (feasibility) {
    case 'feasible':
      return `Each of ${countOf(total, 'workload')} is suitable: ${sharesText(found)}.${sameText(found, allowed)}`;
    case 'infeasible':
      if (count('unsuitable') === 0)
        return `What it hands over does not arrive: ${clausesText(broken.map(brokenText))}.`;
      return `${countOf(count('unsuitable'), 'workload')} of ${total} cannot run there as they are; ${countOf(found.actions.length, 'action')} would change that.`;
    case 'undetermined':
      return `Not known yet: missing is ${clausesText(found.missing, 3)}.`;
    default:
      return feasibility satisfies never;
  }
}

export const brokenText = ({ target, writtenIn, readIn, observed }: Strategy['handoffs'][number]): string =>
  `through ${target}, from ${writtenIn} to ${readIn}: ${observed}`;

/** Where it places nothing on one of the two, it is the other strategy. */
function sameText({ name, placements }: Found, allowed: readonly Candidate[]): string {
  const computes = new Set(placements.map(({ context }) => allowed.find((each) => each.name === context)?.compute));
  return name === 'hybrid' && computes.size === 1 ? ` That is the strategy ${[...computes].join('')}.` : '';
}

function sharesText({ placements }: Found): string {
  const contexts = [...new Set(placements.map(({ context }) => context))];
  return contexts
    .map((context) => `${placements.filter((one) => one.context === context).length} in ${context}`)
    .join(', ');
}
