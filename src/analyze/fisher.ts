import type { Counted } from './wilson.ts';

/** Tables whose chances differ by less are equally likely. */
const SLACK = 1e-7;

/** Fisher's exact test that two shares differ, two-sided: the chance of all tables with these margins that are not likelier than this one. */
export function fisherExact(first: Counted, second: Counted): number {
  const hits = first.count + second.count;
  const least = Math.max(0, hits - second.of);
  const most = Math.min(first.of, hits);
  const weights = weightsOf(first.of, second.of, hits, { least, most });
  const observed = (weights[first.count - least] ?? 0) * (1 + SLACK);
  let [total, asRare] = [0, 0];
  for (const weight of weights) {
    total += weight;
    if (weight <= observed) asRare += weight;
  }
  return Math.min(1, asRare / total);
}

/** How likely each count of the first is, as a multiple of the likeliest: from there outwards, so that nothing overflows. */
function weightsOf(
  firstOf: number,
  secondOf: number,
  hits: number,
  { least, most }: { readonly least: number; readonly most: number },
): Float64Array {
  const weights = new Float64Array(most - least + 1);
  const up = (count: number) => ((firstOf - count) * (hits - count)) / ((count + 1) * (secondOf - hits + count + 1));
  const mode = Math.min(most, Math.max(least, Math.floor(((hits + 1) * (firstOf + 1)) / (firstOf + secondOf + 2))));
  weights[mode - least] = 1;
  for (let count = mode; count < most; count += 1) {
    weights[count + 1 - least] = (weights[count - least] ?? 0) * up(count);
  }
  for (let count = mode; count > least; count -= 1) {
    weights[count - 1 - least] = (weights[count - least] ?? 0) / up(count - 1);
  }
  return weights;
}
