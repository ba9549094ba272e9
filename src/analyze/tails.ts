import { betaDistribution } from './beta.ts';

// How likely so many hits or more are, by chance alone.

/** Of so many tries that each hit with the same chance. */
export function binomialUpperTail(hits: number, tries: number, chance: number): number {
  if (hits <= 0) return 1;
  return hits > tries ? 0 : betaDistribution(chance, hits, tries - hits + 1);
}

/** Of tries that each hit with a chance of their own. */
export function unequalUpperTail(hits: number, chances: readonly number[]): number {
  // The chance of each number of hits below the one asked for, try by try.
  const fewer = new Float64Array(Math.max(0, hits));
  if (hits > 0) fewer[0] = 1;
  for (const chance of chances) {
    for (let count = hits - 1; count >= 0; count -= 1) {
      const hit = count > 0 ? (fewer[count - 1] ?? 0) * chance : 0;
      fewer[count] = (fewer[count] ?? 0) * (1 - chance) + hit;
    }
  }
  return Math.max(0, 1 - fewer.reduce((sum, each) => sum + each, 0));
}

/** A coin tossed so many times: the chance of a split at least as uneven, to either side. */
export const signTest = (some: number, others: number): number =>
  Math.min(1, 2 * binomialUpperTail(Math.max(some, others), some + others, 0.5));
