import { Buffer } from 'node:buffer';
import type { Decision } from '../model/decision.ts';
import {
  type ConfigDigests,
  PREDICATE_TYPE,
  type Predicate,
  STATEMENT_TYPE,
  type StatedCell,
  type Statement,
  type Subject,
  statement,
} from '../model/statement.ts';
import { jsonIn } from './envelope.ts';

/** A file of evidence by its name, without its folder: that may be moved. */
export type FileDigest = { readonly name: string; readonly sha256: string };

export type StatementRequest = {
  readonly decision: Decision;
  readonly evidence: readonly FileDigest[];
  readonly config: ConfigDigests | null;
  readonly commit: string | null;
  readonly expiresAt: string;
};

export const statementOf = ({ decision, evidence, config, commit, expiresAt }: StatementRequest): Statement => ({
  _type: STATEMENT_TYPE,
  subject: subjectOf(evidence, config),
  predicateType: PREDICATE_TYPE,
  predicate: {
    tool: decision.tool,
    decidedAt: decision.decidedAt,
    expiresAt,
    commit,
    lab: decision.contexts.some(({ vantages }) => vantages.some(({ runs }) => runs.lab > 0)),
    config,
    policy: decision.policy,
    contexts: contextsOf(decision),
    strategy: decision.recommended.strategy,
    handoffs: handoffsOf(decision),
    workloads: workloadsOf(decision),
  },
});

const EVIDENCE = 'evidence/';

/** In order of their names; two copies of one file are one. */
function subjectOf(evidence: readonly FileDigest[], config: ConfigDigests | null): Subject[] {
  const named: readonly FileDigest[] = [
    ...evidence.map(({ name, sha256 }) => ({ name: `${EVIDENCE}${name}`, sha256 })),
    ...(config === null
      ? []
      : [
          { name: 'config', sha256: config.whole },
          { name: 'workloads', sha256: config.workloads },
        ]),
  ];
  const once = new Map(named.map(({ name, sha256 }) => [`${name} ${sha256}`, { name, digest: { sha256 } }]));
  return [...once].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, subject]) => subject);
}

export const evidenceOf = ({ subject }: Statement): readonly FileDigest[] =>
  subject.flatMap(({ name, digest: { sha256 } }) =>
    name.startsWith(EVIDENCE) ? [{ name: name.slice(EVIDENCE.length), sha256 }] : [],
  );

const contextsOf = ({ contexts }: Decision): Predicate['contexts'] =>
  contexts.map(({ name, kind, compute, ephemeral, vantages }) => ({
    name,
    kind,
    compute,
    ephemeral,
    vantages: vantages.map(({ vantage, runs, firstAt, lastAt }) => ({ vantage, runs, firstAt, lastAt })),
  }));

export const handoffsOf = ({ strategies }: Decision): Predicate['handoffs'] =>
  strategies.flatMap(({ name, handoffs }) => (name === 'hybrid' ? handoffs : []));

export const workloadsOf = ({ workloads }: Decision): Predicate['workloads'] =>
  workloads.map(({ name, uses, placement, cells }) => ({ name, uses, placement, cells: cells.map(cellOf) }));

type Named = { readonly target: string | null; readonly rule: string; readonly cause: string | null };

const nameOf = ({ target, rule, cause }: Named): Named => ({ target, rule, cause });

const cellOf = (cell: Decision['workloads'][number]['cells'][number]): StatedCell => ({
  context: cell.context,
  vantage: cell.vantage,
  placement: cell.placement,
  why: cell.why,
  declared: cell.declared,
  blockers: cell.blockers.map(nameOf),
  missing: cell.missing.map(({ target, rule }) => ({ target, rule })),
  warnings: cell.warnings.map(nameOf),
  waived: cell.waived,
  blocks: cell.blocks,
});

/** Through the schema, so that its keys stand in one order. */
export const payloadOf = (written: Statement): Buffer => Buffer.from(JSON.stringify(statement.parse(written)), 'utf8');

export type Reading =
  | { readonly statement: Statement }
  /** Signed, and no statement of this schema: by a later tool perhaps. */
  | { readonly otherwise: 'other-type' | 'not-ours' };

/** Of a payload that the signature has vouched for. */
export function readStatement(payload: Buffer): Reading {
  const json = jsonIn(payload);
  const read = statement.safeParse(json);
  if (read.success && payloadOf(read.data).equals(payload)) return { statement: read.data };
  return { otherwise: typeOf(json) === PREDICATE_TYPE ? 'not-ours' : 'other-type' };
}

const typeOf = (json: unknown): unknown =>
  typeof json === 'object' && json !== null && 'predicateType' in json ? json.predicateType : null;
