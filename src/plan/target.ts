import { createHash } from 'node:crypto';
import { plannedAttempts } from '../analyze/attempts.ts';
import type { Config, ConfiguredTarget } from '../model/config.ts';
import type { PlannedTarget } from '../model/plan.ts';
import type { Limits } from '../model/policy.ts';
import type { Bound } from '../model/probe.ts';
import type { Demand, TargetRecord } from '../model/records.ts';
import { demandOf } from './demand.ts';
import type { IdentityUsers } from './history.ts';
import { criteriaFor, type PlanRequest } from './request.ts';

/** People need the causes even where the verdict is early. */
const LEAST_ATTEMPTS = 30;
const PARTS_PER_RUN = 3;

/** What this run would do to a target that has its servers to itself, but for holds, which servers share. */
export function planTarget(target: ConfiguredTarget, request: PlanRequest, limits: Limits): PlannedTarget {
  const { config, scope, history } = request;
  if (target.bound === null) throw new Error(`target ${target.name} is not bound`);
  const demand = demandOf(target.name, config.workloads);
  const most = attemptsOf(target, demand, request, limits);
  const parts = partsWithin(most, Object.fromEntries(target.bound.parts.map((name) => [name, PARTS_PER_RUN])));
  const record = recordOf(target, target.bound, { demand, parts });
  return {
    record,
    bound: target.bound,
    attempts: { most, least: scope === 'run' ? Math.min(LEAST_ATTEMPTS, most) : most },
    spare: 0,
    checks: 0,
    parts,
    holds: [],
    deadlinesMs: { ...target.bound.deadlinesMs, ...config.sampling.deadlinesMs, ...target.sampling?.deadlinesMs },
    identityStanding:
      record.identity === null ? 'untested' : history.identityStanding(usersOf(record.identity, config), request.now),
    hasSucceeded: history.hasSucceeded(record.digest),
  };
}

/** A period asks each run for a fixed number, which a written one can only lower; a run that is judged alone takes what it is given. */
function attemptsOf(target: ConfiguredTarget, demand: Demand, request: PlanRequest, limits: Limits): number {
  const written = target.sampling?.attempts ?? request.config.sampling.attempts;
  if (request.scope === 'run') return written ?? limits.attempts;
  const planned = plannedAttempts(criteriaFor({ name: target.name, demand }, request).connections);
  return Math.min(planned, written ?? planned);
}

/** Dear parts go to attempts after the first, one each. */
export function partsWithin(most: number, planned: Readonly<Record<string, number>>): Record<string, number> {
  let left = Math.max(0, most - 1);
  return Object.fromEntries(
    Object.entries(planned).map(([name, count]) => {
      const given = Math.min(count, left);
      left -= given;
      return [name, given];
    }),
  );
}

/** All targets that log in by this identity, also those that are not tried in this run. */
const usersOf = (identity: string, config: Config): IdentityUsers => ({
  identity,
  digests: config.targets.flatMap((target) =>
    target.bound?.footprint.identity === identity ? [digestOf(target, target.bound)] : [],
  ),
});

/** Of what connects: as written, and the servers and the identity as resolved. */
export function digestOf({ type, canonical }: ConfiguredTarget, { footprint }: Bound): string {
  const servers = footprint.servers.map(({ address }) => address);
  const whatConnects = JSON.stringify([type, canonical, servers, footprint.identity]);
  return `sha256:${createHash('sha256').update(whatConnects).digest('hex')}`;
}

/** The same with no reference resolved: what is behind one may be another server. */
export const writtenDigestOf = ({ type, unresolved }: Pick<ConfiguredTarget, 'type' | 'unresolved'>): string =>
  `sha256:${createHash('sha256')
    .update(JSON.stringify([type, unresolved]))
    .digest('hex')}`;

function recordOf(
  target: ConfiguredTarget,
  bound: Bound,
  { demand, parts }: { demand: Demand; parts: Record<string, number> },
): TargetRecord {
  return {
    name: target.name,
    type: target.type,
    endpoint: bound.endpoint,
    digest: digestOf(target, bound),
    written: writtenDigestOf(target),
    servers: bound.footprint.servers.map(({ address }) => address),
    identity: bound.footprint.identity,
    requirement: target.requirement,
    expect: target.expect,
    demand,
    differences: [...bound.differences],
    stages: [...target.probe.stages],
    control: target.control,
    untestable: bound.untestable,
    parts,
    holds: [],
    heldBy: null,
  };
}
