import type { Block } from './blocks.ts';
import { THRESHOLD } from './criteria.ts';

// The evidence over runs (statistics, rule 1.1): a product of one factor a block, valid however often one looks, since under the rate that
// it is evidence against each factor is expected to be at most 1 (Ville's inequality). Kept as logarithms.

/** How far apart the rates are that are told apart: f0 = (1 - KAPPA) * f1. */
const KAPPA = 0.9;
const LEAST_FACTOR = 1e-300;

type Scored = Pick<Block, 'score' | 'raises'>;

/** The logarithm of the evidence that less than `share` of the job runs fail. */
export function lnPass(blocks: readonly Scored[], share: number): number {
  return blocks.reduce((sum, { score, raises }) => {
    const gain = Math.log(Math.max(1 + (KAPPA * (share - score)) / (1 - share), LEAST_FACTOR));
    return sum + (raises ? gain : Math.min(0, gain));
  }, 0);
}

/** The logarithm of the evidence that more than a tenth of `share` fail; a block that cannot raise a pass cannot excuse a failure either. */
export function lnFail(blocks: readonly Scored[], share: number): number {
  const accepted = share * (1 - KAPPA);
  const slope = (share - accepted) / (accepted * (1 - accepted));
  return blocks.reduce((sum, { score, raises }) => {
    const gain = Math.log(1 + slope * (score - accepted));
    return sum + (raises ? gain : Math.max(0, gain));
  }, 0);
}

/** The upper bound on the share of failing job runs, with 95 %, valid at every look. 1 where nothing was seen. */
export function upperBound(blocks: readonly Scored[]): number {
  let low = 0;
  let high = 1 - 1e-12;
  if (lnPass(blocks, high) < Math.log(THRESHOLD)) return 1;
  for (let step = 0; step < 60; step += 1) {
    const middle = (low + high) / 2;
    if (lnPass(blocks, middle) < Math.log(THRESHOLD)) low = middle;
    else high = middle;
  }
  return high;
}

/** What one clean block adds to the evidence for a pass. */
export const lnCleanGain = (share: number): number => Math.log(1 + (KAPPA * share) / (1 - share));
