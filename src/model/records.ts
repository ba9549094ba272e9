import { z } from 'zod';
import { STAGES } from './stages.ts';

// The evidence format, schema version 1. Readers drop keys that they do not know; writers always write every key.

export const EVIDENCE_SCHEMA_VERSION = 1;

export const VANTAGES = ['driver', 'executor', 'spark-source', 'udf'] as const;
export const vantage = z.enum(VANTAGES);
export type Vantage = z.infer<typeof vantage>;

const stageName = z.enum(STAGES);
const instant = z.iso.datetime();

export const context = z.object({
  name: z.string(),
  kind: z.string(),
  ephemeral: z.boolean(),
  vantage,
  bootId: z.string().nullable(),
  process: z.object({ index: z.int(), of: z.int() }),
  signs: z.record(z.string(), z.string()),
  host: z.record(z.string(), z.string()),
});
export type Context = z.infer<typeof context>;

export const demand = z.object({
  workloads: z.array(z.string()),
  durationMs: z.number().nullable(),
  longestIdleMs: z.number().nullable(),
  connectionsPerRun: z.int().nullable(),
  runsPerMonth: z.number().nullable(),
  tolerableFailedRuns: z.number().nullable(),
  retriesFirstConnection: z.boolean(),
});
export type Demand = z.infer<typeof demand>;

/** What a workload needs of the runtime, whatever the network says. */
export const NEEDS = [
  'continuous',
  'rdd',
  'jar',
  'r',
  'init-script',
  'environment-variables',
  'kerberos',
  'udf-internet',
  'docker-image',
  'instance-pool',
  'gpu',
] as const;
export type WorkloadNeed = (typeof NEEDS)[number];

/** A workload as the configuration declares it: what it uses, and what it asks of that. Each is judged by its own demand. */
export const workloadRecord = z.object({
  name: z.string(),
  uses: z.union([z.literal('none'), z.array(z.string())]).nullable(),
  connectsFrom: vantage.nullable(),
  stateless: z.boolean(),
  needs: z.array(z.enum(NEEDS)).default([]),
  ...demand.omit({ workloads: true }).shape,
});
export type WorkloadRecord = z.infer<typeof workloadRecord>;

export const requirement = z.object({
  firewallAllows: z.array(z.string()).nullable(),
  path: z.enum(['public', 'private']),
  p95Ms: z.partialRecord(stageName, z.number()),
  survivesIdleMs: z.number().nullable(),
});
export type Requirement = z.infer<typeof requirement>;

export const holdRequest = z.object({
  kind: z.enum(['idle', 'in-use', 'membership']),
  plannedMs: z.number(),
  keepalive: z.union([z.literal('as-client'), z.object({ intervalMs: z.number() })]),
});
export type HoldRequest = z.infer<typeof holdRequest>;

export const targetRecord = z.object({
  name: z.string(),
  type: z.string(),
  endpoint: z.string(),
  /** Of what connects, never of what is required. */
  digest: z.string(),
  /** Of what connects as it is written, with no reference resolved: to be compared where none can be. Null of earlier evidence. */
  written: z.string().nullable().default(null),
  servers: z.array(z.string()),
  identity: z.string().nullable(),
  requirement,
  expect: z.unknown(),
  demand,
  differences: z.array(z.string()),
  stages: z.array(stageName),
  control: z.boolean(),
  untestable: z.string().nullable(),
  /** Dear parts, and how many attempts of the run were to try each. */
  parts: z.record(z.string(), z.int()),
  holds: z.array(holdRequest),
  /** The target of the same server that holds connections idle for this one too: what it learnt counts for both. */
  heldBy: z.string().nullable().default(null),
});
export type TargetRecord = z.infer<typeof targetRecord>;

/** The policy that the run was made under, so that evidence can be judged again where no configuration is at hand. */
export const policyRecord = z.object({
  tolerableFailedRuns: z.number().nullable(),
  minSpanMs: z.number(),
  maxAgeMs: z.number(),
  maxRuns: z.int(),
  independence: z.object({ minGapMs: z.number(), distinctHosts: z.boolean() }),
  warn: z.enum(['allows', 'blocks']),
  currency: z.string().nullable(),
  /** Which feasible strategy is recommended: the one that moves most to serverless compute, or the cheapest. */
  prefer: z.enum(['serverless', 'cost']).default('serverless'),
  since: z.array(
    z.object({
      target: z.string(),
      context: z.string().nullable(),
      at: z.string(),
      reason: z.string(),
      ticket: z.string(),
      approvedBy: z.string(),
    }),
  ),
  waivers: z.array(
    z.object({
      target: z.string(),
      rule: z.string(),
      context: z.string().nullable(),
      until: instant,
      approvedBy: z.string(),
      ticket: z.string(),
      reason: z.string(),
    }),
  ),
});

