import { analyze } from '../../../src/analyze/analyze.ts';
import { DEFAULT_POLICY } from '../../../src/model/policy.ts';
import type { Rule, RuleInput } from '../../../src/model/probe.ts';
import type { Demand, Requirement } from '../../../src/model/records.ts';
import {
  type AttemptOver,
  context,
  demand,
  folderOf,
  instant,
  requirement,
  run,
  T0,
  target,
} from '../../kit/evidence.ts';

export type Given = {
  readonly attempts: readonly AttemptOver[];
  readonly expect?: unknown;
  readonly demand?: Partial<Demand>;
  readonly requirement?: Partial<Requirement>;
};

/** What a rule is asked about one run of these attempts, whose evidence goes the way that all evidence goes. */
export function ruleInput(given: Given): RuleInput<unknown, unknown> {
  const asked = { demand: demand(given.demand), requirement: requirement(given.requirement) };
  const judgedAt = instant(T0 + 86_400_000);
  const runs = [run(0, given.attempts, { targets: [target(asked)] })];
  const { name, vantage } = context();
  const question = {
    context: name,
    vantage,
    scope: 'period',
    run: null,
    only: null,
    policy: DEFAULT_POLICY,
    judgedAt,
  } as const;
  const [analysis] = analyze(folderOf(runs), question).targets;
  if (analysis === undefined) throw new Error('the evidence holds no target');
  return {
    ...asked,
    expect: given.expect ?? {},
    analysis,
    context: context(),
    policy: DEFAULT_POLICY,
    criteria: { tolerable: 0.1, connections: 1, retriesFirstConnection: false, runsPerMonth: 720, threshold: 20 },
    scope: 'period',
    judgedAt,
  };
}

/** The rule of a sealed probe, by its id. */
export function ruleOf(rules: readonly Rule<unknown, unknown>[], id: string): Rule<unknown, unknown> {
  const found = rules.find((rule) => rule.id === id);
  if (found === undefined) throw new Error(`no rule ${id}`);
  return found;
}
