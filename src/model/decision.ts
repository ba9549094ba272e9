import { z } from 'zod';
import { OWNERS } from './causes.ts';
import { PROFILES } from './policy.ts';
import { NEEDS, vantage } from './records.ts';
import { blocks, finding, needed } from './report.ts';
import { VERDICTS } from './verdict.ts';

// The decision, schema version 1: names that others rely on. Every key is always there, null where nothing is known.

export const DECISION_SCHEMA_VERSION = 1;

/** From best to worst. */
export const PLACEMENTS = ['suitable', 'undetermined', 'unsuitable'] as const;
export type Placement = (typeof PLACEMENTS)[number];

export const COMPUTES = ['dedicated', 'serverless'] as const;
export type Compute = (typeof COMPUTES)[number];

/** Kinds of compute on which each run has a host of its own, whatever is declared. */
export const SERVERLESS_KINDS: readonly string[] = [
  'databricks-serverless',
  'lambda',
  'cloud-run',
  'azure-container-apps',
];

/** Kinds of compute whose hosts are the customer's, also where each run has new ones. */
export const DEDICATED_KINDS: readonly string[] = ['databricks-classic', 'databricks-dedicated', 'databricks-standard'];

export const STRATEGIES = [...COMPUTES, 'hybrid'] as const;
export type StrategyName = (typeof STRATEGIES)[number];

export const FEASIBILITIES = ['feasible', 'undetermined', 'infeasible'] as const;
export type Feasibility = (typeof FEASIBILITIES)[number];

/** What two contexts have to do with each other at one target. */
export const RELATIONS = ['same', 'better', 'worse', 'different', 'not-comparable'] as const;
export const DIFFERENCES = [
  'context',
  'target',
  'resolved-address',
  'certificate-issuer',
  'trust',
  'egress',
  'idle-limit',
  'token-life',
  'identity',
  'latency',
  'observation',
] as const;

const count = z.int().nonnegative();
const instant = z.iso.datetime();
const share = z.number().min(0).max(1);
const placement = z.enum(PLACEMENTS);

/** A finding that keeps a workload off a context as it is. */
const blocker = z.strictObject({
  /** Null where it is the context's, the runtime's, or of all targets together. */
  target: z.string().nullable(),
  ...finding.omit({ verdict: true, waiver: true }).shape,
});

const missing = z.strictObject({ target: z.string().nullable(), rule: z.string(), what: z.string() });

const waived = z.strictObject({
  target: z.string(),
  rule: z.string(),
  verdict: z.enum(VERDICTS),
  observed: z.string(),
  until: instant,
  approvedBy: z.string(),
  ticket: z.string(),
  reason: z.string(),
});

const cellCost = z.strictObject({
  /** Null where a number is missing. */
  perMonth: z.number().nonnegative().nullable(),
  /** Hours a month that are paid for: start-up, the run, idle time kept; at least the minimum of each run. */
  billedHours: z.number().nonnegative().nullable(),
  startupSeconds: z.number().nonnegative().nullable(),
  startupFrom: z.enum(['declared', 'measured']).nullable(),
  missing: z.array(z.string()),
});

const cell = z.strictObject({
  context: z.string(),
  /** The place that it was judged from; null where the workload declares none. */
  vantage: vantage.nullable(),
  placement,
  why: z.string(),
  /** It was declared to connect to nothing and to keep nothing, and no evidence stands behind it. */
  declared: z.boolean(),
  blockers: z.array(blocker),
  missing: z.array(missing),
  waived: z.array(waived),
  /** Findings that allow it and are to be known. */
  warnings: z.array(blocker),
  /** Of all its targets together, by its own demand. */
  blocks: blocks.nullable(),
  needed: needed.nullable(),
  /** How many further bad runs, one after another from now on, take the pass away; null where it has none. */
  badRunsToLose: count.nullable(),
  cost: cellCost,
});

const breakEven = z.strictObject({
  /** The two contexts that cost the same there. */
  contexts: z.tuple([z.string(), z.string()]),
  durationSeconds: z.number().positive(),
  /** The share of a month that the workload then runs. */
  dutyCycle: share,
  /** Cheaper below it, of the two. */
  cheaperBelow: z.string(),
});

const workload = z.strictObject({
  name: z.string(),
  uses: z.union([z.literal('none'), z.array(z.string())]).nullable(),
  connectsFrom: vantage.nullable(),
  stateless: z.boolean(),
  needs: z.array(z.enum(NEEDS)),
  judgedBy: z.enum(['config', 'evidence']),
  /** Where the recommended strategy puts it; null where nothing suits, or too little is known. */
  placement: z.string().nullable(),
  cells: z.array(cell),
  breakEven: z.array(breakEven),
});

/** Independent runs that met a failure, of those that count. */
const counted = z.strictObject({ met: count, of: count });