export const runRecord = z.object({
  record: z.literal('run'),
  schemaVersion: z.literal(EVIDENCE_SCHEMA_VERSION),
  run: z.string(),
  at: instant,
  tool: z.object({ name: z.string(), version: z.string(), digest: z.string() }),
  profile: z.string(),
  scope: z.enum(['run', 'period']),
  configDigest: z.string(),
  policy: policyRecord,
  context,
  invoker: z.record(z.string(), z.string()),
  /** When the platform was asked for this run: from there to `at` is what it took to start. */
  requestedAt: instant.nullable().default(null),
  /** On the embedded lab, or under a configuration that gave it its host and its time: it says nothing of a real system. */
  lab: z.boolean().default(false),
  /** Of a run that is published in parts: which of its records this part begins with. Null of a run in one file. */
  part: z
    .object({ recordsBefore: z.int().nonnegative(), everySeconds: z.number().positive() })
    .nullable()
    .default(null),
  /** The latest runs of this context and vantage that lay in the folder when this one began: taking one away is noticed. */
  earlier: z.array(z.object({ run: z.string(), at: instant })).default([]),
  targets: z.array(targetRecord),
  workloads: z.array(workloadRecord).default([]),
});
export type RunRecord = z.infer<typeof runRecord>;

export const failure = z.object({
  stage: stageName,
  server: z.string().nullable(),
  cause: z.string(),
  /** The error code of the library or the system, such as ECONNREFUSED. */
  code: z.string().nullable(),
  /** The protocol's own number, such as SQL Server's 18456 or Kafka's 58. */
  number: z.number().nullable(),
  detail: z.string(),
});
export type Failure = z.infer<typeof failure>;

export const span = z.object({
  stage: stageName,
  server: z.string().nullable(),
  elapsedMs: z.number(),
  ok: z.boolean(),
});
export type Span = z.infer<typeof span>;

export const TAINTS = ['starved', 'uplink', 'clock'] as const;

export const attemptRecord = z.object({
  record: z.literal('attempt'),
  run: z.string(),
  target: z.string(),
  n: z.int(),
  at: instant,
  /** `broken` is a defect of ours; `aborted` the operator's interruption. Neither says anything of the target. */
  outcome: z.enum(['succeeded', 'failed', 'aborted', 'broken']),
  stages: z.array(span),
  failure: failure.nullable(),
  resolved: z.array(z.string()),
  egress: z.array(z.string()),
  measures: z.record(z.string(), z.number()),
  observation: z.unknown(),
  /** The dear part that this attempt was to try as well, and whether it came so far. */
  part: z.object({ name: z.string(), reached: z.boolean() }).nullable(),
  hold: holdRequest.nullable(),
  /** Known when the record is written, since a fold cannot look ahead. */
  taint: z.enum(TAINTS).nullable(),
});
export type AttemptRecord = z.infer<typeof attemptRecord>;

/** A stall is shorter than a pause; a clock step is the wall clock's against the monotonic one. */
export const HEALTH_SIGNS = ['stall', 'pause', 'clock-step', 'exhausted'] as const;

/** Of this process and its machine, since the record before it. */
export const healthRecord = z.object({
  record: z.literal('health'),
  run: z.string(),
  at: instant,
  /** What was seen; nothing in a record that only says that it was watched. */
  seen: z.array(z.enum(HEALTH_SIGNS)).default([]),
  measures: z.record(z.string(), z.number()),
});
export type HealthRecord = z.infer<typeof healthRecord>;

export const STOPS = [
  'accepted-rate',
  'rejected-rate',
  'attempts',
  'logins',
  'wall-time',
  'credential',
  'never-succeeded',
  'not-testable',
  'interrupted',
  'defect',
] as const;
export type Stop = (typeof STOPS)[number];

export const stopRecord = z.object({
  record: z.literal('stop'),
  run: z.string(),
  target: z.string(),
  at: instant,
  reason: z.enum(STOPS),
});
export type StopRecord = z.infer<typeof stopRecord>;

export const endRecord = z.object({
  record: z.literal('end'),
  run: z.string(),
  at: instant,
  interrupted: z.boolean(),
  /** Records of this run before this one, in all its parts. */
  records: z.int(),
});
export type EndRecord = z.infer<typeof endRecord>;

/** A connection that the platform’s own egress policy denied, as the platform’s log says. Of no run: nobody knows whose it was. */
export const denialRecord = z.object({
  record: z.literal('denial'),
  /** The platform’s id of it: it counts once. */
  event: z.string(),
  at: instant,
  /** The name or the address, as it was asked for. */
  destination: z.string(),
});
export type DenialRecord = z.infer<typeof denialRecord>;

export const evidenceRecord = z.discriminatedUnion('record', [
  runRecord,
  attemptRecord,
  healthRecord,
  stopRecord,
  endRecord,
]);
export type EvidenceRecord = z.infer<typeof evidenceRecord>;
