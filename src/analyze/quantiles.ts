import type { Spread } from '../model/analysis.ts';

// Percentiles in constant memory and without regard to order: exact up to so many values, above that from buckets 1 % apart.

const MOST_EXACT = 256;
const LN_STEP = Math.log(1.01);
/** Keeps the keys of all magnitudes above 1e-20 positive, so that the sign of a key is the sign of its values. */
const KEY_OFFSET = 5_000;

export type Quantiles = {
  add(value: number): void;
  read(): Pick<Spread, 'count' | 'p50' | 'p95' | 'p99' | 'min' | 'max'>;
};

export function createQuantiles(): Quantiles {
  let exact: number[] | null = [];
  const buckets = new Map<number, number>();
  let count = 0;
  let min = Number.POSITIVE_INFINITY;
  let max = Number.NEGATIVE_INFINITY;

  const intoBucket = (value: number) => {
    const key = keyOf(value);
    buckets.set(key, (buckets.get(key) ?? 0) + 1);
  };

  return {
    add(value) {
      count += 1;
      if (value < min) min = value;
      if (value > max) max = value;
      if (exact === null) return intoBucket(value);
      exact.push(value);
      if (exact.length <= MOST_EXACT) return;
      exact.forEach(intoBucket);
      exact = null;
    },
    read() {
      if (count === 0) return { count, p50: 0, p95: 0, p99: 0, min: 0, max: 0 };
      const ranked = exact === null ? rankedBuckets(buckets, min, max) : rankedValues(exact);
      const at = (share: number) => interpolate(ranked, count, share);
      return { count, p50: at(0.5), p95: at(0.95), p99: at(0.99), min, max };
    },
  };
}

/** The value of a rank, from 0. */
type Ranked = (rank: number) => number;

/** Hyndman and Fan's type 7. */
function interpolate(ranked: Ranked, count: number, share: number): number {
  const position = (count - 1) * share;
  const below = ranked(Math.floor(position));
  return below + (ranked(Math.ceil(position)) - below) * (position - Math.floor(position));
}

function rankedValues(values: readonly number[]): Ranked {
  const sorted = [...values].sort((a, b) => a - b);
  return (rank) => sorted[rank] ?? 0;
}

function rankedBuckets(buckets: ReadonlyMap<number, number>, min: number, max: number): Ranked {
  const sorted = [...buckets].sort(([a], [b]) => a - b);
  return (rank) => {
    let passed = 0;
    for (const [key, count] of sorted) {
      passed += count;
      if (passed > rank) return Math.min(max, Math.max(min, bucketValue(key)));
    }
    return max;
  };
}

function keyOf(value: number): number {
  const magnitude = Math.round(Math.log(Math.abs(value)) / LN_STEP) + KEY_OFFSET;
  return magnitude > 0 ? Math.sign(value) * magnitude : 0;
}

const bucketValue = (key: number): number =>
  key === 0 ? 0 : Math.sign(key) * Math.exp((Math.abs(key) - KEY_OFFSET) * LN_STEP);
