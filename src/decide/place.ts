import { tellsKind } from '../judge/kinds.ts';
import type { Analysis } from '../model/analysis.ts';
import type { ContextDeclaration } from '../model/config.ts';
import { type Compute, DEDICATED_KINDS, SERVERLESS_KINDS } from '../model/decision.ts';
import type { Gap, Policy, Present, Profile } from '../model/policy.ts';
import type { Registry } from '../model/probe.ts';
import type { Report } from '../model/report.ts';
import { NARROWER_KINDS } from './runtime-table.ts';

/** What the evidence of one context says from one vantage. */
export type Place = {
  readonly analysis: Analysis;
  /** What the present configuration asks of its targets, where that differs from what they were tried for. */
  readonly present: ReadonlyMap<string, Present>;
  /** Targets of the configuration that it does not speak of. */
  readonly gaps: readonly Gap[];
};

/** Judged as the context is declared now, however its runs were gathered. */
export type GatheredPlace = Place & { readonly gatheredAsEphemeral: boolean };

/** A context that a workload may be placed in, with or without evidence. */
export type Candidate = {
  readonly name: string;
  /** As declared, else as detected in the latest run; null where there is neither. */
  readonly kind: string | null;
  readonly compute: Compute;
  readonly ephemeral: boolean;
  readonly declared: ContextDeclaration | null;
  readonly places: readonly GatheredPlace[];
  /** How what is declared of it contradicts what was found there, a sentence each: then the evidence may be of another place. */
  readonly contradictions: readonly string[];
};

/** A place with all its targets judged, each by the largest demand. */
export type WholePlace = { readonly candidate: Candidate; readonly place: GatheredPlace; readonly report: Report };

/** What everything is judged under. */
export type Terms = {
  readonly registry: Registry;
  readonly policy: Policy;
  readonly profile: Profile;
  readonly decidedAt: string;
  readonly tool: Report['tool'];
};

/** Those that are declared, in their order, then those that only the evidence knows. */
export function candidatesOf(declared: readonly ContextDeclaration[], places: readonly Place[]): readonly Candidate[] {
  const seen = places.map(({ analysis }) => analysis.context.name);
  const names = [...new Set([...declared.map(({ name }) => name), ...seen])];
  return names.map((name) =>
    candidateOf(name, {
      declared: declared.find((each) => each.name === name) ?? null,
      places: places.filter(({ analysis }) => analysis.context.name === name),
    }),
  );
}

/** A declaration holds for evidence that was gathered before it was made. */
function candidateOf(
  name: string,
  { declared, places }: Pick<Candidate, 'declared'> & { readonly places: readonly Place[] },
): Candidate {
  const runs = places.flatMap(({ analysis }) => analysis.runs.filter(({ counted }) => counted));
  const kinds = [...new Set(runs.map((run) => run.kind))].filter(tellsKind);
  // what is not declared is as cautious as any of its runs
  const ephemeral = declared?.ephemeral ?? (runs.length === 0 || runs.some((run) => run.ephemeral));
  const kind = declared?.kind ?? (kinds.length === 1 ? (kinds[0] ?? null) : null);
  const compute = declared?.compute ?? computeOf(kind, ephemeral);
  return {
    name,
    kind,
    compute,
    ephemeral,
    declared,
    contradictions: contradictionsOf({ name, kind: declared?.kind ?? null, compute, ephemeral }, kinds),
    places: places.map((place) => ({
      ...place,
      gatheredAsEphemeral: place.analysis.context.ephemeral,
      analysis: { ...place.analysis, context: { ...place.analysis.context, ephemeral } },
    })),
  };
}

const isServerless = (kind: string): boolean => SERVERLESS_KINDS.includes(kind);
const isDedicated = (kind: string): boolean => DEDICATED_KINDS.includes(kind);

/** A job cluster is new for each run, and dedicated all the same. */
function computeOf(kind: string | null, ephemeral: boolean): Compute {
  if (kind !== null && isServerless(kind)) return 'serverless';
  if (kind !== null && isDedicated(kind)) return 'dedicated';
  return ephemeral ? 'serverless' : 'dedicated';
}

type Stated = Pick<Candidate, 'name' | 'kind' | 'compute' | 'ephemeral'>;

/** `found`: kinds of compute that its runs were made on. */
const contradictionsOf = ({ name, kind, compute, ephemeral }: Stated, found: readonly string[]): readonly string[] =>
  found.flatMap((each) => {
    const isOther = kind !== null && kind !== each && NARROWER_KINDS.get(each)?.includes(kind) !== true;
    const isMoving = !ephemeral && isServerless(each);
    const seen = computeOf(each, compute === 'serverless');
    return [
      ...(isOther ? [`${name} is declared as ${kind}, and runs of it were made on ${each}`] : []),
      ...(isMoving
        ? [`${name} is declared stable, and runs of it were made on ${each}, where each has a host of its own`]
        : []),
      ...(seen === compute ? [] : [`${name} is taken for ${compute} compute, and runs of it were made on ${each}`]),
    ];
  });
