import { shareOfHold } from '../model/holds.ts';
import type { PlannedTarget } from '../model/plan.ts';
import type { Limits } from '../model/policy.ts';
import type { HoldRequest } from '../model/records.ts';
import type { Held } from './ladder.ts';

export type HoldsOfTarget = { readonly planned: PlannedTarget; readonly holds: readonly Held[] };

type Fitted = {
  readonly holdsOf: ReadonlyMap<string, readonly HoldRequest[]>;
  readonly warnings: readonly string[];
};

/** Leaves out what a server may not hold at once: further connections of a rung before a whole rung, and what is long before what is short. */
export function fitHolds(
  wanted: readonly HoldsOfTarget[],
  { heldConnections }: Pick<Limits, 'heldConnections'>,
): Fitted {
  const all = wanted.flatMap(({ planned, holds }) => holds.map((held) => ({ planned, ...held })));
  const dearestLast = [...all].sort((a, b) => a.tier - b.tier || a.request.plannedMs - b.request.plannedMs);
  const held = new Map<string, number>();
  const holdsOf = new Map<string, HoldRequest[]>();
  const leftOut = new Map<string, HoldRequest[]>();
  for (const { planned, request } of dearestLast) {
    const shares = planned.bound.footprint.servers.map((server) => ({
      address: server.address,
      now: (held.get(server.address) ?? 0) + shareOfHold(request, server).connections,
    }));
    const fits = shares.every(({ now }) => now <= heldConnections);
    if (fits) for (const { address, now } of shares) held.set(address, now);
    const into = fits ? holdsOf : leftOut;
    into.set(planned.record.name, [...(into.get(planned.record.name) ?? []), request]);
  }
  return { holdsOf, warnings: [...leftOut].map(([name, out]) => warning(name, out, heldConnections)) };
}

function warning(target: string, leftOut: readonly HoldRequest[], heldConnections: number): string {
  const counts = new Map<string, number>();
  for (const request of leftOut) counts.set(textOf(request), (counts.get(textOf(request)) ?? 0) + 1);
  const list = [...counts].map(([text, count]) => `${count} of ${text}`).join(', ');
  return `${target}: a server may hold ${heldConnections} connections at once (sampling.held), so that of those to be held these are left out: ${list}.`;
}

function textOf({ kind, plannedMs, keepalive }: HoldRequest): string {
  const seconds = `${plannedMs / 1_000} s`;
  if (kind !== 'idle') return `${seconds} (${kind})`;
  return keepalive === 'as-client' ? seconds : `${seconds} (keepalive ${keepalive.intervalMs / 1_000} s)`;
}
