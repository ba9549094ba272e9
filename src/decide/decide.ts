import { judge } from '../judge/judge.ts';
import { faultOf } from '../judge/waivers.ts';
import { causeText } from '../model/causes.ts';
import type { ContextDeclaration } from '../model/config.ts';
import { DECISION_SCHEMA_VERSION, type Decision, type DecisionWorkload } from '../model/decision.ts';
import type { DeclaredWorkload, Policy } from '../model/policy.ts';
import type { ReportFinding } from '../model/report.ts';
import { type CellFound, cellOf } from './cell.ts';
import { compareContexts, compareVantages } from './compare.ts';
import { breakEvenOf, pricedContext } from './cost.ts';
import { handoffsIn } from './handoffs.ts';
import { type Candidate, candidatesOf, type GatheredPlace, type Place, type Terms, type WholePlace } from './place.ts';
import { recommend } from './recommend.ts';
import { declaredRemarks, remarksOf } from './remarks.ts';
import { strategiesOf } from './strategies.ts';
import { worklistOf } from './worklist.ts';

export type DecideInput = {
  readonly places: readonly Place[];
  readonly workloads: readonly DeclaredWorkload[];
  readonly contexts: readonly ContextDeclaration[];
  readonly terms: Terms;
  readonly configDigest: string | null;
  /** Names of the targets that the present configuration has; null where there is none. */
  readonly configured: readonly string[] | null;
  /** What reading the folders found. */
  readonly remarks: Decision['remarks'];
};

/** `defects`: what our own rules threw, for which the process exits 70 with the decision written. */
export type Decided = { readonly decision: Decision; readonly defects: readonly unknown[] };

/** Contexts by workloads: where each may go, what blocks the rest, what it costs. Pure: the same evidence, policy and time give the same decision. */
export function decide(input: DecideInput): Decided {
  const { terms } = input;
  const candidates = candidatesOf(input.contexts, input.places);
  const whole = candidates.flatMap((candidate) => candidate.places.map((place) => wholeOf(candidate, place, terms)));
  const found = input.workloads.map((declared) => cellsOf(declared, candidates, terms));
  const workloads = found.map(({ declared, cells }) => ({ name: declared.workload.name, cells }));
  const strategies = strategiesOf(workloads, candidates, {
    policy: terms.policy,
    handoffs: handoffsIn(whole, input.configured),
  });
  const recommended = recommend(strategies, { workloads, candidates, policy: terms.policy });
  const leading = strategies.find(({ name }) => name === (recommended.strategy ?? 'hybrid'));
  const placed = workloads.flatMap(({ name, cells }) => cells.map((cell) => ({ workload: name, cell })));
  const decision: Decision = {
    schemaVersion: DECISION_SCHEMA_VERSION,
    tool: terms.tool,
    decidedAt: terms.decidedAt,
    configDigest: input.configDigest,
    worklist: worklistOf({ placed, strategies, contexts: candidates.map(({ name }) => name) }),
    recommended,
    strategies: [...strategies],
    workloads: found.map(({ declared, cells, breakEven }) => ({
      ...declaredPart(declared),
      placement: leading?.placements.find(({ workload }) => workload === declared.workload.name)?.context ?? null,
      cells: [...cells],
      breakEven: [...breakEven],
    })),
    contexts: candidates.map((candidate) => contextOf(candidate, whole)),
    comparisons: comparisonsOf(candidates, whole, terms),
    remarks: [...input.remarks, ...candidates.flatMap(declaredRemarks), ...whole.flatMap(remarksOf)],
    findings: [...waiverFindings(terms, whole)],
    policy: policyOf(terms),
  };
  return { decision, defects: [...whole, ...found].flatMap(({ defects }) => defects) };
}

type Whole = WholePlace & { readonly defects: readonly unknown[] };

function wholeOf(candidate: Candidate, place: GatheredPlace, terms: Terms): Whole {
  const { registry, policy, profile, decidedAt, tool } = terms;
  const judged = judge({
    ...place,
    workloads: [],
    registry,
    policy,
    profile,
    tool,
    scope: 'period',
    judgedAt: decidedAt,
  });
  return { candidate, place, ...judged };
}

