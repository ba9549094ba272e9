// The normal distribution, for tests whose exact tail would take too long. Its error stays below 1.2e-7 of the tail itself.

/** Chebyshev coefficients of the complementary error function (Press et al., Numerical Recipes, 6.2, `erfcc`). */
const ERFC: readonly number[] = [
  -1.26551223, 1.00002368, 0.37409196, 0.09678418, -0.18628806, 0.27886807, -1.13520398, 1.48851587, -0.82215223,
  0.17087277,
];

function complementaryError(x: number): number {
  const t = 1 / (1 + Math.abs(x) / 2);
  const exponent = ERFC.reduceRight((sum, coefficient) => sum * t + coefficient, 0);
  const tail = t * Math.exp(-x * x + exponent);
  return x >= 0 ? tail : 2 - tail;
}

/** The chance of a value of at most `z`. */
export const normalLowerTail = (z: number): number => complementaryError(-z / Math.SQRT2) / 2;
