import type { PlannedTarget } from '../model/plan.ts';
import { PROFILE_NUMBERS } from '../model/policy.ts';
import { attemptsToConclude, type PlanRequest } from './request.ts';

/** What the operator should know before the run, a sentence each. */
export function warningsOf(targets: readonly PlannedTarget[], request: PlanRequest): readonly string[] {
  const ofTargets = targets.flatMap((target) => [
    ...ownLogin(target),
    ...tooFewAttempts(target, request),
    ...untestable(target),
    ...controlBeside(target, targets),
  ]);
  return [...ofTargets, ...onlyALook(targets, request), ...idleUntested(targets, request)];
}

/** Under `quick` the numbers are fixed, whatever the workloads ask. */
function onlyALook(targets: readonly PlannedTarget[], { profile, config }: PlanRequest): string[] {
  if (profile !== 'quick') return [];
  const { connectionsPerRun, tolerableFailedRuns } = PROFILE_NUMBERS.quick;
  const more = targets.filter(
    ({ record: { demand } }) =>
      (demand.connectionsPerRun ?? 0) > connectionsPerRun ||
      (demand.tolerableFailedRuns ?? config.policy.tolerableFailedRuns ?? 1) < tolerableFailedRuns,
  );
  if (more.length === 0) return [];
  return [
    `profile quick is a look: it judges by ${tolerableFailedRuns * 100} % of job runs with ${connectionsPerRun} connection, and less is asked of ` +
      `${more.map(({ record }) => record.name).join(', ')} than the workloads do. Judge them with --profile gate.`,
  ];
}

function idleUntested(targets: readonly PlannedTarget[], { profile, config }: PlanRequest): string[] {
  const idle = targets.filter(
    ({ record }) => (record.requirement.survivesIdleMs ?? record.demand.longestIdleMs) !== null,
  );
  const written =
    config.sampling.holds !== null || config.targets.some(({ sampling }) => (sampling?.holds ?? null) !== null);
  if (profile !== 'quick' || written || idle.length === 0) return [];
  return [
    `profile quick holds no connection unless sampling.holds is written: how long ${idle.map(({ record }) => record.name).join(', ')} may idle stays untested.`,
  ];
}

/** An account that carries our name is taken for one of the probe's own. */
const OWN_ACCOUNT = /probe|preflight/i;

function ownLogin({ record }: PlannedTarget): string[] {
  const { name, identity, demand } = record;
  if (identity === null || demand.workloads.length === 0 || OWN_ACCOUNT.test(identity.split('@')[0] ?? '')) return [];
  return [
    `${name}: logs in as ${identity}, the login that ${demand.workloads.join(', ')} may use: a rejected password counts against its lockout. ` +
      'Prefer an account of the probe’s own with the same rights.',
  ];
}

function tooFewAttempts(target: PlannedTarget, request: PlanRequest): string[] {
  if (request.scope === 'period') return [];
  const needed = attemptsToConclude(target.record, request);
  if (target.attempts.most >= needed) return [];
  return [
    `${target.record.name}: a pass of this run alone needs ${needed} clean attempts, and the limits allow ${target.attempts.most}: it will be inconclusive at best.`,
  ];
}

const untestable = ({ record }: PlannedTarget): string[] =>
  record.untestable === null ? [] : [`${record.name}: ${record.untestable}; only the stages before that are tried.`];

/** A control at the server of a target cannot tell whether that server or the way to it is dead, and is not asked. */
function controlBeside({ record }: PlannedTarget, targets: readonly PlannedTarget[]): string[] {
  if (!record.control) return [];
  const beside = targets.filter(
    (other) => !other.record.control && other.record.servers.some((server) => record.servers.includes(server)),
  );
  if (beside.length === 0) return [];
  const names = beside.map((other) => other.record.name).join(', ');
  return [`${record.name}: is a control, and stands on a server of ${names}: it says nothing of their failures.`];
}
