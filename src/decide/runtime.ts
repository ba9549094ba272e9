import { CAUSES, type Cause } from '../model/causes.ts';
import type { Blocker, Missing } from '../model/decision.ts';
import type { WorkloadNeed } from '../model/records.ts';
import { type Capability, NARROWER_KINDS, RUNTIME_TABLE } from './runtime-table.ts';

// What the runtime itself rules out, whatever the network says.

export const RUNTIME_RULE = 'runtime/needs';

export type RuntimeFound = {
  readonly blockers: readonly Blocker[];
  readonly missing: readonly Missing[];
  readonly warnings: readonly Blocker[];
};

type Place = {
  /** Null where it is not known. */
  readonly kind: string | null;
  readonly context: string;
  /** What was tried there and declared: it fills a gap of the table, and contradicts no line of it. */
  readonly provides: readonly WorkloadNeed[];
};

const DAY_MS = 86_400_000;
const OLD_AFTER_DAYS = 180;

export function runtimeOf(needs: readonly WorkloadNeed[], place: Place, judgedAt: string): RuntimeFound {
  const found = [...new Set(needs)].map((need) => foundOf(need, place, judgedAt));
  return {
    blockers: found.flatMap(({ blockers }) => blockers),
    missing: found.flatMap(({ missing }) => missing),
    warnings: found.flatMap(({ warnings }) => warnings),
  };
}

function foundOf(need: WorkloadNeed, place: Place, judgedAt: string): RuntimeFound {
  const capability = place.kind === null ? undefined : lineOf(place.kind, need);
  const isTried = place.provides.includes(need);
  if (place.kind === null || capability === undefined) {
    return { blockers: [], missing: isTried ? [] : [missing(unknownText(need, place))], warnings: [] };
  }
  const known = { need, kind: place.kind, context: place.context, capability };
  const ageDays = Math.floor((Date.parse(judgedAt) - Date.parse(capability.checkedAt)) / DAY_MS);
  const warnings = ageDays > OLD_AFTER_DAYS ? [blocker('runtime-table-old', oldText(known, ageDays), known)] : [];
  switch (capability.can) {
    case 'yes':
      return { blockers: [], missing: [], warnings };
    case 'no':
      return { blockers: [blocker('runtime-cannot', cannotText(known), known)], missing: [], warnings };
    case 'depends':
      return { blockers: [], missing: isTried ? [] : [missing(dependsText(known))], warnings };
    default:
      return capability.can satisfies never;
  }
}

const lineOf = (kind: string, need: WorkloadNeed): Capability | undefined => RUNTIME_TABLE.get(kind)?.[need];

type Known = {
  readonly need: WorkloadNeed;
  readonly kind: string;
  readonly context: string;
  readonly capability: Capability;
};

function blocker(cause: Cause, observed: string, { need, context }: Known): Blocker {
  const { owner, action } = CAUSES[cause];
  const required = `${context} can ${NEED_TEXT[need]} (workloads: needs ${need})`;
  return { target: null, rule: RUNTIME_RULE, observed, required, cause, owner, action: `${need}: ${action}` };
}

const missing = (what: string): Missing => ({ target: null, rule: RUNTIME_RULE, what });

const cannotText = ({ need, kind, capability }: Known): string =>
  `${kind} cannot ${NEED_TEXT[need]} (${need}): ${saidBy(capability)}`;

const oldText = ({ need, kind, capability }: Known, ageDays: number): string =>
  `whether ${kind} can ${NEED_TEXT[need]} (${need}) was last checked ${ageDays} days ago: ${saidBy(capability)}`;

const dependsText = ({ need, kind, context, capability }: Known): string =>
  `whether ${context} can ${NEED_TEXT[need]} (${need}), since on ${kind} that depends: ${saidBy(capability)}; ` +
  `try it there and declare contexts.${context}.provides: [${need}]${declaring(need, kind, context)}`;

const saidBy = ({ says, source, checkedAt }: Capability): string => `${says} (${source}, checked on ${checkedAt})`;

const unknownText = (need: WorkloadNeed, { kind, context }: Place): string =>
  kind === null
    ? `whether ${context} can ${NEED_TEXT[need]} (${need}): what kind of compute it is, is not known; declare contexts.${context}.kind`
    : `whether ${context} can ${NEED_TEXT[need]} (${need}): what ${kind} can do about that is in no table; ` +
      `try it there and declare contexts.${context}.provides: [${need}]${declaring(need, kind, context)}`;

/** A kind that the table has is what it is: only a narrower word says more of it. */
function declaring(need: WorkloadNeed, kind: string, context: string): string {
  const others = RUNTIME_TABLE.has(kind) ? (NARROWER_KINDS.get(kind) ?? []) : [...RUNTIME_TABLE.keys()];
  const saying = others.filter((other) => lineOf(other, need) !== undefined);
  return saying.length === 0 ? '' : `, or declare contexts.${context}.kind where it is one of ${saying.join(', ')}`;
}

const NEED_TEXT = {
  continuous: 'run a stream without end',
  rdd: 'use the RDDs of Spark',
  jar: 'run code from a JAR',
  r: 'run R',
  'init-script': 'run an init script',
  'environment-variables': 'have environment variables set',
  kerberos: 'log in by Kerberos',
  'udf-internet': 'reach the internet from a UDF',
  'docker-image': 'run an image of one’s own',
  'instance-pool': 'take its machines from an instance pool',
  gpu: 'use a GPU',
} as const satisfies Record<WorkloadNeed, string>;
