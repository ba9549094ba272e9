import type { Difference, Pair, Side } from './side.ts';

type Told = { readonly here: string; readonly elsewhere: string | null; readonly says: string };

/** What one context has and the other has not, whichever of them it is. */
export function eitherWay(
  { baseline, other }: Pair,
  kind: Difference['kind'],
  find: (here: Side, elsewhere: Side) => Told | null,
): readonly Difference[] {
  const ofBaseline = find(baseline, other);
  if (ofBaseline !== null) {
    const { here, elsewhere, says } = ofBaseline;
    return [{ kind, baseline: here, other: elsewhere, says }];
  }
  const ofOther = find(other, baseline);
  return ofOther === null ? [] : [{ kind, baseline: ofOther.elsewhere, other: ofOther.here, says: ofOther.says }];
}

export const areDisjoint = (one: readonly string[], other: readonly string[]): boolean =>
  one.length > 0 && other.length > 0 && !one.some((value) => other.includes(value));
