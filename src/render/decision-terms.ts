import type { Cell, Decision } from '../model/decision.ts';
import { setAsideText, sincesOf } from './decision-policy.ts';
import { currencyOf } from './decision-words.ts';

/** What a cell does not say itself. */
export type CellTerms = {
  /** Of its cost. */
  readonly currency: string | null;
  /** The evidence that was set aside of what it uses, as sentences. */
  readonly since: readonly string[];
};

export const NO_TERMS: CellTerms = { currency: null, since: [] };

/** Those of a cell that stands in this decision. */
export const termsOf = (decision: Decision, cell: Cell): CellTerms => ({
  currency: currencyOf(decision),
  since: sincesFor(decision, cell).map(setAsideText),
});

function sincesFor({ workloads, policy }: Decision, cell: Cell) {
  const uses = workloads.find(({ cells }) => cells.includes(cell))?.uses ?? null;
  if (uses === null || uses === 'none') return [];
  return sincesOf(policy).filter(
    ({ target, context }) => uses.includes(target) && (context === null || context === cell.context),
  );
}