const targetComparison = z.strictObject({
  target: z.string(),
  relation: z.enum(RELATIONS),
  why: z.string(),
  rates: z
    .strictObject({
      baseline: counted,
      other: counted,
      /** Of `other` against `baseline`, two-sided 95 % (Newcombe). */
      difference: z.number(),
      lower: z.number(),
      upper: z.number(),
      /** Fisher’s exact test after Holm over the targets. */
      p: share,
    })
    .nullable(),
  differences: z.array(
    z.strictObject({
      kind: z.enum(DIFFERENCES),
      baseline: z.string().nullable(),
      other: z.string().nullable(),
      says: z.string(),
    }),
  ),
});

const comparison = z.strictObject({
  vantage,
  baseline: z.string(),
  other: z.string(),
  /** Of `other`: another one than `vantage` where two places of one context are compared. */
  otherVantage: vantage,
  targets: z.array(targetComparison),
});

/** Something to do, and what it opens. */
const action = z.strictObject({
  action: z.string(),
  cause: z.string().nullable(),
  owner: z.enum(OWNERS).nullable(),
  target: z.string().nullable(),
  contexts: z.array(z.string()),
  /** Workloads that this alone opens in a context. */
  unblocks: z.array(z.string()),
  /** Workloads that other actions must open as well. */
  touches: z.array(z.string()),
  /** Of those, the ones that are open once this and all actions before it are done. */
  completes: z.array(z.string()),
});

const handoff = z.strictObject({
  target: z.string(),
  writtenIn: z.string(),
  readIn: z.string(),
  verdict: z.enum(VERDICTS),
  observed: z.string(),
});

const strategy = z.strictObject({
  name: z.enum(STRATEGIES),
  feasibility: z.enum(FEASIBILITIES),
  why: z.string(),
  placements: z.array(z.strictObject({ workload: z.string(), context: z.string().nullable(), placement })),
  /** What would have to be done for it. */
  actions: z.array(action),
  missing: z.array(z.string()),
  handoffs: z.array(handoff),
  cost: z.strictObject({
    perMonth: z.number().nonnegative().nullable(),
    currency: z.string().nullable(),
    missing: z.array(z.string()),
  }),
});

/** Runs that a place still has to make. */
const runsToMake = z.strictObject({
  context: z.string(),
  vantage,
  runs: count,
  spanSeconds: z.number().nonnegative(),
  workloads: z.array(z.string()),
});

export const decision = z.strictObject({
  schemaVersion: z.literal(DECISION_SCHEMA_VERSION),
  tool: z.strictObject({ name: z.string(), version: z.string(), digest: z.string() }),
  decidedAt: instant,
  configDigest: z.string().nullable(),
  worklist: z.strictObject({
    contexts: z.array(z.strictObject({ context: z.string(), suitable: count, undetermined: count, unsuitable: count })),
    actions: z.array(action),
    runs: z.array(runsToMake),
    missing: z.array(z.strictObject({ what: z.string(), context: z.string(), workloads: z.array(z.string()) })),
  }),
  recommended: z.strictObject({
    strategy: z.enum(STRATEGIES).nullable(),
    why: z.string(),
    /** How far it is from another answer. */
    flips: z.array(z.string()),
  }),
  strategies: z.array(strategy),
  workloads: z.array(workload),
  contexts: z.array(
    z.strictObject({
      name: z.string(),
      kind: z.string().nullable(),
      compute: z.enum(COMPUTES),
      ephemeral: z.boolean(),
      costPerHour: z.number().nonnegative().nullable(),
      vantages: z.array(
        z.strictObject({
          vantage,
          runs: z.strictObject({ counted: count, notCounted: count, lab: count }),
          firstAt: instant.nullable(),
          lastAt: instant.nullable(),
          findings: z.array(finding),
        }),
      ),
    }),
  ),
  comparisons: z.array(comparison),
  /** What is to be known of the evidence, each with its effect. */
  remarks: z.array(
    z.strictObject({ context: z.string().nullable(), what: z.string(), effect: z.string(), runs: count.nullable() }),
  ),
  /** Of waivers that have ended or waive nothing. */
  findings: z.array(finding),
  policy: z.strictObject({
    profile: z.enum(PROFILES),
    prefer: z.enum(['serverless', 'cost']),
    tolerableFailedRuns: share.nullable(),
    minSpanSeconds: z.number(),
    maxAgeSeconds: z.number(),
    maxRuns: count,
    independence: z.strictObject({ minGapSeconds: z.number(), distinctHosts: z.boolean() }),
    warn: z.enum(['allows', 'blocks']),
    since: z.array(z.unknown()),
    waivers: z.array(z.unknown()),
  }),
});
export type Decision = z.infer<typeof decision>;
export type DecisionWorkload = Decision['workloads'][number];
export type Cell = DecisionWorkload['cells'][number];
export type Blocker = Cell['blockers'][number];
export type Missing = Cell['missing'][number];
export type CellCost = Cell['cost'];
export type BreakEven = DecisionWorkload['breakEven'][number];
export type Comparison = Decision['comparisons'][number];
export type TargetComparison = Comparison['targets'][number];
export type Action = Decision['worklist']['actions'][number];
export type Handoff = Strategy['handoffs'][number];
export type Strategy = Decision['strategies'][number];
