import { analyze, type Question } from './analyze/analyze.ts';
import { attemptDecision } from './analyze/attempts.ts';
import { createLive } from './analyze/live.ts';
import { besides, type Publication, type Publisher, startPublishing } from './evidence/publish.ts';
import { type Evidence, openEvidence } from './evidence/skim.ts';
import type { EvidenceStore } from './evidence/store.ts';
import { beginRun, type RunWriter } from './evidence/write.ts';
import { type Judgement, judge } from './judge/judge.ts';
import type { Config } from './model/config.ts';
import type { Plan } from './model/plan.ts';
import type { Policy, Profile, Scope } from './model/policy.ts';
import type { Registry } from './model/probe.ts';
import type { AttemptRecord, Context, RunRecord, StopRecord } from './model/records.ts';
import type { Redaction } from './model/redaction.ts';
import { type History, historyOf, NO_HISTORY } from './plan/history.ts';
import { plan } from './plan/plan.ts';
import { gapsOf, presentOf, workloadRecordOf, workloadsOf } from './plan/present.ts';
import { criteriaFor } from './plan/request.ts';
import { onLoopback, unbounded } from './sample/bounds.ts';
import { clockFrom, systemClock } from './sample/clock.ts';
import { watchHealth } from './sample/health.ts';
import type { Host } from './sample/health-host.ts';
import { sample } from './sample/sample.ts';
import { TOOL } from './tool.ts';

export type PreflightRequest = {
  readonly run: string;
  /** When the platform was asked for this run; null where nobody said so. */
  readonly requestedAt: string | null;
  readonly config: Config;
  /** On the embedded lab: no system of anybody’s is tried. */
  readonly embeddedLab: boolean;
  readonly registry: Registry;
  readonly context: Context;
  readonly profile: Profile;
  readonly scope: Scope;
  readonly only: readonly string[] | null;
  readonly store: EvidenceStore;
  /** Where the evidence goes in parts as well, and where its history lies. */
  readonly publication: Publication | null;
  readonly host: Host;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly invoker: Readonly<Record<string, string>>;
  readonly redaction: Redaction;
  readonly signal: AbortSignal;
  planned(plan: Plan): void;
  progressed(record: AttemptRecord | StopRecord): void;
  broke(target: string, error: unknown): void;
};

/** config -> plan -> sample => EVIDENCE -> analyze -> judge: the whole of one run. The verdict is made from what was written. */
export async function preflight(request: PreflightRequest): Promise<Judgement> {
  const planned = planOf({ ...request, store: request.publication?.volume.store ?? request.store });
  request.planned(planned);
  const { lab } = request.config;
  const clock = lab === null ? systemClock : clockFrom(lab.at, systemClock);
  const bounds = lab === null ? unbounded(request.signal) : onLoopback(request.signal);
  const run = runRecord(request, planned);
  using publisher = await publisherOf(request, run);
  const writer = beginRun(request.store, run, request.redaction, publisher?.add);
  const live = createLive();
  const health = watchHealth({
    run: request.run,
    clock,
    host: request.host,
    write: writer.write,
    broke: (error) => request.broke('this host', error),
  });
  await sample({
    plan: planned,
    run: request.run,
    context: request.context.name,
    processes: request.context.process.of,
    environment: request.environment,
    clock,
    random: Math.random,
    health,
    signal: bounds.signal,
    mayReach: bounds.mayReach,
    write(record) {
      writer.write(record);
      if (record.record === 'attempt') live.add(record);
      request.progressed(record);
    },
    enough: (target) => enough(target, planned, live, request),
    secret: (value) => request.redaction.addPassing(value),
    broke: request.broke,
  }).finally(health.stop);
  writer.end(clock.now(), bounds.signal.aborted);
  await publisher?.close(request.signal);
  bounds.check();
  const only = planned.targets.map(({ record }) => record.name);
  const evidence = openEvidence(gathered(request, publisher, writer));
  return judgeFolder({ ...request, evidence, only, policy: request.config.policy }, clock.now());
}

const publisherOf = async ({ publication, redaction }: PreflightRequest, run: RunRecord): Promise<Publisher | null> =>
  publication === null ? null : startPublishing(run, redaction, publication);

