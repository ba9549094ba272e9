import { betaQuantile } from './beta.ts';

// Clopper and Pearson's exact limits on a share, for one look at a fixed sample. One-sided and two-sided are never mixed: each has its name.

/** The share is below this with 95 %. */
export const upperBound95 = (failed: number, total: number): number => upper(failed, total, 0.95);

/** The share is above this with 95 %. */
export const lowerBound95 = (failed: number, total: number): number => lower(failed, total, 0.05);

/** The share lies between these with 95 %. */
export const interval95 = (failed: number, total: number): { readonly lower: number; readonly upper: number } => ({
  lower: lower(failed, total, 0.025),
  upper: upper(failed, total, 0.975),
});

const upper = (failed: number, total: number, probability: number): number =>
  failed >= total ? 1 : betaQuantile(probability, failed + 1, total - failed);

const lower = (failed: number, total: number, probability: number): number =>
  failed === 0 ? 0 : betaQuantile(probability, failed, total - failed + 1);
