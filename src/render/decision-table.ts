import type { Decision } from '../model/decision.ts';
import { cellRows } from './decision-cell.ts';

/** For people: what is to be done first, then the strategies, each workload, and what it all was judged by. */
export function renderDecision(decision: Decision): string {
  const blocks = decision.workloads.flatMap(({ cells }) =>
    cells.map((cell) => cellRows(cell, { currency: null, since: [] })),
  );
  return `${blocks.map((lines) => lines.join('\n')).join('\n\n')}\n`;
}
