import type { ConfiguredTarget } from '../model/config.ts';
import type { PlannedTarget } from '../model/plan.ts';
import type { Limits } from '../model/policy.ts';
import type { HoldRequest } from '../model/records.ts';
import { fitHolds, type HoldsOfTarget } from './fit-holds.ts';
import { connectionsOf, type Held, type Ladder, ladderOf, merged, TIER } from './ladder.ts';
import type { PlanRequest } from './request.ts';

/** What idles as long in every run says little that three runs do not, and the server is spared. */
const HELD_RUNS = 3;

type Candidate = { readonly target: ConfiguredTarget; readonly planned: PlannedTarget };
type Planned = { readonly targets: readonly PlannedTarget[]; readonly warnings: readonly string[] };

/** Adds to each target what it is to hold, within what its servers may hold at once. */
export function withHolds(
  candidates: readonly Candidate[],
  request: PlanRequest,
  limits: Pick<Limits, 'heldConnections'>,
): Planned {
  const ladders = serversOf(candidates).flatMap((sharing) => ladderOn(sharing, request) ?? []);
  const wanted = candidates.map(({ target, planned }): HoldsOfTarget => {
    const ladder = ladders.find(({ holder }) => holder === target.name);
    return { planned, holds: [...(ladder?.holds ?? []), ...ownHolds({ target, planned }, request)] };
  });
  const { holdsOf, warnings } = fitHolds(wanted, limits);
  const targets = candidates.map(({ planned }) => {
    const { name } = planned.record;
    const holds = [...(holdsOf.get(name) ?? [])].sort(inOrderOfOpening);
    const heldBy = ladders.find(({ others }) => others.includes(name))?.holder ?? null;
    return { ...planned, holds, record: { ...planned.record, holds, heldBy } };
  });
  return { targets, warnings };
}

/** Targets of one type and the same servers: what they leave idle goes the same way, with the same keepalive. */
function serversOf(candidates: readonly Candidate[]): readonly (readonly Candidate[])[] {
  const groups = new Map<string, Candidate[]>();
  for (const candidate of candidates.filter(({ target }) => !target.control && target.probe.holds.includes('idle'))) {
    const key = JSON.stringify([candidate.target.type, [...candidate.planned.record.servers].sort()]);
    groups.set(key, [...(groups.get(key) ?? []), candidate]);
  }
  return [...groups.values()];
}

type LadderOnServer = { readonly holder: string; readonly others: readonly string[]; readonly holds: readonly Held[] };

function ladderOn(sharing: readonly Candidate[], request: PlanRequest): LadderOnServer | null {
  const asking = sharing.flatMap((candidate) => {
    const ladder = ladderOf(candidate.target, candidate.planned.record.demand, request);
    return ladder === null ? [] : [{ ...candidate, ladder }];
  });
  const able = asking.filter(({ planned }) => planned.record.untestable === null);
  // one that has worked before is the surer to come to its holds
  const holder = able.find(({ planned }) => planned.hasSucceeded) ?? able[0];
  if (holder === undefined || !asking.some(({ planned, ladder }) => isDue(planned, 'idle', spansOf(ladder), request))) {
    return null;
  }
  return {
    holder: holder.target.name,
    others: asking.filter((one) => one !== holder).map(({ target }) => target.name),
    holds: connectionsOf(merged(asking.map(({ ladder }) => ladder)), holder.target.probe.holds),
  };
}

type Spans = { readonly longestMs: number; readonly neededMs: number | null };

const spansOf = ({ rungsMs, neededMs }: Ladder): Spans => ({
  longestMs: rungsMs.at(-1) ?? 0,
  neededMs: neededMs.at(-1) ?? null,
});

/** Three runs of a history hold; more only where the latest of them lost what a workload needs. A run that is judged alone always does. */
function isDue(
  { record }: PlannedTarget,
  kind: HoldRequest['kind'],
  spans: Spans,
  { scope, history }: PlanRequest,
): boolean {
  const { runs, latestLost } = history.held(record.digest, kind, spans);
  return scope === 'run' || runs < HELD_RUNS || latestLost;
}

/** What the expectations of its own probe ask for. */
function ownHolds({ target, planned }: Candidate, request: PlanRequest): readonly Held[] {
  const { record, bound } = planned;
  if (target.control || record.untestable !== null) return [];
  const joinsGroups = bound.footprint.servers.some(({ joins }) => joins > 0);
  return target.probe
    .holdsWanted(target.expect)
    .filter(({ kind }) => kind !== 'membership' || joinsGroups)
    .filter(({ kind, plannedMs }) => isDue(planned, kind, { longestMs: plannedMs, neededMs: plannedMs }, request))
    .map((hold) => ({ request: hold, tier: TIER.judged }));
}

/** The longest first, so that the whole lasts hardly longer than its longest; what mostly ends without a wait comes last. */
const inOrderOfOpening = (a: HoldRequest, b: HoldRequest): number =>
  b.plannedMs - a.plannedMs || lateness(a) - lateness(b);

const lateness = ({ kind, keepalive }: HoldRequest): number =>
  kind === 'in-use' ? 2 : keepalive === 'as-client' ? 0 : 1;
