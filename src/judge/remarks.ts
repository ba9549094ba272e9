import type { PeriodAssessment } from '../analyze/period.ts';
import { mayRaise, scoreOf } from '../analyze/score.ts';
import { DEFAULT_POLICY } from '../model/policy.ts';
import type { RuleInput } from '../model/probe.ts';
import { sinceUses } from './since.ts';
import { countOf, spanText, verb } from './words.ts';

type Input = RuleInput<unknown, unknown>;

/** What weakens the evidence of runs or was done to it: said with every verdict over runs. */
export function runRemarks(input: Input, assessment: PeriodAssessment): readonly string[] {
  return [
    dependent(input, assessment),
    unclean(input),
    repeated(input.analysis),
    setAside(input),
    since(input),
    loosened(input),
    mixed(input),
  ].filter((remark) => remark !== null);
}

function dependent({ analysis, policy }: Input, { blocks, sameHost, tooClose }: PeriodAssessment): string | null {
  if (sameHost + tooClose === 0) return null;
  const reasons = [
    ...(sameHost > 0 ? [`${sameHost} ${verb(sameHost, 'shares', 'share')} the host of an earlier one`] : []),
    ...(tooClose > 0 ? [`${tooClose} began within ${spanText(policy.independence.minGapMs)} of an earlier one`] : []),
  ];
  const counted = `${blocks.length} ${verb(blocks.length, 'counts', 'count')} as independent`;
  return `Of ${countOf(analysis.runs.length, 'run')}, ${counted}: ${reasons.join(', ')}.`;
}

function unclean({ analysis, criteria }: Input): string | null {
  const runs = analysis.runs.filter((run) => !mayRaise(run, criteria) && scoreOf(run, criteria) === 0);
  if (runs.length === 0) return null;
  const cut = runs.filter(({ complete }) => !complete).length;
  const short = runs.length - cut;
  const reasons = [
    ...(cut > 0 ? [`${cut} interrupted, without an end, or damaged`] : []),
    ...(short > 0 ? [`${short} with too few attempts that count`] : []),
  ];
  const all = countOf(analysis.runs.length, 'run');
  return `Of ${all}, ${countOf(runs.length, 'run')} without a failure ${verb(runs.length, 'does', 'do')} not count as clean: ${reasons.join(', ')}.`;
}

/** Said in both scopes: the failures of the list are more than those of the rate. */
export function repeated({ runs }: Input['analysis']): string | null {
  const count = runs.reduce((sum, run) => sum + run.repeated, 0);
  if (count === 0) return null;
  return `${countOf(count, 'failed lookup')} more came within 30 s of one that counts: ${verb(count, 'it counts', 'they count')} as that one.`;
}

function setAside({ analysis: { setAside: aside } }: Input): string | null {
  const reasons = [
    ...(aside.otherTarget > 0 ? [`${aside.otherTarget} connected elsewhere`] : []),
    ...(aside.tooOld > 0 ? [`${aside.tooOld} older than policy.maxAge`] : []),
    ...(aside.before > 0 ? [`${aside.before} before policy.since`] : []),
  ];
  return reasons.length === 0 ? null : `Earlier runs set aside: ${reasons.join(', ')}.`;
}

function since(input: Input): string | null {
  const uses = sinceUses(input);
  if (uses === 0) return null;
  const { threshold } = input.criteria;
  return `policy.since is used ${uses === 1 ? 'once' : `${uses} times`}: the evidence must reach ${threshold} instead of ${threshold / 2 ** uses}.`;
}

function loosened({ policy: { independence } }: Input): string | null {
  const { minGapMs } = DEFAULT_POLICY.independence;
  const loose = [
    ...(independence.minGapMs < minGapMs
      ? [`runs need only ${spanText(independence.minGapMs)} between them instead of ${spanText(minGapMs)}`]
      : []),
    ...(independence.distinctHosts ? [] : ['runs of one host count as independent']),
  ];
  return loose.length === 0 ? null : `policy.independence is loosened: ${loose.join(', ')}.`;
}

function mixed({ analysis }: Input): string | null {
  const profiles = [...new Set(analysis.runs.map(({ profile }) => profile))].sort();
  return profiles.length < 2
    ? null
    : `Runs of the profiles ${profiles.join(' and ')} are judged together, by their attempts.`;
}
