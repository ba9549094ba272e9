import { createHash } from 'node:crypto';
import { plannedAttempts } from '../analyze/attempts.ts';
import type { ConfiguredTarget } from '../model/config.ts';
import type { PlannedTarget } from '../model/plan.ts';
import type { Limits } from '../model/policy.ts';
import type { Bound } from '../model/probe.ts';
import type { Demand, HoldRequest, TargetRecord } from '../model/records.ts';
import { demandOf } from './demand.ts';
import { criteriaFor, type PlanRequest } from './request.ts';

/** People need the causes even where the verdict is early. */
const LEAST_ATTEMPTS = 30;
const PARTS_PER_RUN = 3;

/** What this run would do to a target that has its servers to itself. */
export function planTarget(target: ConfiguredTarget, request: PlanRequest, limits: Limits): PlannedTarget {
  const { config, scope, history } = request;
  if (target.bound === null) throw new Error(`target ${target.name} is not bound`);
  const demand = demandOf(target.name, config.workloads);
  const ceiling = target.sampling?.attempts ?? config.sampling.attempts;
  const wished = scope === 'run' ? limits.attempts : plannedAttempts(criteriaFor(demand, request).connections);
  const most = Math.min(wished, ceiling ?? Number.POSITIVE_INFINITY);
  const parts = Object.fromEntries(target.bound.parts.map((name) => [name, Math.min(PARTS_PER_RUN, most - 1)]));
  const holds = holdsOf(target, demand, request);
  const record = recordOf(target, target.bound, { demand, parts, holds });
  return {
    record,
    bound: target.bound,
    attempts: { most, least: scope === 'run' ? Math.min(LEAST_ATTEMPTS, most) : most },
    parts,
    holds,
    deadlinesMs: { ...target.bound.deadlinesMs, ...config.sampling.deadlinesMs, ...target.sampling?.deadlinesMs },
    identityStanding: record.identity === null ? 'untested' : history.identityStanding(record.identity, request.now),
    hasSucceeded: history.hasSucceeded(target.name),
  };
}

function recordOf(
  target: ConfiguredTarget,
  bound: Bound,
  { demand, parts, holds }: { demand: Demand; parts: Record<string, number>; holds: HoldRequest[] },
): TargetRecord {
  const servers = bound.footprint.servers.map(({ address }) => address);
  const { identity } = bound.footprint;
  const whatConnects = JSON.stringify([target.type, target.canonical, servers, identity]);
  return {
    name: target.name,
    type: target.type,
    endpoint: bound.endpoint,
    digest: `sha256:${createHash('sha256').update(whatConnects).digest('hex')}`,
    servers,
    identity,
    requirement: target.requirement,
    expect: target.expect,
    demand,
    differences: [...bound.differences],
    stages: [...target.probe.stages],
    control: target.control,
    untestable: bound.untestable,
    parts,
    holds,
  };
}

/** The longest idle of the workloads, or the rungs that the configuration writes. Under `quick` only written rungs are held. */
function holdsOf(target: ConfiguredTarget, demand: Demand, { config, profile }: PlanRequest): HoldRequest[] {
  if (!target.probe.holds.includes('idle') || target.control) return [];
  const written = target.sampling?.holds ?? config.sampling.holds;
  const needed = target.requirement.survivesIdleMs ?? demand.longestIdleMs;
  if (written === null && profile === 'quick') return [];
  const rungs = new Set([...(written?.rungsMs ?? []), ...(needed === null ? [] : [needed])]);
  const keepalive = written?.keepalive ?? 'as-client';
  return [...rungs].sort((a, b) => a - b).map((plannedMs) => ({ kind: 'idle', plannedMs, keepalive }));
}
