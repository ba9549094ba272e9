import { criteriaOf, sinceOf } from '../analyze/criteria.ts';
import type { PeriodAssessment } from '../analyze/period.ts';
import { assessWorkload } from '../analyze/workload.ts';
import type { RunOfTarget } from '../model/analysis.ts';
import type { Finding } from '../model/finding.ts';
import type { Criteria, DeclaredWorkload, Policy } from '../model/policy.ts';
import type { RuleOutcome } from '../model/probe.ts';
import type { Context, Demand, WorkloadRecord } from '../model/records.ts';
import { type Verdict, worst } from '../model/verdict.ts';
import { partsOf, totalOf } from './assessed.ts';
import type { Door } from './door.ts';
import { type RunFacts, saidOfFail, saidOfPass, saidOfShortSpan, saidOfUndecided } from './run-sentences.ts';
import { type Stated, statedOf } from './stated.ts';
import type { Circumstances, JudgedTarget } from './target.ts';
import { causesText, countOf, percent, periodOf, verb } from './words.ts';

// A job run fails where any of its targets fails it: each target's verdict bounds one of them, the joint score bounds the job.

export type JudgedWorkload = DeclaredWorkload & {
  readonly targets: readonly string[];
  readonly findings: readonly Finding[];
  readonly verdict: Verdict;
  /** What the runs say of all its targets together; null where one run is judged alone. */
  readonly joint: { readonly assessment: PeriodAssessment; readonly stated: Stated; readonly policy: Policy } | null;
};

type Input = {
  readonly given: Circumstances;
  readonly targets: readonly JudgedTarget[];
  readonly criteria: Criteria;
  readonly demand: Demand;
};

/** Evidence of another place in the network says nothing of a workload. */
export const connectsElsewhere = ({ connectsFrom }: WorkloadRecord, { vantage }: Pick<Context, 'vantage'>): boolean =>
  connectsFrom !== null && connectsFrom !== vantage;

/** A workload is judged where every target that it uses is, and from where it connects. */
export function judgeWorkloads(
  workloads: readonly DeclaredWorkload[],
  judged: readonly JudgedTarget[],
  { given, door }: { readonly given: Circumstances; readonly door: Door },
): readonly JudgedWorkload[] {
  return workloads.flatMap((declared) => {
    const { uses } = declared.workload;
    if (!Array.isArray(uses) || uses.length === 0 || connectsElsewhere(declared.workload, given.context)) return [];
    const targets = judged.filter(({ input }) => uses.includes(input.analysis.target.name));
    return targets.length < uses.length ? [] : [judgeWorkload(declared, targets, { given, door })];
  });
}

function judgeWorkload(
  declared: DeclaredWorkload,
  targets: readonly JudgedTarget[],
  { given, door }: { readonly given: Circumstances; readonly door: Door },
): JudgedWorkload {
  const input = inputOf(declared, targets, given);
  const findings = [door.pass({ ...jointRate, lacks: () => null }, input)].filter((finding) => finding !== null);
  return {
    ...declared,
    targets: targets.map(nameOf),
    findings,
    verdict: worst([...targets.map(({ verdict }) => verdict), ...findings.map(({ verdict }) => verdict)]),
    joint:
      given.scope === 'run' ? null : { assessment: assessed(input), stated: statedOf(input), policy: given.policy },
  };
}

function inputOf({ workload }: DeclaredWorkload, targets: readonly JudgedTarget[], given: Circumstances): Input {
  const { policy, profile, context } = given;
  const demand = { ...workload, workloads: [workload.name] };
  // Each fix of one of its targets is a new look at the whole.
  const uses = targets.reduce((sum, target) => sum + sinceOf(policy, nameOf(target), context.name).length, 0);
  return { given, targets, demand, criteria: criteriaOf(profile, policy, demand, uses) };
}

const nameOf = ({ input }: JudgedTarget): string => input.analysis.target.name;
const namesOf = ({ targets }: Input): string => targets.map(nameOf).join(', ');
const runsOf = ({ targets }: Input): readonly (readonly RunOfTarget[])[] =>
  targets.map(({ input }) => input.analysis.runs);

const assessed = (input: Input): PeriodAssessment =>
  assessWorkload(runsOf(input), input.criteria, {
    policy: input.given.policy,
    ephemeral: input.given.context.ephemeral,
  });

const jointRate = {
  id: 'workload/failure-rate',
  required(input: Input): string | null {
    if (input.given.scope === 'run') return null;
    const { tolerable, connections } = statedOf(input);
    return (
      `with 95 % confidence, fewer than ${percent(tolerable)} of job runs with ${countOf(connections, 'connection')} to each of ` +
      `${namesOf(input)} meet a failure at any of them`
    );
  },
  judge(input: Input): RuleOutcome {
    const facts = factsOf(input);
    const outcome = outcomeOf(facts);
    return { ...outcome, observed: [outcome.observed, ...partial(input)].join(' ') };
  },
};

function outcomeOf(facts: RunFacts): RuleOutcome {
  const { decision, futile, spanCovered } = facts.assessment;
  if (decision === 'rejected-rate') return { verdict: 'fail', observed: saidOfFail(facts), cause: 'fails-too-often' };
  if (decision === null) {
    const cause = futile ? 'cannot-pass' : 'too-few-runs';
    return { verdict: 'inconclusive', observed: saidOfUndecided(facts), cause };
  }
  if (spanCovered) return { verdict: 'pass', observed: saidOfPass(facts), cause: null };
  return { verdict: 'inconclusive', observed: saidOfShortSpan(facts), cause: 'span-too-short' };
}

function factsOf(input: Input): RunFacts {
  const runs = [...runsOf(input).flat()].sort((a, b) => Date.parse(a.startedAt) - Date.parse(b.startedAt));
  return {
    assessment: assessed(input),
    stated: statedOf(input),
    policy: input.given.policy,
    attempts: totalOf(runs),
    parts: partsOf(runs),
    period: periodOf(runs),
    causes: causesText(input.targets.flatMap((target) => target.input.analysis.failures)),
    where: input.targets.length === 1 ? ` at ${namesOf(input)}` : ` at any of ${namesOf(input)}`,
  };
}

function partial(input: Input): readonly string[] {
  const tried = new Map<string, number>();
  for (const { run } of runsOf(input).flat()) tried.set(run, (tried.get(run) ?? 0) + 1);
  const some = [...tried.values()].filter((count) => count < input.targets.length).length;
  if (some === 0) return [];
  return [
    `${some} of ${countOf(tried.size, 'run')} tried only some of its targets and ${verb(some, 'does', 'do')} not count as clean.`,
  ];
}
