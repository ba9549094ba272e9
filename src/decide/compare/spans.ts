import { type Bracket, bracketOf, idleAsClient } from '../../analyze/bracket.ts';
import { secondsText } from '../../judge/idle-words.ts';
import { countOf } from '../../judge/words.ts';
import type { Spread } from '../../model/analysis.ts';
import { eitherWay } from './either-way.ts';
import type { Difference, Pair, Side } from './side.ts';

// How long an idle connection lasts, how long a token does, and how long each stage takes.

export const spanDifferences = (pair: Pair): readonly Difference[] => [
  ...idleOf(pair),
  ...tokenOf(pair),
  ...latencyOf(pair),
];

function idleOf(pair: Pair): readonly Difference[] {
  const { baseline, other } = pair;
  const [one, two] = [bracketIn(baseline), bracketIn(other)];
  if (one === null || two === null) return eitherWay(pair, 'idle-limit', lostOnlyHere);
  const isApart = one.withinMs <= two.aboveMs || two.withinMs <= one.aboveMs;
  if (!isApart && one.outcome === two.outcome) return [];
  const [ofBaseline, ofOther] = [bracketText(one), bracketText(two)];
  const says = `an idle connection is lost ${ofBaseline} in ${baseline.context}, and ${ofOther} in ${other.context}`;
  return [{ kind: 'idle-limit', baseline: ofBaseline, other: ofOther, says }];
}

const bracketIn = ({ target }: Side): Bracket | null => bracketOf(idleAsClient(target.holds));

/** Where the other, which has lost none, has held connections for as long. */
function lostOnlyHere(here: Side, elsewhere: Side) {
  const bracket = bracketIn(here);
  const idle = idleAsClient(elsewhere.target.holds);
  const longestMs = Math.max(0, ...idle.map(({ plannedMs }) => plannedMs));
  if (bracket === null || longestMs < bracket.withinMs) return null;
  const lived = `every one lasted, for ${secondsText(longestMs)} at the longest`;
  return {
    here: bracketText(bracket),
    elsewhere: lived,
    says: `an idle connection is lost ${bracketText(bracket)} in ${here.context}; in ${elsewhere.context} ${lived}`,
  };
}

const HOW: Readonly<Record<Bracket['outcome'], string>> = {
  closed: 'closed in order (FIN)',
  reset: 'with a reset',
  silent: 'silently',
};

const bracketText = ({ aboveMs, withinMs, outcome }: Bracket): string =>
  aboveMs === 0
    ? `within ${secondsText(withinMs)}, ${HOW[outcome]}`
    : `between ${secondsText(aboveMs)} and ${secondsText(withinMs)}, ${HOW[outcome]}`;

type Margin = { readonly factor: number; readonly least: number };

const isBeyond = (one: number, two: number, { factor, least }: Margin): boolean =>
  Math.max(one, two) >= factor * Math.min(one, two) && Math.abs(one - two) >= least;

/** As issued, and what was left of it. */
const TOKEN_MEASURES = [
  ['lifetimeSeconds', 'is issued for'],
  ['expiresInSeconds', 'has left'],
] as const;
const TOKEN_MARGIN: Margin = { factor: 1.5, least: 60 };

function tokenOf({ baseline, other }: Pair): readonly Difference[] {
  for (const [name, word] of TOKEN_MEASURES) {
    const [one, two] = [measureIn(baseline, name), measureIn(other, name)];
    if (one === null || two === null || !isBeyond(one.p50, two.p50, TOKEN_MARGIN)) continue;
    const [ofBaseline, ofOther] = [secondsText(one.p50 * 1_000), secondsText(two.p50 * 1_000)];
    const says = `a token ${word} ${ofBaseline} in ${baseline.context} and ${ofOther} in ${other.context} (median of ${one.count} and of ${two.count})`;
    return [{ kind: 'token-life', baseline: ofBaseline, other: ofOther, says }];
  }
  return [];
}

const measureIn = ({ target }: Side, name: string): Spread | null =>
  target.measures.find((measure) => measure.name === name) ?? null;

/** Below this the 95th percentile is the slowest of all. */
const LEAST_TIMES = 20;
const LATENCY_MARGIN: Margin = { factor: 2, least: 100 };

function latencyOf({ baseline, other }: Pair): readonly Difference[] {
  return baseline.target.stages.flatMap((one): readonly Difference[] => {
    const two = other.target.stages.find(({ name }) => name === one.name);
    if (two === undefined || isThin(one) || isThin(two) || !isBeyond(one.p95, two.p95, LATENCY_MARGIN)) return [];
    const slower = one.p95 > two.p95 ? baseline : other;
    const [ofBaseline, ofOther] = [latencyText(one, baseline), latencyText(two, other)];
    const says =
      `${one.name} is slower in ${slower.context}: its 95th percentile is ${ofBaseline} in ${baseline.context}, ` +
      `and ${ofOther} in ${other.context}`;
    return [{ kind: 'latency', baseline: ofBaseline, other: ofOther, says }];
  });
}

const isThin = ({ count, failed }: Spread): boolean => count - failed < LEAST_TIMES;

const latencyText = ({ p95, count, failed }: Spread, { target }: Side): string =>
  `${Number(p95.toPrecision(3))} ms over ${count - failed} times of ${countOf(target.runs.length, 'run')}`;
