import { countOf, listText } from '../judge/words.ts';
import type { Cell, Decision, Strategy } from '../model/decision.ts';
import type { Policy } from '../model/policy.ts';
import type { Candidate } from './place.ts';
import type { WorkloadCells } from './strategies.ts';

// Which of the strategies, why, and how far that is from another answer.

/** The one that moves most to serverless compute stands first. */
const ORDER: readonly Strategy['name'][] = ['serverless', 'hybrid', 'dedicated'];

type Given = {
  readonly workloads: readonly WorkloadCells[];
  readonly candidates: readonly Candidate[];
  readonly policy: Policy;
};

export function recommend(strategies: readonly Strategy[], given: Given): Decision['recommended'] {
  const feasible = ORDER.flatMap((name) =>
    strategies.filter((one) => one.name === name && one.feasibility === 'feasible' && isItself(one, given.candidates)),
  );
  const chosen = given.policy.prefer === 'cost' ? cheapest(feasible) : (feasible[0] ?? null);
  if (chosen === null) {
    return {
      strategy: null,
      why: `None of the strategies is feasible yet: ${strategies.map(({ name, feasibility }) => `${name} is ${feasibility}`).join(', ')}.`,
      flips: [],
    };
  }
  return {
    strategy: chosen.name,
    why: `${chosen.why} ${reasonOf(chosen, feasible, given.policy)}`,
    flips: [
      ...toOtherStrategies(chosen, strategies),
      ...toLessEvidence(chosen, given.workloads),
      ...toOtherCosts(chosen, feasible, given),
    ],
  };
}

/** A hybrid that leaves everything on one kind of compute is that strategy, and called by its name. */
const isItself = ({ name, placements }: Strategy, candidates: readonly Candidate[]): boolean =>
  name !== 'hybrid' ||
  new Set(placements.map(({ context }) => candidates.find((each) => each.name === context)?.compute)).size > 1;

/** Null prices cannot be compared: then the order decides. */
function cheapest(feasible: readonly Strategy[]): Strategy | null {
  if (feasible.some(({ cost }) => cost.perMonth === null)) return feasible[0] ?? null;
  return feasible.toSorted((a, b) => (a.cost.perMonth ?? 0) - (b.cost.perMonth ?? 0))[0] ?? null;
}

function reasonOf(chosen: Strategy, feasible: readonly Strategy[], { prefer }: Policy): string {
  const others = feasible.filter(({ name }) => name !== chosen.name);
  if (others.length === 0) return 'It is the only one of the strategies that is feasible.';
  const names = others.map(({ name }) => name).join(' and ');
  if (prefer === 'serverless') {
    return `Also feasible: ${names}; this one moves most to serverless compute (policy.prefer: serverless).`;
  }
  return feasible.some(({ cost }) => cost.perMonth === null)
    ? `Also feasible: ${names}; what they cost is not known of all, so that the one that moves most to serverless compute is taken.`
    : `Also feasible: ${names}; this one costs least (policy.prefer: cost).`;
}

/** What each other one that is not feasible would take. */
const toOtherStrategies = (chosen: Strategy, strategies: readonly Strategy[]): string[] =>
  strategies
    .filter(({ name, feasibility }) => name !== chosen.name && feasibility !== 'feasible')
    .map(({ name, actions, placements, why }) => {
      const blocked = placements.filter(({ placement }) => placement === 'unsuitable').length;
      if (blocked === 0) return `${name}: ${why}`;
      return `${name} needs ${countOf(actions.length, 'action')}, for ${countOf(blocked, 'workload')}: ${listText(
        actions.map(({ cause, target }) => `${cause ?? 'blocked'}${target === null ? '' : ` at ${target}`}`),
      )}`;
    });

/** The cell that stands on the least evidence falls first. */
function toLessEvidence({ placements }: Strategy, workloads: readonly WorkloadCells[]): string[] {
  const cells = placements.flatMap(({ workload, context }) => {
    const cell = workloads.find(({ name }) => name === workload)?.cells.find((one) => one.context === context);
    return cell === undefined || cell.badRunsToLose === null ? [] : [{ workload, cell, bad: cell.badRunsToLose }];
  });
  const least = Math.min(...cells.map(({ bad }) => bad));
  const first = cells.filter(({ bad }) => bad === least);
  if (first.length === 0) return [];
  const runs = least === 1 ? 'one more bad run' : `${least} more bad runs`;
  return [
    `${runs} would take the pass away from ${listText(first.map(({ workload, cell }) => `${workload} in ${cell.context}`))}`,
  ];
}

/** By what factor the price of serverless compute would have to change for another feasible strategy to cost the same. */
function toOtherCosts(chosen: Strategy, feasible: readonly Strategy[], { workloads, candidates }: Given): string[] {
  const own = chosen.cost;
  if (own.perMonth === null) return [];
  const { currency } = own;
  return feasible.flatMap(({ name, cost, placements }) => {
    if (name === chosen.name || cost.perMonth === null || own.perMonth === null) return [];
    const difference = cost.perMonth - own.perMonth;
    const compared = `${name} costs ${moneyText(cost.perMonth, currency)} a month against ${moneyText(own.perMonth, currency)}`;
    const serverless = spentOnServerless(chosen.placements, { workloads, candidates });
    const otherServerless = spentOnServerless(placements, { workloads, candidates });
    const share = serverless - otherServerless;
    const factor = share === 0 ? null : 1 + difference / share;
    if (factor === null || factor <= 0) return [compared];
    return [
      `${compared}; they cost the same where serverless compute costs ${factorText(factor)} times what is declared`,
    ];
  });
}

const factorText = (factor: number): string => String(Number(factor.toPrecision(3)));

const moneyText = (amount: number, currency: string | null): string =>
  `${amount.toFixed(2)}${currency === null ? '' : ` ${currency}`}`;

function spentOnServerless(
  placements: Strategy['placements'],
  { workloads, candidates }: Pick<Given, 'workloads' | 'candidates'>,
): number {
  const isServerless = (cell: Cell) => candidates.find(({ name }) => name === cell.context)?.compute === 'serverless';
  return placements
    .flatMap(({ workload, context }) =>
      (workloads.find(({ name }) => name === workload)?.cells ?? []).filter(
        (cell) => cell.context === context && isServerless(cell),
      ),
    )
    .reduce((sum, { cost }) => sum + (cost.perMonth ?? 0), 0);
}