/** What this run wrote, and its history. */
function gathered({ store, publication }: PreflightRequest, publisher: Publisher | null, { name }: RunWriter) {
  if (publication === null || publisher === null) return store;
  return besides(publication.volume.store, publisher.names(), store, name);
}

export type JudgeRequest = {
  readonly evidence: Evidence;
  readonly registry: Registry;
  /** Null where none is at hand: then the evidence speaks for itself. */
  readonly config: Config | null;
  readonly policy: Policy;
  readonly context: Pick<Context, 'name' | 'vantage'>;
  readonly profile: Profile;
  readonly scope: Scope;
  /** The run that scope `run` judges; null for the latest. */
  readonly run: string | null;
  /** Names of the targets to judge; null for all. A run of some judges those: what others have found earlier is not asked for. */
  readonly only: readonly string[] | null;
};

/** Saved evidence of a context, judged under a policy. Needs no network and no secret. */
export function judgeFolder(request: JudgeRequest, judgedAt: string): Judgement {
  const { config, registry, policy, profile, scope, evidence } = request;
  const analysis = evidence.folding((folder) => analyze(folder, question(request, judgedAt)));
  const present = config === null ? new Map() : presentOf(config, analysis);
  const workloads = workloadsOf(config, analysis);
  const gaps = config === null || request.only !== null ? [] : gapsOf(config, analysis);
  return judge({ analysis, present, workloads, gaps, registry, policy, profile, scope, judgedAt, tool: TOOL });
}

const question = (
  { policy, context, scope, run, only }: Pick<JudgeRequest, 'policy' | 'context' | 'scope' | 'run' | 'only'>,
  judgedAt: string,
): Question => ({ context: context.name, vantage: context.vantage, scope, run, only, judgedAt, policy });

/** When a run begins that begins now. */
const startOf = ({ lab }: Config): string => lab?.at ?? systemClock.now();

/** The plan of a run, after what earlier runs in the folder say. */
export function planOf(
  request: Pick<PreflightRequest, 'config' | 'context' | 'profile' | 'scope' | 'only'> & {
    readonly store: EvidenceStore | null;
  },
): Plan {
  return plan({ ...request, history: history(request), now: startOf(request.config) });
}

function history(
  request: Pick<PreflightRequest, 'config' | 'context'> & { readonly store: EvidenceStore | null },
): History {
  if (request.store === null) return NO_HISTORY;
  const { folder, folding } = openEvidence(request.store);
  if (folder.headers.length === 0) return NO_HISTORY;
  const asked = question(
    { ...request, policy: request.config.policy, scope: 'period', run: null, only: null },
    startOf(request.config),
  );
  return historyOf(folding((whole) => analyze(whole, asked)));
}

/** In scope `run` the test over attempts ends the sampling of a target; over a period each run has its fixed number. */
function enough(target: string, planned: Plan, live: ReturnType<typeof createLive>, request: PreflightRequest) {
  const entry = planned.targets.find(({ record }) => record.name === target);
  if (planned.scope === 'period' || entry === undefined) return null;
  return attemptDecision(live.tally(target), criteriaFor(entry.record, request));
}

type RunRequest = Pick<
  PreflightRequest,
  'run' | 'profile' | 'scope' | 'config' | 'embeddedLab' | 'context' | 'invoker' | 'requestedAt'
>;

/** What begins the evidence of a run. */
export function runRecord(request: RunRequest, planned: Plan): RunRecord {
  return {
    record: 'run',
    schemaVersion: 1,
    run: request.run,
    at: startOf(request.config),
    tool: TOOL,
    profile: request.profile,
    scope: request.scope,
    configDigest: request.config.digest,
    policy: request.config.policy,
    context: request.context,
    invoker: { ...request.invoker },
    requestedAt: request.requestedAt,
    lab: request.embeddedLab || request.config.lab !== null,
    part: null,
    earlier: [...planned.earlier],
    targets: planned.targets.map(({ record }) => record),
    workloads: request.config.workloads.map(workloadRecordOf),
  };
}
