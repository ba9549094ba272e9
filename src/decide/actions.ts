import { causeText } from '../model/causes.ts';
import type { Action, Blocker, Cell } from '../model/decision.ts';
import { blockerText } from './why.ts';

// What is to be done, and what it opens: blockers of several workloads that one act removes are one action.

/** A cell and whose it is. */
export type Placed = { readonly workload: string; readonly cell: Cell };

type Draft = {
  readonly first: Blocker;
  readonly texts: Set<string>;
  readonly contexts: Set<string>;
  readonly unblocks: Set<string>;
  readonly touches: Set<string>;
};

/** Those first that open most on their own. */
export function actionsOf(cells: readonly Placed[]): readonly Action[] {
  const drafts = new Map<string, Draft>();
  for (const { workload, cell } of cells) {
    const roots = rootsOf(cell.blockers);
    const keys = new Set(roots.map(keyOf));
    for (const blocker of roots) {
      const draft = drafts.get(keyOf(blocker)) ?? draftOf(blocker);
      drafts.set(keyOf(blocker), draft);
      draft.texts.add(textOf(blocker));
      draft.contexts.add(cell.context);
      (keys.size === 1 ? draft.unblocks : draft.touches).add(workload);
    }
  }
  return [...drafts.values()].map(actionOf).sort(byReach);
}

const RATE = 'fails-too-often';

/** A rate is what other blockers make of it: where its target has one with a cause of its own, that is to be mended. */
function rootsOf(blockers: readonly Blocker[]): readonly Blocker[] {
  const own = blockers.filter(({ cause, target }) => cause !== RATE && target !== null);
  const ofTargets = blockers.filter(
    ({ cause, target }) => cause !== RATE || (target !== null && !own.some((one) => one.target === target)),
  );
  return ofTargets.length > 0 ? ofTargets : blockers;
}

/** One act mends a cause at a target, wherever it was met. */
const keyOf = ({ target, cause, rule, observed }: Blocker): string =>
  target === null ? `${rule} ${cause} ${rule.startsWith('runtime/') ? observed : ''}` : `${target} ${cause ?? rule}`;

const draftOf = (first: Blocker): Draft => ({
  first,
  texts: new Set(),
  contexts: new Set(),
  unblocks: new Set(),
  touches: new Set(),
});

/** Without a stanza to paste, which stands in the report. */
const textOf = (blocker: Blocker): string =>
  (blocker.action ?? causeText(blocker.cause ?? '').action).split('\n')[0]?.replace(/:$/, '.') ?? blockerText(blocker);

const MOST_TEXTS = 3;

function actionOf({ first, texts, contexts, unblocks, touches }: Draft): Action {
  return {
    action: [...texts].slice(0, MOST_TEXTS).join(' '),
    cause: first.cause,
    owner: first.owner,
    target: first.target,
    contexts: [...contexts],
    unblocks: [...unblocks],
    touches: [...touches].filter((name) => !unblocks.has(name)),
  };
}

const byReach = (a: Action, b: Action): number =>
  b.unblocks.length - a.unblocks.length ||
  b.touches.length - a.touches.length ||
  (a.target ?? '').localeCompare(b.target ?? '') ||
  (a.cause ?? '').localeCompare(b.cause ?? '');
