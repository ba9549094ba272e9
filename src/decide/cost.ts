import type { Analysis } from '../model/analysis.ts';
import type { ContextDeclaration } from '../model/config.ts';
import type { BreakEven, CellCost, Strategy } from '../model/decision.ts';
import type { WorkloadRecord } from '../model/records.ts';

// What a workload costs in a context, from what is declared and measured. No price is built in, and a number that is missing is named.

export type PricedContext = {
  readonly name: string;
  readonly costPerHour: number | null;
  readonly startupMs: number | null;
  readonly idleKeptMs: number | null;
  readonly minimumBillingMs: number | null;
  /** The median over the runs that count and say when they were asked for. */
  readonly measuredStartupMs: number | null;
};

const SECOND_MS = 1_000;
const HOUR_MS = 3_600_000;

/** Of an average year. */
const MONTH_MS = 730 * HOUR_MS;

/** `analyses` are those of this context, one a vantage. */
export function pricedContext(
  name: string,
  declared: ContextDeclaration | undefined,
  analyses: readonly Analysis[],
): PricedContext {
  return {
    name,
    costPerHour: declared?.costPerHour ?? null,
    startupMs: declared?.startupMs ?? null,
    idleKeptMs: declared?.idleKeptMs ?? null,
    minimumBillingMs: declared?.minimumBillingMs ?? null,
    measuredStartupMs: medianOf(analyses.flatMap(startupsOf)),
  };
}

function startupsOf({ runs }: Analysis): readonly number[] {
  return runs.flatMap(({ counted, requestedAt, startedAt }) => {
    if (!counted || requestedAt === null) return [];
    // the clock of the platform may be a little ahead of the run's
    return [Math.max(0, Date.parse(startedAt) - Date.parse(requestedAt))];
  });
}

function medianOf(values: readonly number[]): number | null {
  const sorted = [...values].sort((a, b) => a - b);
  const [low, high] = [sorted[(sorted.length - 1) >> 1], sorted[sorted.length >> 1]];
  return low === undefined || high === undefined ? null : (low + high) / 2;
}

/** What is declared goes before what was measured. */
const startupOf = ({ startupMs, measuredStartupMs }: PricedContext): number | null => startupMs ?? measuredStartupMs;

type Billed = Pick<PricedContext, 'idleKeptMs' | 'minimumBillingMs'> & { readonly startupMs: number };

/** What is paid for of one run that lasts so long. */
const billedMs = (durationMs: number, { startupMs, idleKeptMs, minimumBillingMs }: Billed): number =>
  Math.max(startupMs + durationMs + (idleKeptMs ?? 0), minimumBillingMs ?? 0);

export function costOf({ name, durationMs, runsPerMonth }: WorkloadRecord, context: PricedContext): CellCost {
  const startupMs = startupOf(context);
  const { costPerHour } = context;
  const billedHours =
    startupMs === null || durationMs === null || runsPerMonth === null
      ? null
      : (billedMs(durationMs, { ...context, startupMs }) / HOUR_MS) * runsPerMonth;
  return {
    perMonth: billedHours === null || costPerHour === null ? null : billedHours * costPerHour,
    billedHours,
    startupSeconds: startupMs === null ? null : startupMs / SECOND_MS,
    startupFrom: startupMs === null ? null : context.startupMs === null ? 'measured' : 'declared',
    missing: [
      ...(costPerHour === null ? [`contexts.${context.name}.costPerHour`] : []),
      ...(startupMs === null ? [`contexts.${context.name}.startup (neither declared nor measured)`] : []),
      ...(durationMs === null ? [`workloads.${name}.duration`] : []),
      ...(runsPerMonth === null ? [`workloads.${name}.runsPerMonth`] : []),
    ],
  };
}

/** Of all that a strategy runs; null where that of one of them is. */
export function sumOf(costs: readonly CellCost[], currency: string | null): Strategy['cost'] {
  const known = costs.flatMap(({ perMonth }) => perMonth ?? []);
  const missing = [...costs.flatMap((cost) => cost.missing), ...(currency === null ? ['policy.currency'] : [])];
  return {
    perMonth: known.length < costs.length ? null : known.reduce((sum, perMonth) => sum + perMonth, 0),
    currency,
    missing: [...new Set(missing)],
  };
}

/** What is left of two equal costs after rounding. */
const EQUAL = 1e-9;

type Price = { readonly name: string; costOfRun(durationMs: number): number; readonly kinkMs: number };

/** For each pair of contexts with a price, every duration at which they change places within a month of its runs. */
export function breakEvenOf(
  { runsPerMonth }: WorkloadRecord,
  contexts: readonly PricedContext[],
): readonly BreakEven[] {
  if (runsPerMonth === null || runsPerMonth <= 0) return [];
  const prices = contexts.flatMap((context) => priceOf(context) ?? []);
  return prices.flatMap((one, index) =>
    prices.slice(index + 1).flatMap((other) =>
      crossingsOf(one, other, MONTH_MS / runsPerMonth).map(({ atMs, cheaperBelow }) => ({
        contexts: [one.name, other.name] satisfies [string, string],
        durationSeconds: atMs / SECOND_MS,
        dutyCycle: Math.min(1, (atMs * runsPerMonth) / MONTH_MS),
        cheaperBelow,
      })),
    ),
  );
}

function priceOf(context: PricedContext): Price | null {
  const startupMs = startupOf(context);
  const { name, costPerHour, idleKeptMs, minimumBillingMs } = context;
  if (costPerHour === null || startupMs === null) return null;
  return {
    name,
    costOfRun: (durationMs) => costPerHour * billedMs(durationMs, { ...context, startupMs }),
    // up to there the minimum is paid
    kinkMs: Math.max(0, (minimumBillingMs ?? 0) - startupMs - (idleKeptMs ?? 0)),
  };
}

type Point = { readonly atMs: number; readonly difference: number };
type Crossing = { readonly atMs: number; readonly cheaperBelow: string };

/** Between two kinks both costs are straight lines; with a minimum they may cross twice. */
function crossingsOf(one: Price, other: Price, longestMs: number): readonly Crossing[] {
  const kinks = [one.kinkMs, other.kinkMs].filter((kinkMs) => kinkMs > 0 && kinkMs < longestMs);
  const points = [0, ...kinks.sort((a, b) => a - b), longestMs].map((atMs) => pointAt(atMs, one, other));
  const crossings: Crossing[] = [];
  let last: Point | null = null;
  let touched: Point | null = null;
  for (const point of points) {
    if (point.difference === 0) {
      touched ??= point;
      continue;
    }
    if (last !== null && Math.sign(last.difference) !== Math.sign(point.difference)) {
      crossings.push({
        atMs: touched?.atMs ?? between(last, point),
        cheaperBelow: last.difference < 0 ? one.name : other.name,
      });
    }
    last = point;
    touched = null;
  }
  return crossings;
}

function pointAt(atMs: number, one: Price, other: Price): Point {
  const [a, b] = [one.costOfRun(atMs), other.costOfRun(atMs)];
  return { atMs, difference: Math.abs(a - b) <= EQUAL * Math.max(a, b) ? 0 : a - b };
}

const between = (from: Point, to: Point): number =>
  from.atMs + ((to.atMs - from.atMs) * from.difference) / (from.difference - to.difference);
