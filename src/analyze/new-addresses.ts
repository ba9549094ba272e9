import type { TargetAnalysis } from '../model/analysis.ts';
import { indexBlocks } from './blocks.ts';
import { upperBound95 } from './clopper-pearson.ts';
import { SEEN } from './distinct.ts';
import type { HintQuestion } from './hint.ts';

// Whether the next run comes from an address that was not seen so far. What was seen is never the pool: see statistics §5.

/** Addresses in independent runs, in their order. */
export type NewAddresses = {
  readonly runs: number;
  readonly addresses: number;
  /** Good and Turing's estimate: the share of runs with an address that no other run has. */
  readonly estimated: number;
  /** Later runs with an address that the first half had not, and how many they are. */
  readonly later: { readonly count: number; readonly of: number };
  /** One-sided, with 95 %, for one look: what the first half has not seen only becomes less. */
  readonly atMost: number;
};

export function newAddresses(runs: readonly ReadonlySet<string>[]): NewAddresses {
  const half = Math.floor(runs.length / 2);
  const early = new Set(runs.slice(0, half).flatMap((addresses) => [...addresses]));
  const times = new Map<string, number>();
  for (const address of runs.flatMap((addresses) => [...addresses])) times.set(address, (times.get(address) ?? 0) + 1);
  const alone = runs.filter((addresses) => [...addresses].some((address) => times.get(address) === 1)).length;
  const later = runs.slice(half);
  const count = later.filter((addresses) => [...addresses].some((address) => !early.has(address))).length;
  return {
    runs: runs.length,
    addresses: times.size,
    estimated: runs.length === 0 ? 1 : alone / runs.length,
    later: { count, of: later.length },
    atMost: upperBound95(count, later.length),
  };
}

/** The addresses that the target saw in each independent run, in their order; runs that it saw none in are left out. */
export function addressesOfBlocks(
  { runs, egress }: TargetAnalysis<unknown>,
  question: Pick<HintQuestion, 'policy' | 'ephemeral'>,
): readonly ReadonlySet<string>[] {
  const { of, count } = indexBlocks(runs, question);
  const blocks = Array.from({ length: count }, () => new Set<string>());
  for (const { value, inRuns } of egress) {
    inRuns.forEach((mark, run) => {
      if ((mark & SEEN) !== 0) blocks[of[run] ?? 0]?.add(value);
    });
  }
  return blocks.filter(({ size }) => size > 0);
}
