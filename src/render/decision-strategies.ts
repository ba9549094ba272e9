import { type Action, type Decision, type Handoff, PLACEMENTS, type Strategy } from '../model/decision.ts';
import { listed, moneyText } from './decision-words.ts';
import { row, titled } from './layout.ts';

/** The one that is recommended and how far it is from another answer; then all three. */
export const strategyBlocks = ({ recommended, strategies }: Decision): string[][] => [
  recommendedRows(recommended),
  ...strategies.map(strategyRows),
];

const recommendedRows = ({ strategy, why, flips }: Decision['recommended']): string[] => [
  ...titled('RECOMMENDED', `${strategy === null ? 'no strategy' : strategy}: ${why}`),
  ...flips.flatMap((flip) => row('flips', flip)),
];

function strategyRows(strategy: Strategy): string[] {
  const { name, feasibility, why, missing, handoffs } = strategy;
  return [
    ...titled(feasibility.toUpperCase(), `strategy ${name}: ${why}`),
    ...placementRows(strategy),
    ...actionRows(strategy.actions),
    ...missing.flatMap((what) => row('missing', what)),
    ...handoffs.flatMap(handoffRow),
    ...costRow(strategy),
  ];
}

const NAMED = 8;

/** Together what goes to one place; then what too little is known of, and what cannot run there. */
function placementRows({ placements }: Strategy): string[] {
  const places = new Map<string, string[]>();
  const ordered = placements.toSorted((a, b) => PLACEMENTS.indexOf(a.placement) - PLACEMENTS.indexOf(b.placement));
  for (const { workload, context, placement } of ordered) {
    const place = context === null ? placement.toUpperCase() : `in ${context}`;
    places.set(place, [...(places.get(place) ?? []), workload]);
  }
  return [...places].flatMap(([place, names], index) =>
    row(index === 0 ? 'places' : '', `${names.length} ${place}: ${listed(names, NAMED)}`),
  );
}

const SHOWN = 5;

function actionRows(actions: readonly Action[]): string[] {
  const more = actions.length - SHOWN;
  return [
    ...actions.slice(0, SHOWN).flatMap((action) => row('do', actionText(action))),
    ...(more > 0 ? row('', `and ${more} more, which are in the worklist`) : []),
  ];
}

const actionText = ({ action, cause, owner, target, contexts, unblocks, touches }: Action): string =>
  `${owner ?? 'owner unknown'}: ${action} [${cause ?? 'blocked'}${target === null ? '' : ` at ${target}`} in ` +
  `${contexts.join(', ')}; unblocks ${unblocks.length}, touches ${touches.length} more]`;

const handoffRow = ({ target, writtenIn, readIn, verdict, observed }: Handoff): string[] =>
  row('handoff', `${verdict.toUpperCase()} ${target}, written in ${writtenIn} and read in ${readIn}: ${observed}`);

function costRow({ cost: { perMonth, currency, missing } }: Strategy): string[] {
  const known = perMonth === null ? 'not known' : `${moneyText(perMonth, currency)} a month`;
  return row('cost', missing.length === 0 ? known : `${known}; missing: ${listed(missing, NAMED)}`);
}
