// Intervals for comparing two shares. Two-sided, for one look at a fixed sample; never mixed with the one-sided bounds of a verdict.

/** So many of so many. */
export type Counted = { readonly count: number; readonly of: number };

export type Interval = { readonly lower: number; readonly upper: number };

/** The normal distribution's 97.5 % quantile. */
const Z = 1.959963984540054;

/** Wilson's score interval, two-sided 95 %, without continuity correction. */
export function wilson95({ count, of }: Counted): Interval {
  const share = count / of;
  const centre = share + (Z * Z) / (2 * of);
  const reach = Z * Math.sqrt((share * (1 - share)) / of + (Z * Z) / (4 * of * of));
  const scale = 1 + (Z * Z) / of;
  return {
    // At the ends the limit is exact, and the arithmetic is not.
    lower: count === 0 ? 0 : (centre - reach) / scale,
    upper: count === of ? 1 : (centre + reach) / scale,
  };
}

/** Newcombe's interval (method 10) for the difference of two shares, two-sided 95 %: its limits come from Wilson's. */
export function newcombe95(first: Counted, second: Counted): Interval & { readonly difference: number } {
  const [p1, p2] = [first.count / first.of, second.count / second.of];
  const [one, two] = [wilson95(first), wilson95(second)];
  const difference = p1 - p2;
  return {
    difference,
    lower: difference - Math.hypot(p1 - one.lower, two.upper - p2),
    upper: difference + Math.hypot(one.upper - p1, p2 - two.lower),
  };
}
