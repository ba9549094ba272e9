import { countOf } from '../../judge/words.ts';
import { type Blockers, failsTooOften, failureKeys, failuresText, wasTriedIn } from './blockers.ts';
import { type Rates, rateText, tellsApart } from './rates.ts';
import type { Difference, Pair, Side } from './side.ts';

// Where to look first: what fails in one context alone is the context's, what fails in both is the target's or its credentials'.

export const attributionsOf = (pair: Pair, blockers: Blockers, rates: Rates | null): readonly Difference[] => [
  ...ofContext(pair, blockers, rates),
  ...ofTarget(pair, blockers),
];

function ofContext(pair: Pair, blockers: Blockers, rates: Rates | null): readonly Difference[] {
  const { baseline, other } = pair;
  const alone = [
    ...onlyIn(baseline, other, { ...pair, own: blockers.baseline }).map((said) => ({
      ...said,
      baseline: said.what,
      other: null,
    })),
    ...onlyIn(other, baseline, { ...pair, own: blockers.other }).map((said) => ({
      ...said,
      baseline: null,
      other: said.what,
    })),
  ].map(({ what: _what, ...said }): Difference => ({ kind: 'context', ...said }));
  if (alone.length > 0 || rates === null) return alone;
  const apart = tellsApart(rates);
  if (apart === null) return [];
  return [
    {
      kind: 'context',
      baseline: failuresText(baseline),
      other: failuresText(other),
      says: `fails more often in ${(apart === 'worse' ? other : baseline).context}: ${rateText(rates, pair)}`,
    },
  ];
}

/** What never showed up elsewhere, where it would have. */
const onlyIn = (here: Side, elsewhere: Side, { own, between }: { own: Blockers['other'] } & Pick<Pair, 'between'>) =>
  own
    .filter((one) => wasTriedIn(elsewhere, one))
    .map(({ says }) => ({
      what: says,
      says:
        `fails only in ${here.context}: ${says}; in ${elsewhere.context} this was not met in ` +
        `${countOf(elsewhere.counted.of, 'independent run')}: ${LOOK[between]}`,
    }));

const LOOK: Readonly<Record<Pair['between'], string>> = {
  contexts: 'look at the context first',
  places: 'what stands on the way, such as a firewall, admits only one of the two',
};

function ofTarget(pair: Pair, { shared }: Blockers): readonly Difference[] {
  const { baseline, other } = pair;
  if (shared.length > 0) {
    return shared.map(({ says }) => everywhere(baseline, other, says));
  }
  if (!failsTooOften(baseline) || !failsTooOften(other) || !sharesFailures(pair)) return [];
  return [everywhere(baseline, other, failuresText(baseline))];
}

const everywhere = (baseline: Side, other: Side, what: string): Difference => ({
  kind: 'target',
  baseline: what,
  other: failuresText(other) === 'none' ? what : failuresText(other),
  says: `fails in ${baseline.context} and in ${other.context}: look at the target or its credentials first`,
});

/** Some of what failed in one failed in the other as well. */
export function sharesFailures({ baseline, other }: Pair): boolean {
  const keys = failureKeys(other);
  return [...failureKeys(baseline)].some((key) => keys.has(key));
}
