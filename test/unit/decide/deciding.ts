import { analyze } from '../../../src/analyze/analyze.ts';
import { decide } from '../../../src/decide/decide.ts';
import type { ContextDeclaration } from '../../../src/model/config.ts';
import { type Cell, type Decision, decision as decisionSchema } from '../../../src/model/decision.ts';
import { DEFAULT_POLICY, type Gap, type Policy, type Profile } from '../../../src/model/policy.ts';
import type { Vantage, WorkloadRecord } from '../../../src/model/records.ts';
import { clean, context, folderOf, instant, run, type SyntheticRun, T0, target, workload } from '../../kit/evidence.ts';
import { FAKE } from '../judge/judging.ts';

const HOUR_MS = 3_600_000;

export const declare = (name: string, over: Partial<ContextDeclaration> = {}): ContextDeclaration => ({
  name,
  ephemeral: name !== 'dedicated',
  compute: null,
  kind: name === 'dedicated' ? 'databricks-classic' : 'databricks-serverless',
  provides: [],
  costPerHour: null,
  startupMs: null,
  idleKeptMs: null,
  minimumBillingMs: null,
  ...over,
});

export const BOTH = [declare('dedicated'), declare('serverless')];

export const INGEST = workload('ingest', ['claims-db'], {
  connectsFrom: 'driver',
  durationMs: 60_000,
  runsPerMonth: 720,
});

export const NOTHING_USED: WorkloadRecord = { ...workload('transform', []), uses: 'none', stateless: true };

export type Asked = {
  readonly workloads?: readonly WorkloadRecord[];
  readonly contexts?: readonly ContextDeclaration[];
  readonly policy?: Partial<Policy>;
  readonly profile?: Profile;
  readonly gaps?: readonly Gap[];
  readonly configured?: readonly string[];
  readonly problems?: readonly string[];
  readonly decidedAt?: string;
};

/** A run of that hour in a context, on a host of its own. */
export function runIn(name: string, index: number, over: Partial<SyntheticRun> = {}): SyntheticRun {
  const { attempts = clean(15), ...rest } = over;
  return run(index, attempts, {
    id: `${name}-${index}`,
    context: context({ name, ephemeral: name !== 'dedicated', bootId: `${name}-boot-${index}` }),
    ...rest,
  });
}

export const runsIn = (name: string, count: number, over: Partial<SyntheticRun> = {}, from = 0): SyntheticRun[] =>
  Array.from({ length: count }, (_, index) => runIn(name, from + index, over));

/** The whole way from evidence to decision, which is read back through its schema. */
export function deciding(runs: readonly SyntheticRun[], asked: Asked = {}) {
  const latest = Math.max(T0, ...runs.map(({ at }) => at));
  const decidedAt = asked.decidedAt ?? instant(latest + 6 * HOUR_MS);
  const policy = { ...DEFAULT_POLICY, ...asked.policy };
  const folder = folderOf(runs, asked.problems);
  const whereabouts = new Map(
    folder.headers.map(({ run: { context: where } }) => [`${where.name} ${where.vantage}`, where]),
  );
  const places = [...whereabouts.values()].map(({ name, vantage }) => ({
    analysis: analyze(folder, {
      context: name,
      vantage,
      scope: 'period',
      run: null,
      only: null,
      judgedAt: decidedAt,
      policy,
    }),
    present: new Map(),
    gaps: asked.gaps ?? [],
  }));
  const { decision, defects } = decide({
    places,
    workloads: (asked.workloads ?? [INGEST]).map((each) => ({ workload: each, judgedBy: 'config' as const })),
    contexts: asked.contexts ?? BOTH,
    terms: {
      registry: [FAKE],
      policy,
      profile: asked.profile ?? 'gate',
      decidedAt,
      tool: { name: 'preflight-probe', version: '0.0.0', digest: 'sha256:0' },
    },
    configDigest: 'sha256:c',
    configured: asked.configured ?? null,
    remarks: [],
  });
  return { decision: decisionSchema.parse(decision), defects };
}

export const decisionOf = (runs: readonly SyntheticRun[], asked: Asked = {}): Decision =>
  deciding(runs, asked).decision;

/** One cell: of the first workload, on serverless compute, where nothing else is said. */
export function cellIn(decision: Decision, name = 'serverless', of = decision.workloads[0]?.name): Cell {
  const cell = decision.workloads.find((each) => each.name === of)?.cells.find((each) => each.context === name);
  if (cell === undefined) throw new Error(`no cell of ${of} in ${name}`);
  return cell;
}

export const vantageIs = (vantage: Vantage, name = 'serverless') => ({ context: context({ name, vantage }) });

export { target };
