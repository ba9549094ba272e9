/** Addresses that a run left from, whichever target saw them: each run has few, and of more than so many the rest is not kept. */
const MOST_A_RUN = 64;

export type RunEgress = {
  add(run: string, addresses: readonly string[]): void;
  /** In alphabetical order. */
  of(run: string): readonly string[];
};

export function createRunEgress(): RunEgress {
  const runs = new Map<string, Set<string>>();
  return {
    add(run, addresses) {
      if (addresses.length === 0) return;
      const known = runs.get(run) ?? new Set<string>();
      for (const address of addresses) if (known.size < MOST_A_RUN) known.add(address);
      runs.set(run, known);
    },
    of: (run) => [...(runs.get(run) ?? [])].sort(),
  };
}
