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
export function compareContexts(baseline: ComparedSide, other: ComparedSide, given: Given): Comparison {
  const found = pairsOf(baseline, other, given);
  const rates = ratesOf(found);
  const { name, vantage } = baseline.analysis.context;
  const names: Names = { baseline: name, other: other.analysis.context.name };
  return {
    vantage,
    ...names,
    targets: found.map((each, index) => compareTarget(each, rates[index] ?? null, names)),
  };
}

type Names = { readonly baseline: string; readonly other: string };

function compareTarget({ target, baseline, other }: Found, rates: Rates | null, names: Names): TargetComparison {
  if (baseline === null || other === null) {
    const without = baseline === null && other === null ? 'either' : baseline === null ? names.baseline : names.other;
    return notComparable(target, `No run of it in ${without} counts.`);
  }
  const pair = { baseline, other };
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

/** What was learnt of the two ways and differs. */
const factsOf = (pair: Pair): readonly Difference[] => [
  ...settingsDifferences(pair),
  ...addressDifferences(pair),
  ...observedDifferences(pair),
  ...spanDifferences(pair),
];

const withoutCount = ({ among: _among, ...rates }: Rates): NonNullable<TargetComparison['rates']> => rates;
