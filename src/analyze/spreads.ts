import type { Spread } from '../model/analysis.ts';
import { createQuantiles, type Quantiles } from './quantiles.ts';

const CAP = 200;

export type Spreads = {
  add(name: string, value: number, ok: boolean): void;
  names(): readonly string[];
  read<Name extends string>(name: Name): readonly (Spread & { readonly name: Name })[];
  overflow(): number;
};

type Entry = { readonly succeeded: Quantiles; readonly failed: Quantiles };

/** Distributions by name. Their percentiles are of what succeeded; of what failed only where nothing else is there. */
export function createSpreads(): Spreads {
  const entries = new Map<string, Entry>();
  let overflow = 0;
  return {
    add(name, value, ok) {
      let entry = entries.get(name);
      if (entry === undefined) {
        if (entries.size >= CAP) {
          overflow += 1;
          return;
        }
        entry = { succeeded: createQuantiles(), failed: createQuantiles() };
        entries.set(name, entry);
      }
      (ok ? entry.succeeded : entry.failed).add(value);
    },
    names: () => [...entries.keys()].sort(),
    read(name) {
      const entry = entries.get(name);
      if (entry === undefined) return [];
      const succeeded = entry.succeeded.read();
      const failed = entry.failed.read();
      const shown = succeeded.count > 0 ? succeeded : failed;
      return [{ name, ...shown, count: succeeded.count + failed.count, failed: failed.count }];
    },
    overflow: () => overflow,
  };
}
