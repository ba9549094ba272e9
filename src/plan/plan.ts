import type { Config, ConfiguredTarget } from '../model/config.ts';
import type { Plan } from '../model/plan.ts';
import { type Limits, PROFILE_NUMBERS, type Profile } from '../model/policy.ts';
import { PreflightError } from '../model/preflight-error.ts';
import { refuseWhatNeverConcludes } from './conclude.ts';
import { withHolds } from './holds.ts';
import { durationOf, fitToServers, loadOf } from './load.ts';
import { type PlanRequest, processesOf, runsToConclude } from './request.ts';
import { withSpares } from './spare.ts';
import { planTarget } from './target.ts';
import { warningsOf } from './warnings.ts';

/** Binds the targets to what this run will do to them, within the limits of each server. Pure. */
export function plan(request: PlanRequest): Plan {
  const limits = dividedAmong(processesOf(request), limitsOf(request.config, request.profile));
  const chosen = choose(request.config, request.only);
  const wanted = chosen.map((target) => ({ target, planned: planTarget(target, request, limits) }));
  const { targets: holding, warnings } = withHolds(wanted, request, limits);
  const targets = withSpares(fitToServers(holding, limits));
  refuseWhatNeverConcludes(targets, request, limits);
  const servers = loadOf(targets, limits);
  return {
    profile: request.profile,
    scope: request.scope,
    limits,
    targets,
    servers,
    earlier: request.history.latest,
    runs:
      request.scope === 'run' ? null : Math.max(0, ...targets.map((target) => runsToConclude(target.record, request))),
    durationMs: durationOf(targets, servers),
    warnings: [...warningsOf(targets, request), ...warnings],
  };
}

function limitsOf({ sampling }: Config, profile: Profile): Limits {
  const numbers = PROFILE_NUMBERS[profile];
  return {
    newConnectionsPerSecond: sampling.pace ?? numbers.newConnectionsPerSecond,
    openConnections: sampling.open ?? numbers.openConnections,
    heldConnections: sampling.held ?? numbers.heldConnections,
    logins: sampling.logins ?? numbers.logins,
    wallTimeMs: sampling.wallMs ?? numbers.wallTimeMs,
    attempts: sampling.attempts ?? numbers.attempts,
  };
}

/** A server does not care how many of us there are: its limits hold for all of them together. */
function dividedAmong(processes: number, limits: Limits): Limits {
  if (processes === 1) return limits;
  const share = (whole: number, least: number) => Math.max(least, Math.floor(whole / processes));
  return {
    ...limits,
    newConnectionsPerSecond: limits.newConnectionsPerSecond / processes,
    openConnections: share(limits.openConnections, 1),
    heldConnections: share(limits.heldConnections, 0),
    logins: share(limits.logins, 0),
  };
}

function choose(config: Config, only: readonly string[] | null): readonly ConfiguredTarget[] {
  if (only === null) return config.targets;
  const unknown = only.filter((name) => !config.targets.some((target) => target.name === name));
  if (unknown.length > 0) {
    const known = config.targets.map((target) => target.name).join(', ');
    throw new PreflightError(
      'ERR_TARGET_UNKNOWN',
      `no such target: ${unknown.join(', ')}`,
      `The targets are: ${known}.`,
    );
  }
  // without its controls a run could not tell a dead uplink
  return config.targets.filter((target) => target.control || only.includes(target.name));
}
