import type { EvidenceFolder, RunHeader } from '../../src/model/evidence.ts';
import { DEFAULT_POLICY } from '../../src/model/policy.ts';
import type {
  AttemptRecord,
  Context,
  Demand,
  HealthRecord,
  Requirement,
  RunRecord,
  Stop,
  StopRecord,
  TargetRecord,
  WorkloadRecord,
} from '../../src/model/records.ts';

// Evidence made in the test: runs of attempts, as reading a folder would hand them over.

export const T0 = Date.parse('2026-11-01T08:00:00.000Z');
const HOUR_MS = 3_600_000;

export const instant = (ms: number): string => new Date(ms).toISOString();

export const context = (over: Partial<Context> = {}): Context => ({
  name: 'serverless',
  kind: 'host',
  ephemeral: true,
  vantage: 'driver',
  bootId: null,
  process: { index: 0, of: 1 },
  signs: {},
  host: {},
  ...over,
});

export const demand = (over: Partial<Demand> = {}): Demand => ({
  workloads: [],
  durationMs: null,
  longestIdleMs: null,
  connectionsPerRun: null,
  runsPerMonth: null,
  tolerableFailedRuns: null,
  retriesFirstConnection: false,
  ...over,
});

export const requirement = (over: Partial<Requirement> = {}): Requirement => ({
  firewallAllows: null,
  path: 'public',
  p95Ms: {},
  survivesIdleMs: null,
  ...over,
});

export const target = (over: Partial<TargetRecord> = {}): TargetRecord => ({
  name: 'claims-db',
  type: 'fake',
  endpoint: 'claims.internal:1433',
  digest: 'sha256:1',
  written: 'sha256:w',
  servers: ['claims.internal:1433'],
  identity: null,
  requirement: requirement(),
  expect: {},
  demand: demand(),
  differences: [],
  stages: ['connect', 'request'],
  control: false,
  untestable: null,
  parts: {},
  holds: [],
  heldBy: null,
  ...over,
});

export const workload = (
  name: string,
  uses: readonly string[],
  over: Partial<WorkloadRecord> = {},
): WorkloadRecord => ({
  name,
  uses: [...uses],
  connectsFrom: null,
  stateless: false,
  needs: [],
  durationMs: null,
  longestIdleMs: null,
  connectionsPerRun: null,
  runsPerMonth: null,
  tolerableFailedRuns: null,
  retriesFirstConnection: false,
  ...over,
});

export type AttemptOver = Partial<AttemptRecord>;

export const failed = (cause: string, over: AttemptOver = {}): AttemptOver => ({
  outcome: 'failed',
  observation: null,
  failure: { stage: 'connect', server: '10.0.0.1:1433', cause, code: null, number: null, detail: cause },
  ...over,
});

export const clean = (count: number): AttemptOver[] => Array.from({ length: count }, () => ({}));

export type SyntheticRun = {
  readonly id: string;
  readonly at: number;
  readonly attempts: readonly AttemptOver[];
  readonly context?: Context;
  readonly targets?: readonly TargetRecord[];
  readonly workloads?: readonly WorkloadRecord[];
  readonly profile?: string;
  readonly scope?: 'run' | 'period';
  readonly stops?: Readonly<Record<string, Stop>>;
  /** `null`: killed before it wrote its end. */
  readonly end?: 'interrupted' | null;
  readonly damaged?: boolean;
  readonly lab?: boolean;
  readonly earlier?: readonly { readonly run: string; readonly at: string }[];
  readonly requestedAt?: string;
  readonly health?: readonly Partial<Pick<HealthRecord, 'seen' | 'measures'>>[];
};

/** A run of its own host and hour. */
export const run = (
  index: number,
  attempts: readonly AttemptOver[],
  over: Partial<SyntheticRun> = {},
): SyntheticRun => ({
  id: `run-${index}`,
  at: T0 + index * HOUR_MS,
  attempts,
  context: context({ bootId: `boot-${index}` }),
  ...over,
});

export const cleanRuns = (count: number, attempts = 15, from = 0): SyntheticRun[] =>
  Array.from({ length: count }, (_, index) => run(from + index, clean(attempts)));

const ATTEMPT_MS = 1_000;

function attemptsOf(one: SyntheticRun): AttemptRecord[] {
  const numbers = new Map<string, number>();
  return one.attempts.map((over, index) => {
    const name = over.target ?? one.targets?.[0]?.name ?? 'claims-db';
    const n = (numbers.get(name) ?? 0) + 1;
    numbers.set(name, n);
    return {
      record: 'attempt',
      run: one.id,
      target: name,
      n,
      at: instant(one.at + index * ATTEMPT_MS),
      outcome: 'succeeded',
      stages: [{ stage: 'connect', server: '10.0.0.1:1433', elapsedMs: 2, ok: over.outcome !== 'failed' }],
      failure: null,
      resolved: ['10.0.0.1'],
      egress: [],
      measures: {},
      observation: { version: '1' },
      part: null,
      hold: null,
      taint: null,
      ...over,
    };
  });
}

function headerOf(one: SyntheticRun): RunHeader {
  const record: RunRecord = {
    record: 'run',
    schemaVersion: 1,
    run: one.id,
    at: instant(one.at),
    tool: { name: 'preflight-probe', version: '0.0.0', digest: 'sha256:0' },
    profile: one.profile ?? 'gate',
    scope: one.scope ?? 'period',
    configDigest: 'sha256:c',
    policy: DEFAULT_POLICY,
    context: one.context ?? context(),
    invoker: {},
    requestedAt: one.requestedAt ?? null,
    lab: one.lab ?? false,
    part: null,
    earlier: [...(one.earlier ?? [])],
    targets: [...(one.targets ?? [target()])],
    workloads: [...(one.workloads ?? [])],
  };
  const lastAt = instant(one.at + one.attempts.length * ATTEMPT_MS);
  const records = one.attempts.length + 2;
  const end =
    one.end === null
      ? null
      : ({ record: 'end', run: one.id, at: lastAt, interrupted: one.end === 'interrupted', records } as const);
  const state = one.damaged === true ? 'damaged' : end === null ? 'no-end' : 'whole';
  const why = state === 'whole' ? null : state === 'damaged' ? 'a line of it cannot be read' : 'it has no end';
  return { run: record, end, lastAt, records, state, why };
}

/** A folder that holds these runs, in order of their start. */
export function folderOf(runs: readonly SyntheticRun[], problems: readonly string[] = []): EvidenceFolder {
  const sorted = [...runs].sort((a, b) => a.at - b.at);
  return {
    headers: sorted.map(headerOf),
    problems,
    copies: [],
    *records(ids) {
      for (const one of sorted) {
        if (!ids.has(one.id)) continue;
        yield* attemptsOf(one);
        for (const over of one.health ?? []) {
          yield { record: 'health', run: one.id, at: instant(one.at), seen: [], measures: {}, ...over };
        }
        for (const [name, reason] of Object.entries(one.stops ?? {})) {
          yield { record: 'stop', run: one.id, target: name, at: instant(one.at), reason } satisfies StopRecord;
        }
      }
    },
  };
}

export const attemptRecords = (attempts: readonly AttemptOver[]): AttemptRecord[] =>
  attemptsOf({ id: 'run-0', at: T0, attempts });
