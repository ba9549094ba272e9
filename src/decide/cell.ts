import type { Blocker, Cell, Missing } from '../model/decision.ts';
import type { DeclaredWorkload } from '../model/policy.ts';
import type { Vantage } from '../model/records.ts';
import type { Report, ReportFinding } from '../model/report.ts';
import { costOf, type PricedContext } from './cost.ts';
import type { Found } from './found.ts';
import { type JudgedWorkload, judgeIn } from './judged.ts';
import { missingOf, noEvidenceOf, RUNS_RULE } from './missing.ts';
import type { Candidate, Terms } from './place.ts';
import { runtimeOf } from './runtime.ts';
import { whyOf } from './why.ts';

// One workload in one context. What blocks it wins over what is missing, and only where there is neither it is suitable.

/** A cell, and what our own rules threw on the way to it. */
export type CellFound = { readonly cell: Cell; readonly defects: readonly unknown[] };

type Learnt = Pick<
  Cell,
  'blockers' | 'missing' | 'waived' | 'warnings' | 'blocks' | 'needed' | 'badRunsToLose' | 'declared'
> & {
  readonly defects: readonly unknown[];
};

export function cellOf(
  declared: DeclaredWorkload,
  candidate: Candidate,
  { terms, priced }: { readonly terms: Terms; readonly priced: PricedContext },
): CellFound {
  const { workload } = declared;
  const where = { kind: candidate.kind, context: candidate.name, provides: candidate.declared?.provides ?? [] };
  const runtime = runtimeOf(workload.needs, where, terms.decidedAt);
  const network = learn(declared, candidate, terms);
  const warnings = [...network.warnings, ...runtime.warnings];
  const isBlocking = terms.policy.warn === 'blocks';
  const blockers = [...runtime.blockers, ...network.blockers, ...(isBlocking ? warnings : [])];
  const missing = [...network.missing, ...runtime.missing, ...candidate.contradictions.map(contradicted)];
  const found = {
    context: candidate.name,
    vantage: workload.connectsFrom,
    placement:
      blockers.length > 0
        ? ('unsuitable' as const)
        : missing.length > 0
          ? ('undetermined' as const)
          : ('suitable' as const),
    declared: network.declared,
    blockers,
    missing,
    waived: network.waived,
    warnings: isBlocking ? [] : warnings,
    blocks: network.blocks,
    needed: network.needed,
    badRunsToLose: network.badRunsToLose,
    cost: costOf(workload, priced),
  };
  return { cell: { ...found, why: whyOf(found, workload) }, defects: network.defects };
}

const NOTHING: Learnt = {
  blockers: [],
  missing: [],
  waived: [],
  warnings: [],
  blocks: null,
  needed: null,
  badRunsToLose: null,
  declared: false,
  defects: [],
};

/** What is known of its ways out. */
function learn(declared: DeclaredWorkload, candidate: Candidate, terms: Terms): Learnt {
  const { workload } = declared;
  const { uses, connectsFrom, stateless } = workload;
  if (uses === 'none') return stateless ? { ...NOTHING, declared: true } : lacking(UNDECLARED.state(workload.name));
  if (uses === null || uses.length === 0) return lacking(UNDECLARED.uses(workload.name));
  if (connectsFrom === null) return lacking(UNDECLARED.from(workload.name));
  const place = candidate.places.find(({ analysis }) => analysis.context.vantage === connectsFrom);
  if (place === undefined) return lacking(noEvidenceOf(candidate, workload, terms));
  return weighed(judgeIn(place, { ...declared, uses }, terms), { candidate, uses, vantage: connectsFrom });
}

const contradicted = (said: string): Missing => ({
  target: null,
  rule: 'context/kind',
  what: `evidence of that context: ${said}`,
});

const lacking = (...missing: readonly Missing[]): Learnt => ({ ...NOTHING, missing: [...missing] });

const undeclared = (what: string): Missing => ({ target: null, rule: 'workload/declared', what });

const UNDECLARED = {
  state: (name: string) =>
    undeclared(
      `whether ${name} keeps nothing between its runs: declare workloads.${name}.stateless: true where that is so`,
    ),
  uses: (name: string) => undeclared(`what ${name} connects to: declare workloads.${name}.uses, which may be none`),
  from: (name: string) =>
    undeclared(
      `from where ${name} connects: declare workloads.${name}.connectsFrom, since evidence of another vantage does not count`,
    ),
} as const;

type Weighing = {
  readonly candidate: Candidate;
  readonly uses: readonly string[];
  readonly vantage: Vantage;
};

function weighed({ report, untried, badRunsToLose, defects }: JudgedWorkload, given: Weighing): Learnt {
  const { candidate, uses, vantage } = given;
  const sorted = byVerdict(findingsOf(report, uses));
  const [joint] = report.workloads;
  const where = { candidate, vantage, needed: joint?.needed ?? null };
  return {
    blockers: sorted.fail.map(blockerOf),
    missing: distinct([
      ...untried.map(
        (target): Missing => ({
          target,
          rule: 'evidence/targets',
          what: `evidence of ${target} in ${candidate.name}, from the vantage ${vantage}`,
        }),
      ),
      ...sorted.inconclusive.map((found) => missingOf(found, where)),
    ]),
    waived: sorted.waived.flatMap(waivedOf),
    warnings: sorted.warn.map(blockerOf),
    blocks: joint?.blocks ?? null,
    needed: joint?.needed ?? null,
    badRunsToLose,
    declared: false,
    defects,
  };
}

function findingsOf({ context, targets, workloads }: Report, uses: readonly string[]): readonly Found[] {
  const ofAll = [...(context?.findings ?? []), ...workloads.flatMap(({ findings }) => findings)];
  return [
    ...targets
      .filter(({ name }) => uses.includes(name))
      .flatMap(({ name, findings }) => findings.map((finding) => ({ target: name, finding }))),
    ...ofAll.map((finding) => ({ target: null, finding })),
  ];
}

function byVerdict(found: readonly Found[]) {
  const asked = found.filter(({ finding }) => finding.waiver === null);
  const ofVerdict = (verdict: ReportFinding['verdict']) => asked.filter(({ finding }) => finding.verdict === verdict);
  return {
    fail: ofVerdict('fail'),
    inconclusive: ofVerdict('inconclusive'),
    warn: ofVerdict('warn'),
    waived: found.filter(({ finding }) => finding.waiver !== null),
  };
}

const blockerOf = ({ target, finding }: Found): Blocker => {
  const { rule, observed, required, cause, owner, action } = finding;
  return { target, rule, observed, required, cause, owner, action };
};

/** What is waived is not asked, and said wherever the cell is. */
function waivedOf({ target, finding }: Found): Cell['waived'] {
  const { rule, verdict, observed, waiver } = finding;
  return target === null || waiver === null ? [] : [{ target, rule, verdict, observed, ...waiver }];
}

/** Each of several targets asks for more runs, and the runs are made for all of them. */
function distinct(missing: readonly Missing[]): Missing[] {
  const kept = new Map<string, Missing>();
  for (const one of missing) {
    const key = one.rule === RUNS_RULE ? RUNS_RULE : `${one.target} ${one.what}`;
    if (!kept.has(key)) kept.set(key, one);
  }
  return [...kept.values()];
}
