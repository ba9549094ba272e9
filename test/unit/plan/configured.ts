import { z } from 'zod';
import type { Config, ConfiguredTarget, Sampling, TargetSampling, Workload } from '../../../src/model/config.ts';
import type { Plan } from '../../../src/model/plan.ts';
import { DEFAULT_POLICY, type Policy } from '../../../src/model/policy.ts';
import type { AnyProbe, Bound, ServerFootprint } from '../../../src/model/probe.ts';
import type { HoldRequest, Requirement } from '../../../src/model/records.ts';
import { NO_HISTORY } from '../../../src/plan/history.ts';
import { plan } from '../../../src/plan/plan.ts';
import type { PlanRequest } from '../../../src/plan/request.ts';
import { instant, requirement, T0 } from '../../kit/evidence.ts';

// Configurations as the loader would hand them over.

const OWN_SAMPLING: TargetSampling = { attempts: null, deadlinesMs: {}, holds: null };

const SAMPLING: Sampling = {
  profile: 'gate',
  pace: null,
  logins: null,
  open: null,
  held: null,
  wallMs: null,
  ...OWN_SAMPLING,
};

export type Targeted = {
  readonly servers?: readonly (Partial<ServerFootprint> & { readonly address: string })[];
  readonly identity?: string | null;
  readonly bound?: Partial<Bound>;
  readonly sampling?: Partial<TargetSampling>;
  readonly requirement?: Partial<Requirement>;
  readonly canonical?: string;
  readonly control?: boolean;
  readonly holds?: readonly HoldRequest['kind'][];
  readonly wanted?: readonly HoldRequest[];
  readonly type?: string;
};

const footprint = (over: Partial<ServerFootprint> & { readonly address: string }): ServerFootprint => ({
  connections: 1,
  logins: 1,
  joins: 0,
  commits: 0,
  bytes: 1_000,
  ...over,
});

const probe = (holds: readonly HoldRequest['kind'][], wanted: readonly HoldRequest[]): AnyProbe => ({
  type: 'fake',
  title: 'a fake',
  stages: ['connect', 'request'],
  holds,
  settings: z.strictObject({}),
  expect: z.strictObject({}),
  bind: () => ({ issues: [] }),
  rules: () => ({ rules: [] }),
  holdsWanted: () => wanted,
});

export function configured(name: string, over: Targeted = {}): ConfiguredTarget {
  const servers = (over.servers ?? [{ address: 'claims.internal:1433' }]).map(footprint);
  return {
    name,
    type: over.type ?? 'fake',
    probe: probe(over.holds ?? ['idle'], over.wanted ?? []),
    control: over.control ?? false,
    requirement: requirement(over.requirement),
    expect: {},
    sampling: over.sampling === undefined ? null : { ...OWN_SAMPLING, ...over.sampling },
    canonical: over.canonical ?? '{}',
    unresolved: over.canonical ?? '{}',
    bound: {
      endpoint: servers[0]?.address ?? '',
      footprint: { identity: over.identity ?? null, servers },
      differences: [],
      untestable: null,
      secrets: [],
      parts: [],
      deadlinesMs: {},
      privileges: [],
      load: () => Promise.reject(new Error('a plan loads no client')),
      ...over.bound,
    },
  };
}

export const workload = (name: string, over: Partial<Workload> = {}): Workload => ({
  name,
  uses: ['claims-db'],
  connectsFrom: null,
  stateless: false,
  needs: [],
  durationMs: null,
  longestIdleMs: null,
  connectionsPerRun: null,
  retriesFirstConnection: false,
  runsPerMonth: null,
  tolerableFailedRuns: null,
  ...over,
});

export type Planning = Partial<Omit<PlanRequest, 'config'>> & {
  readonly sampling?: Partial<Sampling>;
  readonly workloads?: readonly Workload[];
  readonly policy?: Partial<Policy>;
};

export const config = (targets: readonly ConfiguredTarget[], over: Planning = {}): Config => ({
  path: 'probe.yaml',
  digest: 'sha256:c',
  sampling: { ...SAMPLING, ...over.sampling },
  targets,
  workloads: over.workloads ?? [],
  contexts: [],
  policy: { ...DEFAULT_POLICY, ...over.policy },
  lab: null,
  secrets: [],
  warnings: [],
});

export function planned(targets: readonly ConfiguredTarget[], over: Planning = {}): Plan {
  const { sampling, workloads, policy, ...request } = over;
  return plan({
    config: config(targets, over),
    profile: 'gate',
    scope: 'period',
    context: { name: 'serverless' },
    only: null,
    history: NO_HISTORY,
    now: instant(T0),
    ...request,
  });
}
