import { shareOfHold, useEveryMs } from '../model/holds.ts';
import type { PlannedTarget, ServerLoad } from '../model/plan.ts';
import type { Limits } from '../model/policy.ts';
import type { ServerFootprint } from '../model/probe.ts';
import { triedAtMost } from './spare.ts';
import { partsWithin } from './target.ts';

/** The engine spreads new connections by up to a quarter of their interval; the plan counts with the whole of it. */
const PACE_MARGIN = 1.25;

type Use = { readonly target: PlannedTarget; readonly footprint: ServerFootprint };

const usesByServer = (targets: readonly PlannedTarget[]): ReadonlyMap<string, readonly Use[]> => {
  const uses = new Map<string, Use[]>();
  for (const target of targets) {
    for (const footprint of target.bound.footprint.servers) {
      uses.set(footprint.address, [...(uses.get(footprint.address) ?? []), { target, footprint }]);
    }
  }
  return uses;
};

/** Fewer attempts for the targets of a server whose logins or time do not suffice for what all of them want. */
export function fitToServers(targets: readonly PlannedTarget[], limits: Limits): readonly PlannedTarget[] {
  const factors = new Map<string, number>();
  for (const uses of usesByServer(targets).values()) {
    const factor = factorOf(uses, limits);
    for (const { target } of uses) {
      factors.set(target.record.name, Math.min(factor, factors.get(target.record.name) ?? 1));
    }
  }
  return targets.map((target) => {
    const most = Math.floor(target.attempts.most * (factors.get(target.record.name) ?? 1));
    const parts = partsWithin(most, target.parts);
    return {
      ...target,
      attempts: { most, least: Math.min(target.attempts.least, most) },
      parts,
      record: { ...target.record, parts },
    };
  });
}

function factorOf(uses: readonly Use[], limits: Limits): number {
  const total = (amount: (use: Use) => number) => uses.reduce((sum, use) => sum + amount(use), 0);
  const logins = total(({ target, footprint }) => target.attempts.most * footprint.logins);
  const held = { logins: total((use) => heldBy(use).logins), connections: total((use) => heldBy(use).connections) };
  const connections = total(({ target, footprint }) => target.attempts.most * footprint.connections);
  const inTime = (limits.wallTimeMs / 1_000) * (limits.newConnectionsPerSecond / PACE_MARGIN);
  return Math.min(
    1,
    logins === 0 ? 1 : Math.max(0, limits.logins - held.logins) / logins,
    connections === 0 ? 1 : Math.max(0, inTime - held.connections) / connections,
  );
}

type Cost = { readonly connections: number; readonly logins: number; readonly joins: number; readonly bytes: number };

/** What the holds of a target cost a server. */
function heldBy({ target, footprint }: Use): Cost {
  const costs = target.holds.map((hold): Cost => {
    const uses = hold.kind === 'in-use' ? Math.ceil(hold.plannedMs / useEveryMs(hold.plannedMs)) : 1;
    const joins = hold.kind === 'membership' ? footprint.joins : 0;
    return { ...shareOfHold(hold, footprint), joins, bytes: uses * footprint.bytes };
  });
  const sum = (of: keyof Cost) => costs.reduce((total, cost) => total + cost[of], 0);
  return { connections: sum('connections'), logins: sum('logins'), joins: sum('joins'), bytes: sum('bytes') };
}

/** What one run does to each server, at most. */
export function loadOf(targets: readonly PlannedTarget[], limits: Limits): readonly ServerLoad[] {
  return [...usesByServer(targets)].map(([address, uses]) => {
    const sum = (amount: (use: Use) => number) => uses.reduce((total, use) => total + amount(use), 0);
    const tried = ({ target }: Use) => {
      const planned = Object.values(target.parts).reduce((total, count) => total + count, 0);
      return planned === 0 ? 0 : planned + target.spare;
    };
    const held = sum((use) => heldBy(use).connections);
    const heldAtOnce = Math.min(limits.heldConnections, held);
    const connections = sum(({ target, footprint }) => triedAtMost(target) * footprint.connections) + held;
    // beside the attempts they are made for
    const checks = sum(({ target, footprint }) => target.checks * footprint.connections);
    const identities = uses.map(({ target }) => target.record.identity).filter((identity) => identity !== null);
    return {
      address,
      targets: uses.map(({ target }) => target.record.name),
      identities: [...new Set(identities)],
      connections,
      logins: Math.min(
        limits.logins,
        sum((use) => triedAtMost(use.target) * use.footprint.logins + heldBy(use).logins),
      ),
      joins: sum((use) => tried(use) * use.footprint.joins + heldBy(use).joins),
      commits: sum((use) => tried(use) * use.footprint.commits),
      bytes: sum((use) => triedAtMost(use.target) * use.footprint.bytes + heldBy(use).bytes),
      openAtOnce: openAtOnce(uses, limits) + heldAtOnce,
      holds: sum(({ target }) => target.holds.length),
      heldAtOnce,
      heldMs: longestHoldMs(uses.map(({ target }) => target)),
      durationMs: Math.ceil(((connections - checks) / limits.newConnectionsPerSecond) * PACE_MARGIN * 1_000),
    };
  });
}

const longestHoldMs = (targets: readonly PlannedTarget[]): number =>
  Math.max(0, ...targets.flatMap(({ holds }) => holds.map(({ plannedMs }) => plannedMs)));

/** Holds are opened one after the other, and the last of them may wait in vain for its answer. */
const wholeHoldMs = (longestMs: number): number => (longestMs === 0 ? 0 : longestMs * 1.02 + 5_000);

/** Targets side by side, within the limit; one whose single attempt needs more has the server to itself. */
function openAtOnce(uses: readonly Use[], limits: Limits): number {
  const connections = uses.map(({ footprint }) => footprint.connections);
  const all = connections.reduce((total, each) => total + each, 0);
  return Math.max(Math.min(limits.openConnections, all), ...connections);
}

/** Servers run side by side, holds beside the attempts. */
export const durationOf = (targets: readonly PlannedTarget[], servers: readonly ServerLoad[]): number =>
  Math.max(wholeHoldMs(longestHoldMs(targets)), ...servers.map(({ durationMs }) => durationMs));
