import { fisherExact } from '../../analyze/fisher.ts';
import { holm } from '../../analyze/holm.ts';
import { type Counted, newcombe95 } from '../../analyze/wilson.ts';
import { countOf } from '../../judge/words.ts';
import type { TargetComparison } from '../../model/decision.ts';
import { type Found, isOfOneType, type Sides } from './side.ts';

// Two shares of independent runs that met a failure (statistics §6). Never of attempts: those of one run are one draw.

/** With one independent run a comparison is not possible. */
export const LEAST_RUNS = 2;

/** Shares within so much of each other are as good as equal. */
export const MARGIN = 0.1;

const SIGNIFICANT = 0.05;
/** More than any budget of runs leaves. */
const MOST_RUNS = 10_000;

export type Rates = NonNullable<TargetComparison['rates']> & {
  /** Over how many targets Holm’s adjustment was made. */
  readonly among: number;
};

/** Of each target; null where it has too few runs on a side. */
export function ratesOf(found: readonly Found[]): readonly (Rates | null)[] {
  const tables = found.map(({ baseline, other }) =>
    baseline === null || other === null ? null : tableOf({ baseline, other }),
  );
  const tested = tables.filter((table) => table !== null);
  const adjusted = holm(tested.map(([baseline, other]) => fisherExact(baseline, other)));
  return tables.map((table) => {
    if (table === null) return null;
    const [baseline, other] = table;
    const { difference, lower, upper } = newcombe95(other, baseline);
    return {
      baseline: { met: baseline.count, of: baseline.of },
      other: { met: other.count, of: other.of },
      difference,
      lower,
      upper,
      p: adjusted[tested.indexOf(table)] ?? 1,
      among: tested.length,
    };
  });
}

function tableOf({ baseline, other }: Sides): readonly [Counted, Counted] | null {
  const isEnough = [baseline, other].every(({ counted }) => counted.of >= LEAST_RUNS);
  return isEnough && isOfOneType({ baseline, other }) ? [baseline.counted, other.counted] : null;
}

/** Which of two fails more often; null where they are not told apart. */
export function tellsApart({ p, difference }: Rates): 'worse' | 'better' | null {
  if (p >= SIGNIFICANT) return null;
  return difference > 0 ? 'worse' : 'better';
}

export const isWithinMargin = ({ lower, upper }: Pick<Rates, 'lower' | 'upper'>): boolean =>
  lower > -MARGIN && upper < MARGIN;

/** How many runs each context needs, if no further one meets a failure, for an interval within the margin; null where no budget allows it. */
export function runsForMargin(baseline: Counted, other: Counted): number | null {
  for (let runs = LEAST_RUNS; runs <= MOST_RUNS; runs += 1) {
    const of = ({ count, of: made }: Counted): Counted => ({ count, of: Math.max(made, runs) });
    if (isWithinMargin(newcombe95(of(other), of(baseline)))) return runs;
  }
  return null;
}

/** `6 of 30 independent runs met a failure in serverless, 0 of 30 in dedicated: …`. */
export function rateText(rates: Rates, { baseline, other }: Sides): string {
  const { met, of } = rates.other;
  return (
    `${met} of ${countOf(of, 'independent run')} met a failure in ${other.context}, ${rates.baseline.met} of ${rates.baseline.of} in ` +
    `${baseline.context}: a difference of ${points(rates.difference)} points (${intervalText(rates)}, two-sided 95 %); ` +
    `Fisher’s exact test over ${of + rates.baseline.of} runs: p ${chanceText(rates.p)} after Holm over ${countOf(rates.among, 'target')}`
  );
}

/** In points, rounded away from the middle. */
export const intervalText = ({ lower, upper }: Pick<Rates, 'lower' | 'upper'>): string =>
  `${Math.floor(lower * 1_000 + 1e-9) / 10} to ${Math.ceil(upper * 1_000 - 1e-9) / 10}`;

const points = (share: number): string => `${share > 0 ? '+' : ''}${Math.round(share * 1_000) / 10}`;

/** Rounded up, as a bound is. */
function chanceText(p: number): string {
  if (p < 0.0001) return 'below 0.0001';
  return `= ${Math.ceil(p * 10_000 - 1e-9) / 10_000}`;
}
