import { causeText } from '../model/causes.ts';
import type { Action, Blocker, Cell } from '../model/decision.ts';
import { blockerText } from './why.ts';

// What is to be done, and what it opens: blockers of several workloads that one act removes are one action.

/** A cell and whose it is. */
export type Placed = { readonly workload: string; readonly cell: Cell };

/** A cell that is blocked, by the keys of the acts that would open it. */
type Blocked = { readonly workload: string; readonly context: string; readonly keys: ReadonlySet<string> };

type Draft = { readonly first: Blocker; readonly texts: Set<string> };

/** In the order in which most is opened soonest: first what opens many workloads alone, then what opens one together with few others. */
export function actionsOf(placed: readonly Placed[]): readonly Action[] {
  const drafts = new Map<string, Draft>();
  const blocked = placed.map(({ workload, cell }): Blocked => {
    const roots = rootsOf(cell.blockers);
    for (const blocker of roots) {
      const draft = drafts.get(keyOf(blocker)) ?? { first: blocker, texts: new Set() };
      draft.texts.add(textOf(blocker));
      drafts.set(keyOf(blocker), draft);
    }
    return { workload, context: cell.context, keys: new Set(roots.map(keyOf)) };
  });
  const order = orderOf(blocked);
  return order.flatMap((key, index) => {
    const draft = drafts.get(key);
    return draft === undefined ? [] : [actionOf(draft, key, { blocked, before: new Set(order.slice(0, index)) })];
  });
}

/** Again and again the cell that the fewest further acts open, and of equals the one with which most others open. */
function orderOf(blocked: readonly Blocked[]): readonly string[] {
  const done: string[] = [];
  const openKeys = ({ keys }: Blocked) => [...keys].filter((key) => !done.includes(key));
  for (;;) {
    const next = blocked
      .map(openKeys)
      .filter((keys) => keys.length > 0)
      .map((keys) => ({ keys, opens: blocked.filter((one) => isWithin(openKeys(one), keys)).length }))
      .sort(
        (a, b) => a.keys.length - b.keys.length || b.opens - a.opens || (a.keys.join() < b.keys.join() ? -1 : 1),
      )[0];
    if (next === undefined) return done;
    done.push(...next.keys);
  }
}

const isWithin = (some: readonly string[], keys: readonly string[]): boolean =>
  some.length > 0 && some.every((key) => keys.includes(key));

const RATE = 'fails-too-often';

/** A rate is what other blockers make of it: where its target has one with a cause of its own, that is to be mended. */
function rootsOf(blockers: readonly Blocker[]): readonly Blocker[] {
  const own = blockers.filter(({ cause, target }) => cause !== RATE && target !== null);
  const roots = blockers.filter(
    ({ cause, target }) => cause !== RATE || (target !== null && !own.some((one) => one.target === target)),
  );
  return roots.length > 0 ? roots : blockers;
}

/** One act mends a cause at a target, wherever it was met. */
const keyOf = ({ target, cause, rule, observed }: Blocker): string =>
  target === null ? `${rule} ${cause} ${rule.startsWith('runtime/') ? observed : ''}` : `${target} ${cause ?? rule}`;

/** Without a stanza to paste, which stands in the report. */
const textOf = (blocker: Blocker): string =>
  (blocker.action ?? causeText(blocker.cause ?? '').action).split('\n')[0]?.replace(/:$/, '.') ?? blockerText(blocker);

const MOST_TEXTS = 3;

type Among = { readonly blocked: readonly Blocked[]; readonly before: ReadonlySet<string> };

function actionOf({ first, texts }: Draft, key: string, { blocked, before }: Among): Action {
  const concerned = blocked.filter(({ keys }) => keys.has(key));
  const unblocks = concerned.filter(({ keys }) => keys.size === 1);
  const touches = concerned.filter(({ keys }) => keys.size > 1);
  const completes = touches.filter(({ keys }) => [...keys].every((each) => each === key || before.has(each)));
  return {
    action: [...texts].slice(0, MOST_TEXTS).join(' '),
    cause: first.cause,
    owner: first.owner,
    target: first.target,
    contexts: distinct(concerned.map(({ context }) => context)),
    unblocks: distinct(unblocks.map(({ workload }) => workload)),
    touches: distinct(touches.map(({ workload }) => workload)),
    completes: distinct(completes.map(({ workload }) => workload)),
  };
}

const distinct = (names: readonly string[]): string[] => [...new Set(names)];
