import type { PlannedTarget, ServerLoad } from '../model/plan.ts';
import type { Limits } from '../model/policy.ts';
import type { ServerFootprint } from '../model/probe.ts';
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
  const heldLogins = total(({ target, footprint }) => (footprint.logins > 0 ? target.holds.length : 0));
  const connections = total(({ target, footprint }) => target.attempts.most * footprint.connections);
  const inTime = (limits.wallTimeMs / 1_000) * (limits.newConnectionsPerSecond / PACE_MARGIN);
  return Math.min(
    1,
    logins === 0 ? 1 : Math.max(0, limits.logins - heldLogins) / logins,
    connections === 0 ? 1 : inTime / connections,
  );
}

/** What one run does to each server, at most. */
export function loadOf(targets: readonly PlannedTarget[], limits: Limits): readonly ServerLoad[] {
  return [...usesByServer(targets)].map(([address, uses]) => {
    const sum = (amount: (use: Use) => number) => uses.reduce((total, use) => total + amount(use), 0);
    const tried = (use: Use) => Object.values(use.target.parts).reduce((total, planned) => total + planned, 0);
    const holds = sum(({ target }) => target.holds.length);
    const connections = sum(({ target, footprint }) => target.attempts.most * footprint.connections) + holds;
    const identities = uses.map(({ target }) => target.record.identity).filter((identity) => identity !== null);
    return {
      address,
      targets: uses.map(({ target }) => target.record.name),
      identities: [...new Set(identities)],
      connections,
      logins: sum(
        ({ target, footprint }) =>
          target.attempts.most * footprint.logins + (footprint.logins > 0 ? target.holds.length : 0),
      ),
      joins: sum((use) => tried(use) * use.footprint.joins),
      commits: sum((use) => tried(use) * use.footprint.commits),
      bytes: sum(({ target, footprint }) => (target.attempts.most + target.holds.length) * footprint.bytes),
      openAtOnce: openAtOnce(uses, limits) + Math.min(limits.heldConnections, holds),
      holds,
      durationMs: Math.ceil((connections / limits.newConnectionsPerSecond) * PACE_MARGIN * 1_000),
    };
  });
}

/** Targets side by side, within the limit; one whose single attempt needs more has the server to itself. */
function openAtOnce(uses: readonly Use[], limits: Limits): number {
  const connections = uses.map(({ footprint }) => footprint.connections);
  const all = connections.reduce((total, each) => total + each, 0);
  return Math.max(Math.min(limits.openConnections, all), ...connections);
}

/** Servers run side by side, holds beside the attempts. */
export function durationOf(targets: readonly PlannedTarget[], servers: readonly ServerLoad[]): number {
  const longestHoldMs = Math.max(0, ...targets.flatMap(({ holds }) => holds.map(({ plannedMs }) => plannedMs)));
  return Math.max(longestHoldMs, 0, ...servers.map(({ durationMs }) => durationMs));
}
