import type { FailureSeen, RunOfTarget } from '../model/analysis.ts';

// How numbers become words. A bound is rounded up, never down.

/** A share as a percentage with one decimal, rounded up. */
export const percentUp = (share: number): string => `${Math.ceil(share * 1_000 - 1e-9) / 10} %`;

/** A share that was stated, not measured. */
export const percent = (share: number): string => `${Number((share * 100).toFixed(3))} %`;

/** How many of the month's job runs a bound allows to fail on average: `71 of 720`. */
export const ofRuns = (bound: number, runsPerMonth: number): string =>
  `${Math.ceil(bound * runsPerMonth - 1e-9)} of ${Math.ceil(runsPerMonth)}`;

export const countOf = (count: number, noun: string): string => `${count} ${noun}${count === 1 ? '' : 's'}`;

export const verb = (count: number, singular: string, plural: string): string => (count === 1 ? singular : plural);

const SPAN_UNITS = [
  [86_400_000, 'd'],
  [3_600_000, 'h'],
  [60_000, 'min'],
  [1_000, 's'],
] as const;

/** A span in its largest unit, rounded down: `16 h`. Two days and more are days. */
export function spanText(ms: number): string {
  for (const [unitMs, unit] of SPAN_UNITS) {
    const least = unit === 'd' ? 2 * unitMs : unitMs;
    if (ms >= least) return `${Math.floor(ms / unitMs)} ${unit}`;
  }
  return `${Math.floor(ms)} ms`;
}

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

const clockTime = (at: Date): string => at.toISOString().slice(11, 16);
const dayOf = (at: Date): string => `${at.getUTCDate()} ${MONTHS[at.getUTCMonth()]}`;

/** `24 Nov 08:00`, in UTC. */
export const dateText = (iso: string): string => `${dayOf(new Date(iso))} ${clockTime(new Date(iso))}`;

/** `24 Nov 08:00 to 26 Nov 09:00 UTC`. */
export const periodText = (from: string, to: string): string => `${dateText(from)} to ${dateText(to)} UTC`;

/** From the start of the first run to the end of the last, in their order; null where there is none. */
export function periodOf(runs: readonly Pick<RunOfTarget, 'startedAt' | 'endedAt'>[]): string | null {
  const [first] = runs;
  const last = runs.at(-1);
  return first === undefined || last === undefined ? null : periodText(first.startedAt, last.endedAt ?? last.startedAt);
}

/** The hours of one run: `14:02 to 14:19 UTC`, with its days where it passes midnight. */
export function hoursText(from: string, to: string): string {
  const [start, end] = [new Date(from), new Date(to)];
  if (dayOf(start) !== dayOf(end)) return periodText(from, to);
  return `${clockTime(start)} to ${clockTime(end)} UTC`;
}

const LISTED = 5;

/** The first few of many, and how many more there are. */
export const listText = (items: readonly string[], most = LISTED): string => joined(items, most, ', ');

/** The same of items that have commas of their own. */
export const clausesText = (items: readonly string[], most = LISTED): string => joined(items, most, '; ');

function joined(items: readonly string[], most: number, between: string): string {
  const more = items.length - most;
  return more > 0 ? `${items.slice(0, most).join(between)} and ${more} more` : items.join(between);
}

const NAMED_CAUSES = 3;

/** `login-timeout at authenticate (5 times), …`, the most frequent first. */
export function causesText(failures: readonly FailureSeen[]): string {
  const counts = new Map<string, number>();
  for (const { cause, stage, count } of failures) {
    const said = `${cause} at ${stage}`;
    counts.set(said, (counts.get(said) ?? 0) + count);
  }
  const most = [...counts].sort(([, a], [, b]) => b - a);
  return listText(
    most.map(([said, count]) => `${said} (${countOf(count, 'time')})`),
    NAMED_CAUSES,
  );
}
