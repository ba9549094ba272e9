import type { BreakEven, Cell, Decision, DecisionWorkload } from '../model/decision.ts';
import { type CellTerms, cellRows } from './decision-cell.ts';
import { setAsideText, sincesOf } from './decision-policy.ts';
import { currencyOf, percentText, spanText } from './decision-words.ts';
import { row, titled } from './layout.ts';

/** Where it goes; then each context with its reason. */
export function workloadBlocks(workload: DecisionWorkload, decision: Decision): string[][] {
  return [
    [...headingOf(workload), ...workload.breakEven.flatMap(breakEvenRow)],
    ...workload.cells.map((cell) => cellRows(cell, termsOf(decision, workload, cell))),
  ];
}

/** What a cell does not say itself: the currency of its cost, and the evidence that was set aside for it. */
export const termsOf = (
  decision: Decision,
  workload: DecisionWorkload,
  { context }: Pick<Cell, 'context'>,
): CellTerms => ({
  currency: currencyOf(decision),
  since: sincesFor(workload, context, decision.policy),
});

function headingOf({ name, placement, uses, connectsFrom, needs, stateless, judgedBy, cells }: DecisionWorkload) {
  const goesTo =
    placement === null ? 'placed nowhere: nothing suits, or too little is known' : `placed in ${placement}`;
  const parts = [
    `uses ${uses === null ? 'not declared' : uses === 'none' ? 'nothing' : uses.join(', ')}`,
    ...(connectsFrom === null ? [] : [`connects from the ${connectsFrom}`]),
    ...(needs.length === 0 ? [] : [`needs ${needs.join(', ')}`]),
    ...(stateless ? ['keeps nothing between its runs'] : []),
    judgedBy === 'config' ? 'judged as configured' : 'judged as the evidence declares it',
  ];
  return [
    ...titled('WORKLOAD', `${name}: ${goesTo}`),
    ...row('declared', parts.join('; ')),
    ...(cells.length === 0 ? row('why', 'there is no context to place it in') : []),
  ];
}

const sincesFor = ({ uses }: DecisionWorkload, context: string, policy: Decision['policy']): readonly string[] =>
  sincesOf(policy)
    .filter((since) => uses !== null && uses !== 'none' && uses.includes(since.target))
    .filter((since) => since.context === null || since.context === context)
    .map(setAsideText);

function breakEvenRow({ contexts, durationSeconds, dutyCycle, cheaperBelow }: BreakEven): string[] {
  const above = contexts.find((context) => context !== cheaperBelow) ?? cheaperBelow;
  return row(
    'break-even',
    `at ${spanText(durationSeconds)} a run (it then runs ${percentText(Number(dutyCycle.toFixed(3)))} of a month): ${cheaperBelow} costs less below it, ${above} above it`,
  );
}
