import { criteriaOf, sinceOf } from '../analyze/criteria.ts';
import { assessWorkload } from '../analyze/workload.ts';
import { judge } from '../judge/judge.ts';
import type { DeclaredWorkload, Present } from '../model/policy.ts';
import type { Demand, WorkloadRecord } from '../model/records.ts';
import type { Report } from '../model/report.ts';
import { badRunsToLose } from './margin.ts';
import type { Place, Terms } from './place.ts';

// A workload is judged by its own demand, and not by the largest of all that use its targets.

export type JudgedWorkload = {
  /** Of this workload's targets alone. */
  readonly report: Report;
  /** Targets of it that the evidence does not hold. */
  readonly untried: readonly string[];
  readonly badRunsToLose: number | null;
  readonly defects: readonly unknown[];
};

/** The rule whose waiver takes a target out of the joint score: what is not asked of it is not asked of the whole either. */
const RATE = 'stability/failure-rate';

/** One workload in one place; `uses` are the names of its targets. */
export function judgeIn(
  place: Place,
  declared: DeclaredWorkload & { readonly uses: readonly string[] },
  terms: Terms,
): JudgedWorkload {
  const { workload, uses, judgedBy } = declared;
  const { registry, policy, profile, decidedAt, tool } = terms;
  const own = narrowed(place, workload, uses);
  const first = judge({ ...own, workloads: [], registry, policy, profile, tool, scope: 'period', judgedAt: decidedAt });
  const asked = uses.filter((name) => !isRateWaived(first.report, name));
  const joint = { workload: { ...workload, uses: asked }, judgedBy };
  const { report, defects } =
    asked.length === 0
      ? first
      : judge({ ...own, workloads: [joint], registry, policy, profile, tool, scope: 'period', judgedAt: decidedAt });
  return {
    report,
    untried: uses.filter((name) => !report.targets.some((target) => target.name === name)),
    badRunsToLose: marginOf(own.analysis, { workload, asked, terms }),
    defects,
  };
}

const isRateWaived = ({ targets }: Report, name: string): boolean =>
  targets.some(
    (target) => target.name === name && target.findings.some(({ rule, waiver }) => rule === RATE && waiver !== null),
  );

/** The targets that it uses, asked what it asks of them, and the controls, which speak for the way to all. */
function narrowed({ analysis, present, gaps }: Place, workload: WorkloadRecord, uses: readonly string[]) {
  const demand = demandOf(workload);
  const targets = analysis.targets.filter(({ target }) => uses.includes(target.name) || target.control);
  const asked = new Map<string, Present>();
  for (const { target } of targets) {
    const { requirement, expect } = present.get(target.name) ?? target;
    const isUsed = uses.includes(target.name);
    asked.set(target.name, { requirement, expect, demand: isUsed ? demand : { ...demand, workloads: [] } });
  }
  return {
    analysis: { ...analysis, targets },
    present: asked,
    gaps: gaps.filter(({ target }) => uses.includes(target)),
  };
}

const demandOf = ({
  name,
  uses: _uses,
  needs: _needs,
  connectsFrom: _from,
  stateless: _stateless,
  ...asks
}: WorkloadRecord): Demand => ({
  workloads: [name],
  ...asks,
});

type Margin = { readonly workload: WorkloadRecord; readonly asked: readonly string[]; readonly terms: Terms };

function marginOf({ targets, context }: Place['analysis'], { workload, asked, terms }: Margin): number | null {
  const { policy, profile } = terms;
  const histories = targets.filter(({ target }) => asked.includes(target.name)).map(({ runs }) => runs);
  if (histories.length === 0 || histories.length < asked.length) return null;
  const uses = asked.reduce((sum, name) => sum + sinceOf(policy, name, context.name).length, 0);
  const criteria = criteriaOf(profile, policy, demandOf(workload), uses);
  const assessment = assessWorkload(histories, criteria, { policy, ephemeral: context.ephemeral });
  return badRunsToLose(assessment, criteria);
}
