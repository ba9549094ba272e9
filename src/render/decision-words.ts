import type { Blocker, Decision } from '../model/decision.ts';

// How names and numbers of a decision become words.

const LISTED = 5;

/** The first few of many, and how many more there are. */
export function listed(names: readonly string[], most = LISTED): string {
  const more = names.length - most;
  return more > 0 ? `${names.slice(0, most).join(', ')} and ${more} more` : names.join(', ');
}

const SPANS = [
  { unit: 'd', seconds: 86_400, from: 2 * 86_400 },
  { unit: 'h', seconds: 3_600, from: 3_600 },
  { unit: 'min', seconds: 60, from: 60 },
] as const;

/** With one decimal, rounded up: what is asked for is never said to be less. */
export function spanText(seconds: number): string {
  const span = SPANS.find(({ from }) => seconds >= from);
  return span === undefined ? `${decimalUp(seconds)} s` : `${decimalUp(seconds / span.seconds)} ${span.unit}`;
}

const decimalUp = (value: number): number => Math.ceil(value * 10 - 1e-9) / 10;

export const moneyText = (amount: number, currency: string | null): string =>
  currency === null ? amount.toFixed(2) : `${amount.toFixed(2)} ${currency}`;

/** It is that of the policy, which is the same for all. */
export const currencyOf = ({ strategies }: Decision): string | null => strategies[0]?.cost.currency ?? null;

/** `26 Nov 09:00` would be of any year, and a decision is kept. */
export const instantText = (iso: string): string => `${iso.slice(0, 10)} ${iso.slice(11, 16)} UTC`;

/** A share that was stated or is exact, as a percentage. */
export const percentText = (share: number): string => `${Number((share * 100).toFixed(3))} %`;

/** What a finding is of: a target, or nothing smaller than the context. */
export const ofTarget = (target: string | null, text: string): string =>
  target === null ? text : `${target}: ${text}`;

/** Rule and cause: what `probe explain` and a waiver are asked for. */
export const named = ({ rule, cause }: Pick<Blocker, 'rule' | 'cause'>): string =>
  cause === null ? `[${rule}]` : `[${rule}: ${cause}]`;
