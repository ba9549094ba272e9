import type { ConfiguredTarget, HoldSampling } from '../model/config.ts';
import { HOLD_SOCKETS } from '../model/holds.ts';
import type { Profile } from '../model/policy.ts';
import type { Demand, HoldRequest } from '../model/records.ts';
import type { PlanRequest } from './request.ts';

/** Just above the idle limits that are known: Azure Load Balancer 240 s, AWS NAT gateway 350 s, Cloud NAT 1200 s, Azure SQL gateway 1800 s. */
const KNOWN_RUNGS_MS: readonly number[] = [250_000, 360_000, 1_260_000, 1_860_000];

/** As the JDBC driver has it, and below every known limit. */
const CONTRAST = { intervalMs: 30_000 };

/** How long connections are left idle, side by side; what is needed is among the rungs. */
export type Ladder = {
  readonly rungsMs: readonly number[];
  /** As long as workloads idle: these rungs are judged, the others inform. */
  readonly neededMs: readonly number[];
  /** How long others are held to set against them: as long as is needed or written, where either is. */
  readonly contrastMs: number;
  readonly sockets: number;
  /** Of the contrast; null where nothing is written. */
  readonly keepalive: HoldRequest['keepalive'] | null;
};

/** What one target asks for, or null: nothing is held that no workload, no configuration and no strict profile asks for. */
export function ladderOf(
  target: ConfiguredTarget,
  demand: Demand,
  { config, profile }: Pick<PlanRequest, 'config' | 'profile'>,
): Ladder | null {
  const written = target.sampling?.holds ?? config.sampling.holds;
  const needed = target.requirement.survivesIdleMs ?? demand.longestIdleMs;
  const rungs = rungsOf(profile, written, needed);
  if (rungs === null) return null;
  const neededMs = needed === null ? [] : [needed];
  const rungsMs = ascending([...rungs, ...neededMs]);
  if (rungsMs.length === 0) return null;
  const asked = [...neededMs, ...(written?.rungsMs ?? [])];
  return {
    rungsMs,
    neededMs,
    contrastMs: Math.max(...(asked.length > 0 ? asked : rungsMs)),
    sockets: written?.sockets ?? HOLD_SOCKETS,
    keepalive: written?.keepalive ?? null,
  };
}

/** See docs/decisions/060-idle-ladder.md. */
function rungsOf(profile: Profile, written: HoldSampling | null, needed: number | null): readonly number[] | null {
  if (written !== null) return written.rungsMs;
  switch (profile) {
    case 'quick':
      return null;
    case 'gate':
      return KNOWN_RUNGS_MS.filter((ms) => ms < (needed ?? 0));
    case 'strict':
      return KNOWN_RUNGS_MS;
    default:
      return profile satisfies never;
  }
}

/** One ladder for targets that share a server: whatever any of them asks for. */
export const merged = (ladders: readonly Ladder[]): Ladder => ({
  rungsMs: ascending(ladders.flatMap(({ rungsMs }) => rungsMs)),
  neededMs: ascending(ladders.flatMap(({ neededMs }) => neededMs)),
  contrastMs: Math.max(...ladders.map(({ contrastMs }) => contrastMs)),
  sockets: Math.max(...ladders.map(({ sockets }) => sockets)),
  keepalive: ladders.find(({ keepalive }) => keepalive !== null)?.keepalive ?? null,
});

const ascending = (spans: readonly number[]): readonly number[] => [...new Set(spans)].sort((a, b) => a - b);

/** `tier`: how early it is left out where the server may not hold all, the highest first. */
export type Held = { readonly request: HoldRequest; readonly tier: number };

export const TIER = { judged: 0, informing: 1, contrast: 2, further: 3 } as const;

/** The connections of a ladder: some at each rung as the real client has them, then others to set against them. */
export function connectionsOf(ladder: Ladder, kinds: readonly HoldRequest['kind'][]): readonly Held[] {
  const { rungsMs, neededMs, contrastMs, sockets } = ladder;
  const idle = (plannedMs: number, keepalive: HoldRequest['keepalive'], tier: number): Held => ({
    request: { kind: 'idle', plannedMs, keepalive },
    tier,
  });
  const asClient = rungsMs.flatMap((plannedMs) => {
    const first = neededMs.includes(plannedMs) ? TIER.judged : TIER.informing;
    return Array.from({ length: sockets }, (_, nth) =>
      idle(plannedMs, 'as-client', nth === 0 ? first : TIER.further + nth),
    );
  });
  const inUse: Held = {
    request: { kind: 'in-use', plannedMs: contrastMs, keepalive: 'as-client' },
    tier: TIER.contrast,
  };
  return [...asClient, ...keptAlive(ladder, idle), ...(kinds.includes('in-use') ? [inUse] : [])];
}

/** A keepalive that is written is tried at every rung, as far as there is room. */
function keptAlive(
  { rungsMs, contrastMs, keepalive, sockets }: Ladder,
  idle: (plannedMs: number, keepalive: HoldRequest['keepalive'], tier: number) => Held,
): readonly Held[] {
  if (keepalive === 'as-client') return [];
  if (keepalive === null) return [idle(contrastMs, CONTRAST, TIER.contrast)];
  return rungsMs.map((ms) => idle(ms, keepalive, ms === contrastMs ? TIER.contrast : TIER.further + sockets));
}
