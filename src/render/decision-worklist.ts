import type { Action, Decision } from '../model/decision.ts';
import { loosenings, setAsideText, sincesOf } from './decision-policy.ts';
import { instantText, listed, spanText } from './decision-words.ts';
import { labRow } from './lab-row.ts';
import { countOf, plain, row, titled, WIDTH } from './layout.ts';

type Worklist = Decision['worklist'];

/** It stands first: how many workloads may go where, and then what opens most of the rest. */
export const worklistBlocks = (decision: Decision): string[][] => [
  [...heading(decision), ...contextRows(decision), ...easedRows(decision)],
  actionBlock(decision.worklist.actions),
  runsBlock(decision.worklist.runs),
  missingBlock(decision.worklist.missing),
];

const heading = ({ decidedAt, policy, workloads, contexts }: Decision): string[] =>
  titled(
    'WORKLIST',
    `${countOf(workloads.length, 'workload')} in ${countOf(contexts.length, 'context')}, decided ${instantText(decidedAt)} under the profile ${policy.profile}`,
  );

function contextRows({ worklist: { contexts }, workloads }: Decision): string[] {
  if (contexts.length === 0) return row('', 'no context is declared, and none is in the evidence');
  const width = Math.max(...contexts.map(({ context }) => plain(context).length));
  return contexts.flatMap((counts) => {
    const waived = workloads.filter(({ cells }) =>
      cells.some((cell) => cell.context === counts.context && cell.waived.length > 0),
    );
    const text = countsText(counts, waived.length);
    const line = `  ${plain(counts.context).padEnd(width)}  ${text}`;
    return line.length <= WIDTH ? [line] : row('', `${counts.context}: ${text}`);
  });
}

function countsText({ suitable, unsuitable, undetermined }: Worklist['contexts'][number], waived: number): string {
  const [first, second, third] = [suitable, unsuitable, undetermined].map((count) => String(count).padStart(3));
  const rest = waived === 0 ? '' : `   (${waived} with WAIVED findings)`;
  return `${first} suitable  ${second} unsuitable  ${third} undetermined${rest}`;
}

/** What made a pass easier, or is no real system, is said before anything is done on the strength of it. */
const easedRows = (decision: Decision): string[] => [
  ...waivedRow(decision),
  ...sinceRows(decision.policy),
  ...loosenings(decision.policy).flatMap((text) => row('LOOSENED', `policy.independence: ${text}`)),
  ...labRows(decision.contexts),
];

function waivedRow({ workloads, policy: { waivers } }: Decision): string[] {
  const cells = workloads.flatMap(({ name, cells }) =>
    cells.filter(({ waived }) => waived.length > 0).map(({ context }) => `${name} in ${context}`),
  );
  if (cells.length === 0 && waivers.length === 0) return [];
  const where = cells.length === 0 ? 'no finding here is waived' : `findings are waived of ${listed(cells)}`;
  return row('WAIVED', `${countOf(waivers.length, 'waiver')} in the policy; ${where}`);
}

const SHOWN = 3;

function sinceRows(policy: Decision['policy']): string[] {
  const rest = policy.since.length - Math.min(SHOWN, sincesOf(policy).length);
  return [
    ...sincesOf(policy)
      .slice(0, SHOWN)
      .flatMap((since) => row('SINCE', setAsideText(since))),
    ...(rest > 0 ? row('SINCE', `${countOf(rest, 'further use')} of policy.since, listed under POLICY`) : []),
  ];
}

function labRows(contexts: Decision['contexts']): string[] {
  const runs = contexts.flatMap(({ vantages }) => vantages.map((one) => one.runs));
  const lab = runs.reduce((sum, one) => sum + one.lab, 0);
  const all = runs.reduce((sum, { counted, notCounted }) => sum + counted + notCounted, 0);
  return labRow('LAB', lab, all);
}

function actionBlock(actions: readonly Action[]): string[] {
  if (actions.length === 0) return titled('TO DO', 'nothing was found that blocks a workload');
  return [
    ...titled('TO DO', `${countOf(actions.length, 'action')}, in the order in which most is unblocked soonest`),
    ...actions.flatMap((action, index) => actionRows(action, index + 1)),
  ];
}

function actionRows(action: Action, number: number): string[] {
  const { action: what, cause, owner, target, contexts } = action;
  const where = [...(target === null ? [] : [`at ${target}`]), `in ${contexts.join(', ')}`].join(' ');
  return [
    ...row(`${number}.`, `${what}${cause === null ? '' : ` [${cause}]`}`),
    ...row('', `${where}; owner ${owner ?? 'unknown'}`),
    ...reachRows(action).flatMap((text) => row('', text)),
  ];
}

/** What it opens on its own, what with those that stand before it, and what waits for those after it too. */
function reachRows({ unblocks, touches, completes }: Action): readonly string[] {
  const waiting = touches.filter((name) => !completes.includes(name));
  const many = (names: readonly string[]) => `${countOf(names.length, 'workload')}: ${listed(names)}`;
  return [
    unblocks.length === 0 ? 'unblocks no workload on its own' : `unblocks ${many(unblocks)}`,
    ...(completes.length === 0 ? [] : [`with the actions before it unblocks ${many(completes)}`]),
    ...(waiting.length === 0 ? [] : [`touches ${many(waiting)}, which other actions must open too`]),
  ];
}

function runsBlock(runs: Worklist['runs']): string[] {
  if (runs.length === 0) return [];
  return [
    ...titled('RUNS TO MAKE', 'as many as are needed if each of them is clean'),
    ...runs.flatMap((one) => row('-', runsText(one))),
  ];
}

function runsText({ context, vantage, runs, spanSeconds, workloads }: Worklist['runs'][number]): string {
  const many = runs === 0 ? 'runs' : `${countOf(runs, 'run')}`;
  const over = spanSeconds === 0 ? '' : ` over at least another ${spanText(spanSeconds)}`;
  return `${many}${over} in ${context}, from the ${vantage}: for ${countOf(workloads.length, 'workload')}: ${listed(workloads)}`;
}

function missingBlock(missing: Worklist['missing']): string[] {
  if (missing.length === 0) return [];
  return [
    ...titled('MISSING', 'without which it is not known whether a workload can run there'),
    ...missing.flatMap(({ what, context, workloads }) =>
      row('-', `${context}: ${what} (for ${countOf(workloads.length, 'workload')}: ${listed(workloads)})`),
    ),
  ];
}
