import { z } from 'zod';
import { HOLD_OUTCOMES } from './analysis.ts';
import { OWNERS } from './causes.ts';
import { PROFILES } from './policy.ts';
import { holdRequest, vantage } from './records.ts';
import { STAGES } from './stages.ts';
import { VERDICTS } from './verdict.ts';

// The report, schema version 1: names that others rely on. Every key is always there, null where nothing is known.

export const REPORT_SCHEMA_VERSION = 1;

const count = z.int().nonnegative();
const instant = z.iso.datetime();
const rate = z.number().min(0).max(1);
const elapsedMs = z.number().nonnegative();
const invoker = z.record(z.string(), z.string());

export const finding = z.strictObject({
  rule: z.string(),
  verdict: z.enum(VERDICTS),
  observed: z.string(),
  required: z.string(),
  cause: z.string().nullable(),
  owner: z.enum(OWNERS).nullable(),
  action: z.string().nullable(),
  waiver: z
    .strictObject({ until: z.string(), approvedBy: z.string(), ticket: z.string(), reason: z.string() })
    .nullable(),
});

const run = z.strictObject({
  id: z.string(),
  startedAt: instant,
  endedAt: instant.nullable(),
  profile: z.string(),
  interrupted: z.boolean(),
  configDigest: z.string(),
  invoker,
});

const runStanding = z.strictObject({
  id: z.string(),
  startedAt: instant,
  endedAt: instant.nullable(),
  interrupted: z.boolean(),
  profile: z.string(),
  counted: z.boolean(),
  why: z.string().nullable(),
  /** Its host and its time are those that a lab’s configuration gave it. */
  lab: z.boolean(),
});

const seen = { succeeded: count, failed: count, runs: count, firstAt: instant, lastAt: instant };

/** What independent runs say together. */
export const blocks = z.strictObject({
  counted: count,
  clean: count,
  met: count,
  /** In all, if every further one is clean. */
  needed: count,
  /** Runs that joined an earlier one: of its host, or begun too soon after it. */
  sameHost: count,
  tooClose: count,
  tolerable: rate,
  /** One-sided, 95 %, valid at every look. */
  upperBound95: rate,
  ofRunsPerMonth: z.string(),
});

/** What a pass of the failure rate still needs, if all that follows is clean; null where it asks for nothing of that kind. */
export const needed = z.strictObject({
  runs: count.nullable(),
  /** Of this run alone, in scope `run`. */
  attempts: count.nullable(),
  spanSeconds: z.number().nonnegative().nullable(),
  /** Whether policy.maxRuns leaves so many runs. */
  withinMaxRuns: z.boolean().nullable(),
});

const target = z.strictObject({
  name: z.string(),
  type: z.string(),
  endpoint: z.string(),
  verdict: z.enum(VERDICTS),
  findings: z.array(finding),
  judgedBy: z.enum(['config', 'evidence']),
  /** Runs that count for it. */
  runs: count,
  blocks: blocks.nullable(),
  needed,
  setAside: z.strictObject({ otherTarget: count, tooOld: count, before: count, unreadable: count }),
  attempts: z.strictObject({
    total: count,
    succeeded: count,
    failed: count,
    /** Of the failed: lookups within 30 s of one that counts, in no rate. */
    repeated: count,
    aborted: count,
    broken: count,
    tainted: count,
    /** The most failures one after another within a run. */
    longestFailures: count,
    /** `lower` and `upper` are two-sided, 95 %; `upperBound95` is one-sided. */
    failureRate: z.strictObject({ observed: rate, lower: rate, upper: rate, upperBound95: rate }).nullable(),
  }),
  stopped: z.array(z.strictObject({ reason: z.string(), meaning: z.string(), runs: count })),
  parts: z.array(z.strictObject({ name: z.string(), planned: count, made: count, failed: count })),
  stages: z.array(
    z.strictObject({
      name: z.enum(STAGES),
      count,
      failed: count,
      p50Ms: elapsedMs,
      p95Ms: elapsedMs,
      p99Ms: elapsedMs,
      maxMs: elapsedMs,
    }),
  ),
  measures: z.array(
    z.strictObject({ name: z.string(), count, p50: z.number(), p95: z.number(), min: z.number(), max: z.number() }),
  ),
  failures: z.array(
    z.strictObject({
      cause: z.string(),
      stage: z.enum(STAGES),
      server: z.string().nullable(),
      count,
      runs: count,
      firstAt: instant,
      lastAt: instant,
      code: z.string().nullable(),
      number: z.number().nullable(),
      detail: z.string(),
    }),
  ),
  resolved: z.array(z.strictObject({ address: z.string(), succeeded: count, failed: count })),
  egress: z.array(z.strictObject({ address: z.string(), seenBy: z.string(), ...seen })),
  holds: z.array(
    z.strictObject({
      kind: holdRequest.shape.kind,
      plannedSeconds: z.number(),
      keepalive: holdRequest.shape.keepalive,
      count,
      outcome: z.enum(HOLD_OUTCOMES),
      afterMs: elapsedMs,
    }),
  ),
  differences: z.array(z.string()),
  observations: z.array(
    z.strictObject({ value: z.unknown(), succeeded: count, runs: count, firstAt: instant, lastAt: instant }),
  ),
  /** Different ones that are not listed. */
  moreObservations: count,
});

const workload = z.strictObject({
  name: z.string(),
  targets: z.array(z.string()),
  verdict: z.enum(VERDICTS),
  findings: z.array(finding),
  judgedBy: z.enum(['config', 'evidence']),
  /** Of all its targets together, by its own demand. */
  blocks: blocks.nullable(),
  needed,
});

export const report = z.strictObject({
  schemaVersion: z.literal(REPORT_SCHEMA_VERSION),
  tool: z.strictObject({ name: z.string(), version: z.string(), digest: z.string() }),
  judgedAt: instant,
  run: run.nullable(),
  /** The latest 200, in order of their start. */
  runs: z.array(runStanding),
  /** Those before them, which are counted only here. */
  earlierRuns: z.strictObject({ counted: count, notCounted: count, lab: count }),
  context: z
    .strictObject({
      name: z.string(),
      kind: z.string(),
      ephemeral: z.boolean(),
      vantage,
      signs: z.record(z.string(), z.string()),
      host: z.record(z.string(), z.string()),
      findings: z.array(finding),
    })
    .nullable(),
  scope: z.enum(['run', 'period']),
  policy: z.strictObject({
    profile: z.enum(PROFILES),
    tolerableFailedRuns: rate.nullable(),
    minSpanSeconds: z.number(),
    maxRuns: count,
    independence: z.strictObject({ minGapSeconds: z.number(), distinctHosts: z.boolean() }),
    since: z.array(z.unknown()),
    waivers: z.array(z.unknown()),
  }),
  targets: z.array(target),
  workloads: z.array(workload),
  verdict: z.enum(VERDICTS),
  exitCode: z.int(),
});
export type Report = z.infer<typeof report>;
export type ReportFinding = z.infer<typeof finding>;
export type ReportTarget = Report['targets'][number];
export type ReportWorkload = Report['workloads'][number];
