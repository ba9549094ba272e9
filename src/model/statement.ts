import { z } from 'zod';
import { decision, PLACEMENTS } from './decision.ts';

// What is signed: an in-toto Statement v1 whose predicate is a decision, less its texts and costs. Written in the order of these keys.

export const STATEMENT_TYPE = 'https://in-toto.io/Statement/v1';
export const PREDICATE_TYPE = 'urn:preflight-probe:placement:v1';

const shapes = {
  context: decision.shape.contexts.element.shape,
  workload: decision.shape.workloads.element.shape,
  cell: decision.shape.workloads.element.shape.cells.element.shape,
};
const instant = z.iso.datetime();
const sha256 = z.string().regex(/^[0-9a-f]{64}$/);

const subject = z.strictObject({ name: z.string(), digest: z.strictObject({ sha256 }) });
export type Subject = z.infer<typeof subject>;

/** A finding by its name and what brought it about; what was observed stands in the decision. */
const named = z.strictObject({ target: z.string().nullable(), rule: z.string(), cause: z.string().nullable() });

const cell = z.strictObject({
  context: z.string(),
  vantage: shapes.cell.vantage,
  placement: z.enum(PLACEMENTS),
  why: z.string(),
  /** No evidence stands behind it: it was declared to connect to nothing and to keep nothing. */
  declared: z.boolean(),
  blockers: z.array(named),
  missing: z.array(z.strictObject({ target: z.string().nullable(), rule: z.string() })),
  warnings: z.array(named),
  waived: shapes.cell.waived,
  /** Independent runs of all its targets together, and the bound that they attain. */
  blocks: shapes.cell.blocks,
});
export type StatedCell = z.infer<typeof cell>;

const predicate = z.strictObject({
  tool: decision.shape.tool,
  decidedAt: instant,
  expiresAt: instant,
  /** Of the repository that it was made for. */
  commit: z.string().nullable(),
  /** Some run was made on the embedded lab: it says nothing of a real network. */
  lab: z.boolean(),
  /** Sections of the configuration by their digests; null where it was made without one. */
  config: z
    .strictObject({ whole: sha256, policy: sha256, workloads: sha256, targets: sha256, contexts: sha256 })
    .nullable(),
  policy: decision.shape.policy,
  contexts: z.array(
    z.strictObject({
      name: z.string(),
      kind: shapes.context.kind,
      compute: shapes.context.compute,
      ephemeral: z.boolean(),
      vantages: z.array(shapes.context.vantages.element.omit({ findings: true })),
    }),
  ),
  /** The recommended one; null where none is. */
  strategy: decision.shape.recommended.shape.strategy,
  /** Of the hybrid strategy, recommended or not: between the contexts that it uses. */
  handoffs: decision.shape.strategies.element.shape.handoffs,
  workloads: z.array(
    z.strictObject({
      name: z.string(),
      uses: shapes.workload.uses,
      /** Where the recommended strategy puts it. */
      placement: shapes.workload.placement,
      cells: z.array(cell),
    }),
  ),
});

export const statement = z.strictObject({
  _type: z.literal(STATEMENT_TYPE),
  subject: z.array(subject).min(1),
  predicateType: z.literal(PREDICATE_TYPE),
  predicate,
});
export type Statement = z.infer<typeof statement>;
export type Predicate = Statement['predicate'];
export type StatedWorkload = Predicate['workloads'][number];
export type ConfigDigests = NonNullable<Predicate['config']>;
