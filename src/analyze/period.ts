import type { RunOfTarget } from '../model/analysis.ts';
import type { Criteria, Policy } from '../model/policy.ts';
import { SLACK } from './attempts.ts';
import { type Block, blockOf, groupRuns } from './blocks.ts';
import { THRESHOLD } from './criteria.ts';
import { lnCleanGain, lnFail, lnPass, upperBound } from './rule.ts';
import { type ScoredRun, scoredRun } from './score.ts';

/** What the runs of a target say together, in scope `period`. */
export type PeriodAssessment = {
  readonly blocks: readonly Block[];
  readonly sameHost: number;
  readonly tooClose: number;
  /** Blocks that are evidence for a pass without any failure, and blocks that met one. */
  readonly clean: number;
  readonly met: number;
  readonly decision: 'accepted-rate' | 'rejected-rate' | null;
  /** With 95 %, valid at every look; never rounded. */
  readonly bound: number;
  /** Clean blocks that a pass still needs. */
  readonly lacking: number;
  /** More are needed than the budget of runs leaves. */
  readonly futile: boolean;
  readonly spanMs: number;
  readonly spanCovered: boolean;
};

const LEAST_ATTEMPTS = 10;

type Setting = { readonly policy: Policy; readonly ephemeral: boolean };

export const assessPeriod = (runs: readonly RunOfTarget[], criteria: Criteria, setting: Setting): PeriodAssessment =>
  assessScored(
    runs.map((run) => scoredRun(run, criteria)),
    criteria,
    setting,
  );

/** The same of runs that are scored already, in order of their start. */
export function assessScored(
  runs: readonly ScoredRun[],
  criteria: Criteria,
  { policy, ephemeral }: Setting,
): PeriodAssessment {
  const { groups, sameHost, tooClose } = groupRuns(runs, { ...policy.independence, ephemeral });
  const blocks = groups.map(blockOf);
  const evidence = blocks.filter(({ score, raises }) => score > 0 || raises);
  const met = blocks.filter(({ score }) => score > 0).length;
  const forPass = lnPass(blocks, criteria.tolerable);
  const lacking = Math.max(
    0,
    Math.ceil((Math.log(criteria.threshold) - forPass) / lnCleanGain(criteria.tolerable) - SLACK),
  );
  const spanMs = spanOf(blocks);
  return {
    blocks,
    sameHost,
    tooClose,
    clean: evidence.length - met,
    met,
    decision: rejects(evidence, criteria) ? 'rejected-rate' : lacking === 0 ? 'accepted-rate' : null,
    bound: upperBound(blocks),
    lacking,
    futile: evidence.length + lacking > policy.maxRuns,
    spanMs,
    spanCovered: spanMs >= policy.minSpanMs,
  };
}

function rejects(evidence: readonly Block[], criteria: Criteria): boolean {
  const runs = evidence.flatMap((block) => block.runs);
  // A run that was cut short enters the mean only where it raises it: one more failure must not make a failing target pass.
  const weighed = evidence.filter(({ score, raises }) => raises || score >= criteria.tolerable);
  const mean = sum(weighed, ({ score }) => score) / Math.max(1, weighed.length);
  // A bad block multiplies this evidence by 10 at most, so that there are always two of them.
  return (
    lnFail(evidence, criteria.tolerable) >= Math.log(THRESHOLD) - SLACK &&
    sum(runs, ({ attempts }) => attempts) >= LEAST_ATTEMPTS &&
    mean >= criteria.tolerable
  );
}

/** From the start of the first run that can be evidence for a pass to that of the last. */
function spanOf(blocks: readonly Block[]): number {
  const raising = blocks.filter(({ raises }) => raises);
  if (raising.length === 0) return 0;
  return Math.max(...raising.map(({ lastMs }) => lastMs)) - Math.min(...raising.map(({ firstMs }) => firstMs));
}

const sum = <T>(items: readonly T[], amount: (item: T) => number): number =>
  items.reduce((total, item) => total + amount(item), 0);
