import { criteriaOf } from '../../analyze/criteria.ts';
import { addressesOfBlocks } from '../../analyze/new-addresses.ts';
import { assessPeriod } from '../../analyze/period.ts';
import type { Counted } from '../../analyze/wilson.ts';
import type { Analysis, TargetAnalysis } from '../../model/analysis.ts';
import type { TargetComparison } from '../../model/decision.ts';
import type { Policy, Present, Profile } from '../../model/policy.ts';
import type { Demand } from '../../model/records.ts';
import type { Report, ReportTarget } from '../../model/report.ts';

/** One context, from one vantage. */
export type ComparedSide = {
  readonly analysis: Analysis;
  /** Of the same evidence. */
  readonly report: Report;
  /** What the present configuration asks of the targets, where there is one. */
  readonly present?: ReadonlyMap<string, Present>;
  /** What sentences call it, where its context alone does not tell it from the other side. */
  readonly label?: string;
};

export type Given = { readonly policy: Policy; readonly profile: Profile };

/** One target in one context. */
export type Side = {
  readonly context: string;
  readonly target: TargetAnalysis<unknown>;
  readonly findings: ReportTarget['findings'];
  /** Independent runs that met a failure, of those that count. */
  readonly counted: Counted;
  /** Independent runs in which the target saw where we came from. */
  readonly egressRuns: number;
};

/** `places`: two places of one context, which go to the same targets with the same credentials. */
export type Pair = Sides & { readonly between: 'contexts' | 'places' };
export type Sides = { readonly baseline: Side; readonly other: Side };

export type Difference = TargetComparison['differences'][number];

/** One target, in the contexts that have evidence of it. */
export type Found = { readonly target: string; readonly baseline: Side | null; readonly other: Side | null };

/** Every target that either has evidence of, those of the baseline first. */
export function pairsOf(baseline: ComparedSide, other: ComparedSide, given: Given): readonly Found[] {
  const names = [baseline, other].flatMap(({ analysis }) => analysis.targets.map(({ target }) => target.name));
  return [...new Set(names)].flatMap((target) => {
    const demand = demandOfBoth(demandIn(baseline, target), demandIn(other, target));
    if (demand === null || isControlAlone([baseline, other], target, demand)) return [];
    return [{ target, baseline: sideOf(baseline, target, demand, given), other: sideOf(other, target, demand, given) }];
  });
}

const targetIn = ({ analysis }: ComparedSide, name: string): TargetAnalysis<unknown> | null =>
  analysis.targets.find(({ target }) => target.name === name) ?? null;

const demandIn = (side: ComparedSide, name: string): Demand | null =>
  side.present?.get(name)?.demand ?? targetIn(side, name)?.target.demand ?? null;

/** Runs of both are scored alike: by the most that is asked of either. */
function demandOfBoth(one: Demand | null, other: Demand | null): Demand | null {
  if (one === null || other === null) return one ?? other;
  return {
    ...one,
    workloads: [...one.workloads, ...other.workloads],
    connectionsPerRun: mostOf(one.connectionsPerRun, other.connectionsPerRun),
    retriesFirstConnection: one.retriesFirstConnection && other.retriesFirstConnection,
  };
}

const mostOf = (one: number | null, other: number | null): number | null =>
  one === null || other === null ? (one ?? other) : Math.max(one, other);

/** A control that no workload uses stands for the way out, and is no target. */
const isControlAlone = (sides: readonly ComparedSide[], name: string, { workloads }: Demand): boolean =>
  workloads.length === 0 && sides.every((side) => targetIn(side, name)?.target.control !== false);

function sideOf(side: ComparedSide, name: string, demand: Demand, { policy, profile }: Given): Side | null {
  const target = targetIn(side, name);
  if (target === null || target.runs.length === 0) return null;
  const { name: context, ephemeral } = side.analysis.context;
  const setting = { policy, ephemeral };
  const { met, clean } = assessPeriod(target.runs, criteriaOf(profile, policy, demand, 0), setting);
  return {
    context: side.label ?? context,
    target,
    findings: side.report.targets.find((each) => each.name === name)?.findings ?? [],
    counted: { count: met, of: met + clean },
    egressRuns: addressesOfBlocks(target, setting).length,
  };
}

export const hasSucceeded = ({ target }: Side): boolean => target.runs.some(({ succeeded }) => succeeded > 0);

/** One name may stand for two things, where the configuration was rewritten in between. */
export const isOfOneType = ({ baseline, other }: Sides): boolean =>
  baseline.target.target.type === other.target.target.type;
