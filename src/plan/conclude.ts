import type { PlannedTarget } from '../model/plan.ts';
import type { Limits } from '../model/policy.ts';
import { PreflightError } from '../model/preflight-error.ts';
import { criteriaFor, type PlanRequest, processesOf, runsToConclude } from './request.ts';

const SHORT_RUN_ATTEMPTS = 10;

/** A run that is too short can lower the evidence for a pass and never raise it: a thousand of them would conclude nothing. */
export function refuseWhatNeverConcludes(
  targets: readonly PlannedTarget[],
  request: PlanRequest,
  limits: Limits,
): void {
  if (request.scope === 'run') return;
  const faults = targets.flatMap((target) => {
    const { connections } = criteriaFor(target.record, request);
    const least = Math.max(SHORT_RUN_ATTEMPTS, connections + 1);
    const runs = runsToConclude(target.record, request);
    const { name } = target.record;
    if (target.attempts.most < least) {
      return [`${name}: ${target.attempts.most} attempts a run are allowed, and a run counts only from ${least}`];
    }
    if (runs > request.config.policy.maxRuns) {
      return [`${name}: ${runs} clean runs are needed, and policy.maxRuns is ${request.config.policy.maxRuns}`];
    }
    return [];
  });
  if (faults.length === 0) return;
  const { logins, wallTimeMs, newConnectionsPerSecond } = limits;
  throw new PreflightError(
    'ERR_PLAN_NEVER_CONCLUDES',
    `This plan could never reach a verdict:\n${faults.map((fault) => `  ${fault}`).join('\n')}`,
    `Limits a run and server${sharedText(request)}: ${logins} logins, ${shown(newConnectionsPerSecond)} new connections a second, ${wallTimeMs / 1_000} s. ` +
      'Raise sampling.attempts, logins, pace or wall, raise policy.maxRuns, or try fewer targets at once.',
  );
}

/** A whole limit as it is, a share of one to three digits. */
const shown = (perSecond: number): string => String(Number(perSecond.toPrecision(3)));

const sharedText = (request: PlanRequest): string =>
  processesOf(request) === 1 ? '' : `, divided among ${processesOf(request)} processes`;
