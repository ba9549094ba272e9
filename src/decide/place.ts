import type { Analysis } from '../model/analysis.ts';
import type { ContextDeclaration } from '../model/config.ts';
import type { Compute } from '../model/decision.ts';
import type { Gap, Policy, Present, Profile } from '../model/policy.ts';
import type { Registry } from '../model/probe.ts';
import type { Report } from '../model/report.ts';

/** What the evidence of one context says from one vantage. */
export type Place = {
  readonly analysis: Analysis;
  /** What the present configuration asks of its targets, where that differs from what they were tried for. */
  readonly present: ReadonlyMap<string, Present>;
  /** Targets of the configuration that it does not speak of. */
  readonly gaps: readonly Gap[];
};

/** A context that a workload may be placed in, with or without evidence. */
export type Candidate = {
  readonly name: string;
  /** As declared, else as detected in the latest run; null where there is neither. */
  readonly kind: string | null;
  readonly compute: Compute;
  readonly ephemeral: boolean;
  readonly declared: ContextDeclaration | null;
  readonly places: readonly Place[];
};

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
function candidateOf(name: string, { declared, places }: Pick<Candidate, 'declared' | 'places'>): Candidate {
  const found = places.map(({ analysis }) => analysis.context);
  const kinds = [...new Set(found.map(({ kind }) => kind))];
  const ephemeral = declared?.ephemeral ?? (found.length === 0 || found.some((each) => each.ephemeral));
  return {
    name,
    kind: declared?.kind ?? (kinds.length === 1 ? (kinds[0] ?? null) : null),
    compute: declared?.compute ?? (ephemeral ? 'serverless' : 'dedicated'),
    ephemeral,
    declared,
    places: places.map((place) => ({
      ...place,
      analysis: { ...place.analysis, context: { ...place.analysis.context, ephemeral } },
    })),
  };
}
