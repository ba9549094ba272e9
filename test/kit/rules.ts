import { analyze } from '../../src/analyze/analyze.ts';
import { DEFAULT_POLICY } from '../../src/model/policy.ts';
import { type Probe, type RuleOutcome, seal } from '../../src/model/probe.ts';
import { context, demand, folderOf, instant, requirement, run, T0 } from './evidence.ts';

export type Observed = {
  /** What each attempt of each run observed; the runs begin an hour apart, from `T0` on. */
  readonly runs: readonly (readonly unknown[])[];
  /** As the configuration has it. */
  readonly expect?: object;
  readonly judgedAt?: string;
};

export type Judged = RuleOutcome & { readonly required: string };

/** What one of a probe's own rules says of evidence: null where it does not apply, inconclusive where nothing was observed. */
export function judgeBy<S, E, O>(probe: Probe<S, E, O>, id: string, given: Observed): Judged | null {
  const sealed = seal(probe).rules(given.expect ?? {});
  if (!('rules' in sealed)) throw new Error(sealed.issues.map(({ message }) => message).join('\n'));
  const rule = sealed.rules.find((each) => each.id === id);
  const analysis = analysisOf(given);
  if (rule === undefined || analysis === undefined) throw new Error(`nothing to judge by ${id}`);
  const input = {
    expect: given.expect ?? {},
    requirement: requirement(),
    demand: demand(),
    analysis,
    context: context(),
    policy: DEFAULT_POLICY,
    criteria: { tolerable: 0.1, connections: 1, retriesFirstConnection: false, runsPerMonth: 720, threshold: 20 },
    scope: 'period',
    judgedAt: judgedAtOf(given),
  } as const;
  const required = rule.required(input);
  if (required === null) return null;
  if (analysis.observations.length === 0)
    return { required, verdict: 'inconclusive', observed: '', cause: 'nothing-observed' };
  return { required, ...rule.judge(input) };
}

const judgedAtOf = (given: Observed): string => given.judgedAt ?? instant(T0 + 9 * 86_400_000);

function analysisOf(given: Observed) {
  const runs = given.runs.map((observations, index) =>
    run(
      index,
      observations.map((observation) => ({ observation })),
    ),
  );
  const { name, vantage } = context();
  const question = { context: name, vantage, scope: 'period', run: null, only: null, policy: DEFAULT_POLICY } as const;
  return analyze(folderOf(runs), { ...question, judgedAt: judgedAtOf(given) }).targets[0];
}
