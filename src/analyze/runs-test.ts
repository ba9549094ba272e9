import { normalLowerTail } from './normal.ts';

// Wald and Wolfowitz's test: whether failures stand together more than in a random order. A run of the test is a stretch of equal outcomes;
// few of them are a sign of bursts.

/** A sequence of outcomes: how many of each, and in how many stretches. */
export type Sequence = { readonly failed: number; readonly succeeded: number; readonly stretches: number };

export type RunsTest = {
  readonly stretches: number;
  readonly z: number;
  /** Chance of so few stretches or fewer, had each sequence been in a random order. */
  readonly p: number;
};

/** From so many failures on, the normal distribution stands for the exact one. */
const LEAST_NORMAL = 10;

/** Over all sequences together, each compared only with orders of its own; those that know one outcome say nothing. */
export function runsTest(all: readonly Sequence[]): RunsTest {
  const sequences = all.filter(({ failed, succeeded }) => failed > 0 && succeeded > 0);
  const stretches = sum(sequences, (sequence) => sequence.stretches);
  const mean = sum(sequences, meanOf);
  const variance = sum(sequences, varianceOf);
  if (variance === 0) return { stretches, z: 0, p: 1 };
  const z = (stretches - mean) / Math.sqrt(variance);
  const failed = sum(sequences, (sequence) => sequence.failed);
  return { stretches, z, p: failed < LEAST_NORMAL ? exactTail(sequences, stretches) : normalLowerTail(z) };
}

function meanOf({ failed, succeeded }: Sequence): number {
  return (2 * failed * succeeded) / (failed + succeeded) + 1;
}

function varianceOf({ failed, succeeded }: Sequence): number {
  const total = failed + succeeded;
  const product = 2 * failed * succeeded;
  return (product * (product - total)) / (total * total * (total - 1));
}

/** The sum of the stretches of all sequences: their distributions folded into one. */
function exactTail(sequences: readonly Sequence[], stretches: number): number {
  const whole = sequences.map(distributionOf).reduce(convolve, [1]);
  return Math.min(
    1,
    whole.slice(0, stretches + 1).reduce((total, chance) => total + chance, 0),
  );
}

/** The chance of each number of stretches. */
function distributionOf({ failed, succeeded }: Sequence): number[] {
  const orders = choose(failed + succeeded, failed);
  const most = 2 * Math.min(failed, succeeded) + 1;
  return Array.from({ length: most + 1 }, (_, stretches) => {
    const half = Math.floor(stretches / 2);
    if (half === 0) return 0;
    const ways =
      stretches % 2 === 0
        ? 2 * choose(failed - 1, half - 1) * choose(succeeded - 1, half - 1)
        : choose(failed - 1, half) * choose(succeeded - 1, half - 1) +
          choose(failed - 1, half - 1) * choose(succeeded - 1, half);
    return ways / orders;
  });
}

function convolve(a: readonly number[], b: readonly number[]): number[] {
  const folded = new Array<number>(a.length + b.length - 1).fill(0);
  a.forEach((left, i) => {
    b.forEach((right, j) => {
      folded[i + j] = (folded[i + j] ?? 0) + left * right;
    });
  });
  return folded;
}

function choose(n: number, k: number): number {
  if (k < 0 || k > n) return 0;
  let ways = 1;
  for (let step = 1; step <= Math.min(k, n - k); step += 1) ways = (ways * (n - Math.min(k, n - k) + step)) / step;
  return ways;
}

const sum = (sequences: readonly Sequence[], amount: (sequence: Sequence) => number): number =>
  sequences.reduce((total, sequence) => total + amount(sequence), 0);
