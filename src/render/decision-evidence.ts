import type { Comparison, Decision, TargetComparison } from '../model/decision.ts';
import { currencyOf, moneyText } from './decision-words.ts';
import { findingRows, worstFirst } from './findings.ts';
import { countOf, row, titled } from './layout.ts';
import { periodText } from './moments.ts';

// What the placements stand on: the contexts and their evidence, what they have to do with each other, and what is to be known of it all.

type DecisionContext = Decision['contexts'][number];

export const contextBlocks = (decision: Decision): string[][] =>
  decision.contexts.map((context) => contextRows(context, currencyOf(decision)));

function contextRows(context: DecisionContext, currency: string | null): string[] {
  const { name, kind, compute, ephemeral, costPerHour, vantages } = context;
  const parts = [
    kind ?? 'kind unknown',
    `${compute} compute`,
    ephemeral ? 'ephemeral' : 'declared stable',
    costPerHour === null ? 'no price declared' : `${moneyText(costPerHour, currency)} an hour`,
  ];
  return [
    ...titled('CONTEXT', `${name} (${parts.join(', ')})`),
    ...(vantages.length === 0 ? row('evidence', 'there is no run in it') : []),
    ...vantages.flatMap(vantageRows),
  ];
}

function vantageRows({ vantage, runs, firstAt, lastAt, findings }: DecisionContext['vantages'][number]): string[] {
  const period = firstAt === null ? '' : `, begun ${periodText(firstAt, lastAt ?? firstAt)} UTC`;
  const aside = runs.notCounted === 0 ? '' : `, ${runs.notCounted} more not counted`;
  const lab = runs.lab === 0 ? '' : `, ${runs.lab} of a LAB`;
  const open = worstFirst(findings).filter(({ verdict }) => verdict !== 'pass');
  return [
    ...row('evidence', `from the ${vantage}: ${countOf(runs.counted, 'run')} counted${period}${aside}${lab}`),
    ...findingRows(open),
  ];
}

export const comparisonBlocks = ({ comparisons }: Decision): string[][] => comparisons.map(comparisonRows);

/** What calls for a look first. */
const ORDER: readonly TargetComparison['relation'][] = ['worse', 'different', 'not-comparable', 'better', 'same'];

const sidesText = ({ vantage, baseline, other, otherVantage }: Comparison): string =>
  otherVantage === vantage
    ? `${other} against ${baseline}, both from the ${vantage}`
    : `the ${otherVantage} of ${other} against its ${vantage}`;

function comparisonRows(comparison: Comparison): string[] {
  const { targets } = comparison;
  const ordered = targets.toSorted((a, b) => ORDER.indexOf(a.relation) - ORDER.indexOf(b.relation));
  return [
    ...titled('COMPARED', sidesText(comparison)),
    ...(targets.length === 0 ? row('', 'no target was tried in either') : []),
    ...ordered.flatMap(targetRows),
  ];
}

const targetRows = ({ target, relation, why, differences }: TargetComparison): string[] => [
  ...row('target', `${target}: ${relation.toUpperCase()}: ${why}`),
  ...differences.flatMap(({ kind, says }) => row('differs', `${kind}: ${says}`)),
];

/** Of the evidence, each with its effect. */
export function remarkRows({ remarks }: Decision): string[] {
  if (remarks.length === 0) return [];
  return [
    ...titled('REMARKS', 'on the evidence, each with its effect'),
    ...remarks.flatMap(({ context, what, effect, runs }) => {
      const many = runs === null ? '' : `${countOf(runs, 'run')} `;
      return row('-', `${context === null ? '' : `${context}: `}${many}${what}: ${effect}`);
    }),
  ];
}

/** Of waivers that have ended or waive nothing. */
export function findingBlock({ findings }: Decision): string[] {
  const [worst] = worstFirst(findings);
  if (worst === undefined) return [];
  return [...titled(worst.verdict.toUpperCase(), 'the policy and its waivers'), ...findingRows(worstFirst(findings))];
}
