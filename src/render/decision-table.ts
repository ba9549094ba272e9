import type { Decision } from '../model/decision.ts';
import { comparisonBlocks, contextBlocks, findingBlock, remarkRows } from './decision-evidence.ts';
import { policyRows } from './decision-policy.ts';
import { strategyBlocks } from './decision-strategies.ts';
import { worklistBlocks } from './decision-worklist.ts';
import { workloadBlocks } from './decision-workload.ts';

/** For people: what is to be done first, then the strategies, each workload, and what it all stands on and was judged by. */
export function renderDecision(decision: Decision): string {
  const blocks = [
    ...worklistBlocks(decision),
    ...strategyBlocks(decision),
    ...workloads(decision),
    ...comparisonBlocks(decision),
    ...contextBlocks(decision),
    remarkRows(decision),
    findingBlock(decision),
    policyRows(decision),
  ];
  return `${blocks
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.join('\n'))
    .join('\n\n')}\n`;
}

const workloads = (decision: Decision): string[][] =>
  decision.workloads.flatMap((workload) => workloadBlocks(workload, decision));
