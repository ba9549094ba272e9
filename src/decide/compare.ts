import type { Comparison, TargetComparison } from '../model/decision.ts';
import { addressDifferences } from './compare/addresses.ts';
import { attributionsOf } from './compare/attribution.ts';
import { blockersOf } from './compare/blockers.ts';
import { observedDifferences } from './compare/observed.ts';
import { type Rates, ratesOf } from './compare/rates.ts';
import { relate } from './compare/relation.ts';
import { settingsDifferences } from './compare/settings.ts';
import {
  type ComparedSide,
  type Difference,
  type Found,
  type Given,
  isOfOneType,
  type Pair,
  pairsOf,
} from './compare/side.ts';
import { spanDifferences } from './compare/spans.ts';

export type { ComparedSide } from './compare/side.ts';

/** Two contexts, seen from one vantage, target by target: independent run against independent run, never attempt against attempt. */
export const compareContexts = (baseline: ComparedSide, other: ComparedSide, given: Given): Comparison =>
  compared({ baseline, other, between: 'contexts' }, given);

/** Two vantages of one context: what differs there is on the way, since targets and credentials are the same. */
export const compareVantages = (baseline: ComparedSide, other: ComparedSide, given: Given): Comparison =>
  compared({ baseline: labelled(baseline), other: labelled(other), between: 'places' }, given);

const labelled = (side: ComparedSide): ComparedSide => {
  const { name, vantage } = side.analysis.context;
  return { ...side, label: `${name} (${vantage})` };
};

type Asked = { readonly baseline: ComparedSide; readonly other: ComparedSide; readonly between: Pair['between'] };

function compared({ baseline, other, between }: Asked, given: Given): Comparison {
  const all = pairsOf(baseline, other, given);
  // most places try some of the targets alone
  const found = between === 'contexts' ? all : all.filter((each) => each.baseline !== null && each.other !== null);
  const rates = ratesOf(found);
  const [one, two] = [baseline.analysis.context, other.analysis.context];
  const asked = { baseline: baseline.label ?? one.name, other: other.label ?? two.name, between };
  return {
    vantage: one.vantage,
    baseline: one.name,
    other: two.name,
    otherVantage: two.vantage,
    targets: found.map((each, index) => compareTarget(each, rates[index] ?? null, asked)),
  };
}

/** What sentences call both, and what they are. */
type Names = { readonly baseline: string; readonly other: string; readonly between: Pair['between'] };

function compareTarget({ target, baseline, other }: Found, rates: Rates | null, names: Names): TargetComparison {
  if (baseline === null || other === null) {
    const without = baseline === null && other === null ? 'either' : baseline === null ? names.baseline : names.other;
    return notComparable(target, `No run of it in ${without} counts.`);
  }
  const pair = { baseline, other, between: names.between };
  if (!isOfOneType(pair)) {
    const [here, there] = [baseline, other].map((side) => `${side.target.target.type} in ${side.context}`);
    return notComparable(target, `It is of type ${here} and of type ${there}.`);
  }
  const blockers = blockersOf(pair);
  const facts = factsOf(pair);
  return {
    target,
    ...relate(pair, { blockers, rates, facts }),
    rates: rates === null ? null : withoutCount(rates),
    differences: [...attributionsOf(pair, blockers, rates), ...facts],
  };
}

const notComparable = (target: string, why: string): TargetComparison => ({
  target,
  relation: 'not-comparable',
  why,
  rates: null,
  differences: [],
});

/** What was learnt of the two ways and differs. Of places that show different things, such as Spark's sources, only the addresses compare. */
const factsOf = (pair: Pair): readonly Difference[] =>
  pair.between === 'places'
    ? addressDifferences(pair)
    : [
        ...settingsDifferences(pair),
        ...addressDifferences(pair),
        ...observedDifferences(pair),
        ...spanDifferences(pair),
      ];

const withoutCount = ({ among: _among, ...rates }: Rates): NonNullable<TargetComparison['rates']> => rates;
