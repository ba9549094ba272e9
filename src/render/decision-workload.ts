import type { BreakEven, Decision, DecisionWorkload } from '../model/decision.ts';
import { cellRows } from './decision-cell.ts';
import { termsOf } from './decision-terms.ts';
import { percentText, spanText } from './decision-words.ts';
import { row, titled } from './layout.ts';

/** Where it goes; then each context with its reason. */
export function workloadBlocks(workload: DecisionWorkload, decision: Decision): string[][] {
  return [
    [...headingOf(workload), ...workload.breakEven.flatMap(breakEvenRow)],
    ...workload.cells.map((cell) => cellRows(cell, termsOf(decision, cell))),
  ];
}

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

const breakEvenRow = ({ contexts, durationSeconds, dutyCycle, cheaperBelow }: BreakEven): string[] =>
  row(
    'break-even',
    `${contexts.join(' and ')} cost the same at ${spanText(durationSeconds)} a run, which is then ${percentText(Number(dutyCycle.toFixed(3)))} of a month; below it ${cheaperBelow} costs less`,
  );