function cellsOf(declared: DeclaredWorkload, candidates: readonly Candidate[], terms: Terms) {
  const priced = candidates.map(({ name, declared: context, places }) =>
    pricedContext(
      name,
      context ?? undefined,
      places.map(({ analysis }) => analysis),
    ),
  );
  const found = candidates.flatMap((candidate, index): CellFound[] => {
    const price = priced[index];
    return price === undefined ? [] : [cellOf(declared, candidate, { terms, priced: price })];
  });
  return {
    declared,
    cells: found.map(({ cell }) => cell),
    breakEven: breakEvenOf(declared.workload, priced),
    defects: found.flatMap(({ defects }) => defects),
  };
}

function declaredPart({
  workload,
  judgedBy,
}: DeclaredWorkload): Omit<DecisionWorkload, 'placement' | 'cells' | 'breakEven'> {
  const { name, uses, connectsFrom, stateless, needs } = workload;
  return { name, uses, connectsFrom, stateless, needs, judgedBy };
}

function contextOf(
  { name, kind, compute, ephemeral, declared }: Candidate,
  whole: readonly Whole[],
): Decision['contexts'][number] {
  return {
    name,
    kind,
    compute,
    ephemeral,
    costPerHour: declared?.costPerHour ?? null,
    vantages: whole
      .filter(({ candidate }) => candidate.name === name)
      .map(({ place: { analysis }, report }) => {
        const counted = analysis.runs.filter((run) => run.counted);
        return {
          vantage: analysis.context.vantage,
          runs: {
            counted: counted.length,
            notCounted: analysis.runs.length - counted.length,
            lab: analysis.runs.filter(({ lab }) => lab).length,
          },
          firstAt: counted[0]?.startedAt ?? null,
          lastAt: counted.at(-1)?.startedAt ?? null,
          findings: report.context?.findings ?? [],
        };
      }),
  };
}

/** Each context with each after it, where both have evidence of one vantage; then the driver of each with its other places. */
function comparisonsOf(
  candidates: readonly Candidate[],
  whole: readonly Whole[],
  { policy, profile }: Terms,
): Decision['comparisons'] {
  const order = candidates.map(({ name }) => name);
  const contexts = whole.flatMap((baseline) =>
    whole
      .filter(
        (other) =>
          order.indexOf(other.candidate.name) > order.indexOf(baseline.candidate.name) &&
          other.place.analysis.context.vantage === baseline.place.analysis.context.vantage,
      )
      .map((other) => compareContexts(sideOf(baseline), sideOf(other), { policy, profile })),
  );
  const places = whole.filter(isOfDriver).flatMap((baseline) =>
    whole
      .filter((other) => other.candidate.name === baseline.candidate.name && !isOfDriver(other))
      .map((other) => compareVantages(sideOf(baseline), sideOf(other), { policy, profile }))
      .filter(({ targets }) => targets.length > 0),
  );
  return [...contexts, ...places];
}

const isOfDriver = ({ place }: Whole): boolean => place.analysis.context.vantage === 'driver';

const sideOf = ({ place: { analysis, present }, report }: Whole) => ({ analysis, report, present });

/** One that is for all contexts is used where any of them needs it. */
function waiverFindings({ policy, decidedAt }: Terms, whole: readonly Whole[]): readonly ReportFinding[] {
  return policy.waivers.flatMap((waiver) => {
    const places = whole.filter(({ candidate }) => waiver.context === null || waiver.context === candidate.name);
    const judged = places.map(({ report }) => faultOf(waiver, report.targets, decidedAt));
    const fault =
      places.length === 0 ? faultOf(waiver, [], decidedAt) : judged.every((each) => each !== null) ? judged[0] : null;
    if (fault === null || fault === undefined) return [];
    const { owner, action } = causeText('waiver-unused');
    return [
      {
        rule: 'policy/waivers',
        verdict: 'warn' as const,
        observed: fault,
        required: 'each waiver is in force and waives something',
        cause: 'waiver-unused',
        owner,
        action,
        waiver: null,
      },
    ];
  });
}

function policyOf({ policy, profile }: Terms): Decision['policy'] {
  const { prefer, tolerableFailedRuns, minSpanMs, maxAgeMs, maxRuns, independence, warn, since, waivers }: Policy =
    policy;
  return {
    profile,
    prefer,
    tolerableFailedRuns,
    minSpanSeconds: minSpanMs / 1_000,
    maxAgeSeconds: maxAgeMs / 1_000,
    maxRuns,
    independence: { minGapSeconds: independence.minGapMs / 1_000, distinctHosts: independence.distinctHosts },
    warn,
    since,
    waivers,
  };
}
