import { analyze } from './analyze/analyze.ts';
import { type Decided, decide } from './decide/decide.ts';
import type { Place } from './decide/place.ts';
import type { Evidence } from './evidence/skim.ts';
import { countOf } from './judge/words.ts';
import type { Analysis } from './model/analysis.ts';
import type { Config } from './model/config.ts';
import type { Decision } from './model/decision.ts';
import type { EvidenceFolder } from './model/evidence.ts';
import type { DeclaredWorkload, Policy, Profile } from './model/policy.ts';
import type { Registry } from './model/probe.ts';
import type { Context } from './model/records.ts';
import { gapsOf, presentOf, workloadsOf } from './plan/present.ts';
import { TOOL } from './tool.ts';

export type PlacementRequest = {
  readonly evidence: Evidence;
  readonly registry: Registry;
  /** Null where none is at hand: then the evidence speaks for itself. */
  readonly config: Config | null;
  readonly policy: Policy;
  readonly profile: Profile;
  /** What was seen of the folders before they were read. */
  readonly remarks: Decision['remarks'];
};

/** EVIDENCE -> analyze -> decide: saved evidence of all contexts, judged again. Needs no network and no secret, and believes no verdict. */
export function placement(request: PlacementRequest, decidedAt: string): Decided {
  const { evidence, registry, config, policy, profile } = request;
  const contexts = contextsIn(evidence.folder);
  const places = contexts.map((context) => {
    const analysis = evidence.folding((folder) => analyze(folder, questionOf(context, policy, decidedAt)));
    return placeOf(analysis, config);
  });
  return decide({
    places,
    workloads: config === null ? workloadsIn(places) : declaredIn(config, places),
    contexts: config?.contexts ?? [],
    terms: { registry, policy, profile, decidedAt, tool: TOOL },
    configDigest: config?.digest ?? null,
    configured: config?.targets.map(({ name }) => name) ?? null,
    remarks: [...request.remarks, ...problemsIn(evidence.folder), ...copiesIn(evidence.folder)],
  });
}

type Whereabouts = Pick<Context, 'name' | 'vantage'>;

function contextsIn({ headers }: EvidenceFolder): readonly Whereabouts[] {
  const found = new Map(headers.map(({ run: { context } }) => [`${context.name} ${context.vantage}`, context]));
  return [...found.values()];
}

const questionOf = ({ name, vantage }: Whereabouts, policy: Policy, judgedAt: string) =>
  ({ context: name, vantage, scope: 'period', run: null, only: null, judgedAt, policy }) as const;

const placeOf = (analysis: Analysis, config: Config | null): Place => ({
  analysis,
  present: config === null ? new Map() : presentOf(config, analysis),
  gaps: config === null ? [] : gapsOf(config, analysis),
});

/** As the latest run of any context declares them. */
function workloadsIn(places: readonly Place[]): readonly DeclaredWorkload[] {
  const latestAt = ({ analysis: { runs } }: Place) => runs.findLast(({ counted }) => counted)?.startedAt ?? '';
  const latest = places.toSorted((a, b) => (latestAt(a) < latestAt(b) ? 1 : -1))[0];
  return latest === undefined ? [] : workloadsOf(null, latest.analysis);
}

/** As configured; `evidence` where some run was made under the same declaration. */
function declaredIn(config: Config, places: readonly Place[]): readonly DeclaredWorkload[] {
  const inPlaces = places.map(({ analysis }) => workloadsOf(config, analysis));
  const bare = workloadsOf(config, { workloads: [] });
  return bare.map(
    (declared, index) =>
      inPlaces.flatMap((place) => place[index] ?? []).find(({ judgedBy }) => judgedBy === 'evidence') ?? declared,
  );
}

const problemsIn = ({ problems }: EvidenceFolder): Decision['remarks'] =>
  problems.map((what) => ({ context: null, what, effect: 'what it may have said is missing', runs: null }));

const copiesIn = ({ copies }: EvidenceFolder): Decision['remarks'] =>
  copies.length === 0
    ? []
    : [
        {
          context: null,
          what: `${countOf(copies.length, 'file')} there twice: ${copies.join(', ')}`,
          effect: 'each run counts once',
          runs: null,
        },
      ];
