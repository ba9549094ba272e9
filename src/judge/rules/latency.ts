import type { TargetAnalysis } from '../../model/analysis.ts';
import type { Rule, RuleOutcome } from '../../model/probe.ts';
import type { Requirement } from '../../model/records.ts';
import { STAGES, type StageName } from '../../model/stages.ts';
import { worst } from '../../model/verdict.ts';
import { countOf } from '../words.ts';

/** Below this the 95th percentile is the slowest of all. */
const LEAST_ATTEMPTS = 20;

export const latency: Rule<unknown, unknown> = {
  id: 'latency/p95',
  needs: ['successes'],
  required({ requirement }) {
    const limits = limitsOf(requirement);
    if (limits.length === 0) return null;
    return `the 95th percentile of ${limits.map(([stage, limitMs]) => `${stage} is at most ${limitMs} ms`).join(', of ')}`;
  },
  judge({ requirement, analysis }) {
    const outcomes = limitsOf(requirement).map(([stage, limitMs]) => outcomeOf(stage, limitMs, analysis));
    const verdict = worst(outcomes.map((outcome) => outcome.verdict));
    return {
      verdict,
      observed: outcomes.map(({ observed }) => observed).join('; '),
      cause: outcomes.find((outcome) => outcome.verdict === verdict)?.cause ?? null,
    };
  },
};

const limitsOf = ({ p95Ms }: Requirement): readonly (readonly [StageName, number])[] =>
  STAGES.flatMap((stage) => {
    const limitMs = p95Ms[stage];
    return limitMs === undefined ? [] : [[stage, limitMs] as const];
  });

function outcomeOf(stage: StageName, limitMs: number, { stages, runs }: TargetAnalysis<unknown>): RuleOutcome {
  const spread = stages.find(({ name }) => name === stage);
  const succeeded = spread === undefined ? 0 : spread.count - spread.failed;
  if (spread === undefined || succeeded === 0) {
    return { verdict: 'inconclusive', observed: `${stage} was never done`, cause: 'nothing-observed' };
  }
  const observed = `${stage} ${Number(spread.p95.toPrecision(3))} ms over ${countOf(succeeded, 'time')} of ${countOf(runs.length, 'run')}`;
  if (succeeded < LEAST_ATTEMPTS) return { verdict: 'inconclusive', observed, cause: 'too-few-attempts' };
  return spread.p95 > limitMs
    ? { verdict: 'fail', observed, cause: 'latency-too-high' }
    : { verdict: 'pass', observed, cause: null };
}
