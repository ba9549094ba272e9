import { countOf, listText } from '../../judge/words.ts';
import type { TargetComparison } from '../../model/decision.ts';
import { sharesFailures } from './attribution.ts';
import { type Blocker, type Blockers, failsTooOften, failuresText, wasTriedIn } from './blockers.ts';
import {
  intervalText,
  isWithinMargin,
  LEAST_RUNS,
  MARGIN,
  type Rates,
  rateText,
  runsForMargin,
  tellsApart,
} from './rates.ts';
import type { Difference, Pair, Side, Sides } from './side.ts';

// What the other context is against the baseline. That a test does not tell two apart is no word on how near they are: for that, the
// interval of the difference decides.

type Related = Pick<TargetComparison, 'relation' | 'why'>;

export type Known = {
  readonly blockers: Blockers;
  readonly rates: Rates | null;
  /** What was learnt of the two ways and differs. */
  readonly facts: readonly Difference[];
};

export function relate(pair: Pair, known: Known): Related {
  const { shared, baseline, other } = known.blockers;
  return shared.length + baseline.length + other.length > 0 ? relateBlocked(pair, known) : relateMeasured(pair, known);
}

/** A blocker needs no minimum of runs. That there is none in the other place takes more than one of them. */
function relateBlocked(pair: Pair, { blockers, rates }: Known): Related {
  const { shared, baseline: ofBaseline, other: ofOther } = blockers;
  const { baseline, other } = pair;
  const measured = rates === null ? '' : ` ${rateText(rates, pair)}.`;
  if (shared.length === 0 && ofBaseline.length > 0 && ofOther.length > 0) {
    const why = `Both fail, by different causes: ${sideBySide(pair, saysOf(ofBaseline), saysOf(ofOther))}.${measured}`;
    return { relation: 'different', why };
  }
  const apart = rates === null ? null : tellsApart(rates);
  const worse = ofOther.filter((one) => isMissingIn(baseline, one));
  const better = ofBaseline.filter((one) => isMissingIn(other, one));
  const [isWorse, isBetter] = [worse.length > 0 || apart === 'worse', better.length > 0 || apart === 'better'];
  const told = [...onlyText(worse, other, baseline), ...onlyText(better, baseline, other)].join(' ');
  if (isWorse || isBetter) {
    const relation = isWorse && isBetter ? 'different' : isWorse ? 'worse' : 'better';
    return { relation, why: `${told}${measured}`.trim() };
  }
  if (shared.length > 0) {
    const why = `Both fail by the same cause, ${saysOf(shared)}: the target or its credentials.${measured}`;
    return { relation: 'same', why };
  }
  return { relation: 'not-comparable', why: untriedText(pair, blockers) };
}

const isMissingIn = (side: Side, blocker: Blocker): boolean =>
  wasTriedIn(side, blocker) && side.counted.of >= LEAST_RUNS;

const saysOf = (blockers: readonly Blocker[]): string => listText(blockers.map(({ says }) => says));

const onlyText = (blockers: readonly Blocker[], here: Side, elsewhere: Side): readonly string[] =>
  blockers.length === 0
    ? []
    : [
        `${here.context} fails by ${saysOf(blockers)}; ${elsewhere.context} did not in ${countOf(elsewhere.counted.of, 'independent run')}.`,
      ];

function untriedText({ baseline, other }: Pair, blockers: Blockers): string {
  const isOfOther = blockers.other.length > 0;
  const [failing, elsewhere] = isOfOther ? [other, baseline] : [baseline, other];
  const found = isOfOther ? blockers.other : blockers.baseline;
  const untried = found.filter((one) => !wasTriedIn(elsewhere, one));
  const lacking =
    untried.length > 0
      ? `whether it does in ${elsewhere.context} was not tried far enough (${listText([...new Set(untried.map(({ rule }) => rule))])})`
      : `${elsewhere.context} has ${countOf(elsewhere.counted.of, 'independent run')}, and at least ${LEAST_RUNS} are needed`;
  return `${failing.context} fails by ${saysOf(found)}; ${lacking}. Failures: ${sideBySide({ baseline, other })}.`;
}

function relateMeasured(pair: Pair, { rates, facts }: Known): Related {
  if (rates === null) return { relation: 'not-comparable', why: tooFewText(pair) };
  const measured = rateText(rates, pair);
  const apart = tellsApart(rates);
  if (apart !== null) return { relation: apart, why: `${measured}.` };
  if ([pair.baseline, pair.other].every(failsTooOften) && !sharesFailures(pair)) {
    return { relation: 'different', why: `Both fail, by different causes: ${sideBySide(pair)}. ${measured}.` };
  }
  if (facts.length > 0) {
    const kinds = listText([...new Set(facts.map(({ kind }) => kind))], facts.length);
    return {
      relation: 'different',
      why: `Not told apart as better or worse, and they differ in ${kinds}. ${measured}.`,
    };
  }
  if (isWithinMargin(rates)) {
    const within = `The difference is within ${MARGIN * 100} points either way (${intervalText(rates)}, two-sided 95 %), and nothing else that was learnt differs.`;
    return { relation: 'same', why: `${within} ${measured}.` };
  }
  return { relation: 'not-comparable', why: `${measured}. ${neededText(pair)} Failures: ${sideBySide(pair)}.` };
}

function tooFewText(pair: Pair): string {
  const { baseline, other } = pair;
  return (
    `Too few independent runs to compare: ${baseline.counted.of} in ${baseline.context}, ${other.counted.of} in ${other.context}, ` +
    `and at least ${LEAST_RUNS} of each are needed. ${neededText(pair)} Failures: ${sideBySide(pair)}.`
  );
}

function neededText({ baseline, other }: Sides): string {
  const runs = runsForMargin(baseline.counted, other.counted);
  const margin = `within ${MARGIN * 100} points`;
  return runs === null
    ? `No number of clean runs brings the difference ${margin}.`
    : `To say that they are ${margin} of each other takes ${countOf(runs, 'independent run')} of each, if no further one meets a failure.`;
}

const sideBySide = (
  { baseline, other }: Sides,
  ofBaseline: string = failuresText(baseline),
  ofOther: string = failuresText(other),
): string => `in ${baseline.context} ${ofBaseline}; in ${other.context} ${ofOther}`;
