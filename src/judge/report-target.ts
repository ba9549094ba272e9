import { interval95, upperBound95 } from '../analyze/clopper-pearson.ts';
import type { RunOfTarget } from '../model/analysis.ts';
import type { Stop } from '../model/records.ts';
import type { ReportTarget } from '../model/report.ts';
import { assessed } from './assessed.ts';
import { blocksOf, neededInRun, neededOverRuns } from './report-blocks.ts';
import { statedOf } from './stated.ts';
import { stopText } from './stops.ts';
import type { JudgedTarget } from './target.ts';

/** A judged target with its evidence, in the keys of the report. */
export function reportTarget(judged: JudgedTarget): ReportTarget {
  const { analysis } = judged.input;
  const { target, runs } = analysis;
  return {
    name: target.name,
    type: target.type,
    endpoint: target.endpoint,
    verdict: judged.verdict,
    findings: [...judged.findings],
    judgedBy: judged.judgedBy,
    runs: runs.length,
    ...overRuns(judged),
    setAside: analysis.setAside,
    attempts: attemptsOf(judged),
    stopped: stopsOf(runs),
    parts: partsOf(runs),
    stages: analysis.stages.map(({ name, count, failed, p50, p95, p99, max }) => ({
      name,
      count,
      failed,
      p50Ms: rounded(p50),
      p95Ms: rounded(p95),
      p99Ms: rounded(p99),
      maxMs: rounded(max),
    })),
    measures: analysis.measures.map(({ name, count, p50, p95, min, max }) => ({
      name,
      count,
      p50: rounded(p50),
      p95: rounded(p95),
      min: rounded(min),
      max: rounded(max),
    })),
    failures: analysis.failures.map(({ part: _part, ...failure }) => failure),
    resolved: analysis.resolved.map(({ value, succeeded, failed }) => ({ address: value, succeeded, failed })),
    egress: analysis.egress.map(({ value, inRuns: _inRuns, ...seen }) => ({
      address: value,
      seenBy: target.type,
      ...seen,
    })),
    holds: analysis.holds.map(({ kind, plannedMs, keepalive, count, outcome, afterMs }) => ({
      kind,
      plannedSeconds: plannedMs / 1_000,
      keepalive,
      count,
      outcome,
      afterMs: rounded(afterMs),
    })),
    differences: target.differences,
    observations: analysis.observations
      .slice(0, LISTED_OBSERVATIONS)
      .map(({ failed: _failed, inRuns: _inRuns, ...seen }) => seen),
    moreObservations: Math.max(0, analysis.observations.length - LISTED_OBSERVATIONS),
  };
}

/** The most frequent, so that a report of a long history stays short. */
const LISTED_OBSERVATIONS = 200;

/** To the microsecond: what is finer is noise of the clock. */
const rounded = (value: number): number => Math.round(value * 1_000) / 1_000;

function overRuns({ input }: JudgedTarget): Pick<ReportTarget, 'blocks' | 'needed'> {
  if (input.scope === 'run') return { blocks: null, needed: neededInRun(input) };
  const assessment = assessed(input);
  return { blocks: blocksOf(assessment, statedOf(input)), needed: neededOverRuns(assessment, input.policy) };
}

function attemptsOf({ input }: JudgedTarget): ReportTarget['attempts'] {
  const { runs } = input.analysis;
  const sum = (of: 'succeeded' | 'failed' | 'unjudged' | 'repeated' | 'aborted' | 'broken' | 'tainted') =>
    runs.reduce((total, run) => total + run[of], 0);
  const counts = {
    succeeded: sum('succeeded'),
    // nothing disappears that is in no rate
    failed: sum('failed') + sum('unjudged') + sum('repeated'),
    aborted: sum('aborted'),
    broken: sum('broken'),
    tainted: sum('tainted'),
  };
  return {
    total: Object.values(counts).reduce((total, count) => total + count, 0),
    ...counts,
    repeated: sum('repeated'),
    longestFailures: Math.max(0, ...runs.map(({ longestFailures }) => longestFailures)),
    failureRate: input.scope === 'run' ? rateOf(sum('failed'), sum('failed') + sum('succeeded')) : null,
  };
}

const rateOf = (failed: number, scored: number): ReportTarget['attempts']['failureRate'] =>
  scored === 0
    ? null
    : { observed: failed / scored, ...interval95(failed, scored), upperBound95: upperBound95(failed, scored) };

function stopsOf(runs: readonly RunOfTarget[]): ReportTarget['stopped'] {
  const reasons = new Map<Stop, number>();
  for (const { stop } of runs) if (stop !== null) reasons.set(stop, (reasons.get(stop) ?? 0) + 1);
  return [...reasons].map(([reason, count]) => ({ reason, meaning: stopText(reason), runs: count }));
}

function partsOf(runs: readonly RunOfTarget[]): ReportTarget['parts'] {
  const parts = new Map<string, ReportTarget['parts'][number]>();
  for (const { name, planned, made, failed } of runs.flatMap((run) => run.parts)) {
    const before = parts.get(name) ?? { name, planned: 0, made: 0, failed: 0 };
    parts.set(name, {
      name,
      planned: before.planned + planned,
      made: before.made + made,
      failed: before.failed + failed,
    });
  }
  return [...parts.values()];
}
