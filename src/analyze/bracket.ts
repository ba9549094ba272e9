import type { HoldAnalysis } from '../model/analysis.ts';
import { isConcluded, isLost, type LostOutcome, lostAtMs } from './holds.ts';

/** How long an idle connection lasts: longer than `aboveMs`, and no longer than `withinMs`. */
export type Bracket = {
  readonly aboveMs: number;
  readonly withinMs: number;
  readonly outcome: LostOutcome;
};

/** Holds that were idle as the real client is, and came to their end. */
export const idleAsClient = (holds: readonly HoldAnalysis[]): readonly HoldAnalysis[] =>
  holds.filter(({ kind, keepalive, outcome }) => kind === 'idle' && keepalive === 'as-client' && isConcluded(outcome));

/** From the earliest loss and what lived for less than that; null where nothing was lost. */
export function bracketOf(idle: readonly HoldAnalysis[]): Bracket | null {
  let first: Omit<Bracket, 'aboveMs'> | null = null;
  for (const hold of idle) {
    const { outcome } = hold;
    if (!isLost(outcome)) continue;
    const withinMs = lostAtMs(hold);
    if (first === null || withinMs < first.withinMs) first = { withinMs, outcome };
  }
  if (first === null) return null;
  const { withinMs } = first;
  const lived = idle.filter(({ outcome, plannedMs }) => outcome === 'alive' && plannedMs < withinMs);
  return { aboveMs: Math.max(0, ...lived.map(({ plannedMs }) => plannedMs)), ...first };
}
