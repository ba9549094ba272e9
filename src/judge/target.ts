import { criteriaOf, sinceOf } from '../analyze/criteria.ts';
import type { TargetAnalysis } from '../model/analysis.ts';
import type { Finding } from '../model/finding.ts';
import type { Policy, Present, Profile, Scope } from '../model/policy.ts';
import type { Registry, RuleInput } from '../model/probe.ts';
import type { Context } from '../model/records.ts';
import { VERDICTS, type Verdict, worst } from '../model/verdict.ts';
import { type Door, gateOf } from './door.ts';
import { onlyInforming } from './rules/hints.ts';
import { rulesOf } from './rules/of-probe.ts';
import { withWaiver } from './waivers.ts';

export type Circumstances = {
  readonly context: Context;
  readonly present: ReadonlyMap<string, Present>;
  readonly registry: Registry;
  readonly policy: Policy;
  readonly profile: Profile;
  readonly scope: Scope;
  readonly judgedAt: string;
};

export type JudgedTarget = {
  readonly input: RuleInput<unknown, unknown>;
  readonly judgedBy: 'config' | 'evidence';
  readonly findings: readonly Finding[];
  readonly verdict: Verdict;
};

/** Every rule that applies to a target, through the one door. None: inconclusive, since nothing observed is never a pass. */
export function judgeTarget(analysis: TargetAnalysis<unknown>, given: Circumstances, door: Door): JudgedTarget {
  const { context, policy, profile, scope, judgedAt } = given;
  const { name, type } = analysis.target;
  const present = given.present.get(name);
  const { requirement, expect, demand } = present ?? analysis.target;
  const criteria = criteriaOf(profile, policy, demand, sinceOf(policy, name, context.name).length);
  const input = { expect, requirement, demand, analysis, context, policy, criteria, scope, judgedAt };
  const probe = given.registry.find((one) => one.type === type);
  const found = rulesOf(probe, expect).flatMap((rule) => door.pass(gateOf(rule), input) ?? []);
  const findings = onlyInforming(found)
    .map((finding) => withWaiver(finding, name, given))
    .sort((a, b) => VERDICTS.indexOf(b.verdict) - VERDICTS.indexOf(a.verdict));
  return {
    input,
    judgedBy: present === undefined ? 'evidence' : 'config',
    findings,
    verdict: worst(findings.map(({ verdict }) => verdict)),
  };
}
