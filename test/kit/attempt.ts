import { PreflightError } from '../../src/model/preflight-error.ts';
import {
  type AnyProbe,
  type AttemptHandle,
  type Bound,
  type BoundClient,
  type Classified,
  type Probe,
  seal,
} from '../../src/model/probe.ts';
import type { HoldRequest, Span } from '../../src/model/records.ts';
import { HOLD_GRACE_MS, STAGE_DEADLINES_MS, type StageName } from '../../src/model/stages.ts';

export type TryOptions = {
  readonly n?: number;
  readonly run?: string;
  readonly context?: string;
  readonly processes?: number;
  readonly part?: string;
  readonly deadlinesMs?: Readonly<Partial<Record<StageName, number>>>;
  readonly environment?: Readonly<Record<string, string | undefined>>;
  /** Holds instead of attempting. */
  readonly hold?: HoldRequest;
  /** The operator's interruption. */
  readonly signal?: AbortSignal;
};

export type Tried = {
  readonly outcome: 'succeeded' | 'failed';
  readonly stages: readonly Span[];
  readonly failure: {
    readonly stage: StageName;
    readonly server: string | null;
    /** As the probe classifies it; a deadline is classified by the engine, here as in it. */
    readonly classified: Classified | 'defect';
    readonly error: unknown;
  } | null;
  readonly observation: unknown;
  readonly resolved: readonly string[];
  readonly egress: readonly string[];
  readonly measures: Readonly<Record<string, number>>;
  readonly admitted: readonly string[];
  readonly secrets: readonly string[];
  /** Null where no dear part was asked for. */
  readonly partReached: boolean | null;
};

/**
 * One attempt (or hold) of a probe, without engine, pacing or evidence. What a probe throws outside every stage, or after a stage
 * has failed, is thrown on: a test is to see it.
 */
export async function tryOnce<S, E, O>(
  probe: Probe<S, E, O> | AnyProbe,
  settings: unknown,
  options: TryOptions = {},
): Promise<Tried> {
  const bound = bind('bind' in probe ? probe : seal(probe), settings);
  const client = await bound.load();
  const journal = openJournal(options.part);
  const at = handle(journal, bound, options);
  try {
    const observation = await work(client, at, options.hold);
    // the contract of every probe: what it observes is what its schema says
    if (options.hold === undefined && 'load' in probe) probe.observation.parse(observation);
    return { ...read(journal), outcome: 'succeeded', failure: null, observation };
  } catch (error) {
    const failed = journal.failed;
    if (failed === null || failed.error !== error) throw error;
    const classified = timeoutOf(error) ?? client.classify(error, failed.stage);
    return { ...read(journal), outcome: 'failed', failure: { ...failed, classified }, observation: null };
  } finally {
    for (const cleanup of journal.cleanups.reverse()) cleanup();
  }
}

/** What `tryOnce` and a test can say of a whole attempt in one line: `connect connection-refused`. */
export function saidOf({ failure }: Tried): string | null {
  if (failure === null) return null;
  return `${failure.stage} ${failure.classified === 'defect' ? 'defect' : failure.classified.cause}`;
}

function bind(probe: AnyProbe, settings: unknown): Bound {
  const bound = probe.bind(settings);
  if ('bound' in bound) return bound.bound;
  throw new PreflightError(
    'ERR_CONFIG',
    bound.issues.map(({ path, message }) => `${path.join('.')}: ${message}`).join('\n'),
  );
}

async function work(client: BoundClient, at: AttemptHandle, hold: HoldRequest | undefined): Promise<unknown> {
  if (hold === undefined) return client.attempt(at);
  if (client.hold === null) throw new Error('this probe holds nothing');
  await client.hold(at, hold);
  return null;
}

type Failed = { readonly stage: StageName; readonly server: string | null; readonly error: unknown };

type Journal = {
  readonly stages: Span[];
  readonly resolved: string[];
  readonly egress: string[];
  readonly measures: Record<string, number>;
  readonly admitted: string[];
  readonly secrets: string[];
  readonly cleanups: (() => void)[];
  partReached: boolean | null;
  failed: Failed | null;
};

const openJournal = (part: string | undefined): Journal => ({
  stages: [],
  resolved: [],
  egress: [],
  measures: {},
  admitted: [],
  secrets: [],
  cleanups: [],
  partReached: part === undefined ? null : false,
  failed: null,
});

const read = ({ cleanups, failed, ...journal }: Journal) => journal;

const TIMEOUTS = {
  resolve: 'name-lookup-timeout',
  connect: 'connect-timeout',
  tls: 'tls-timeout',
  negotiate: 'negotiate-timeout',
  authenticate: 'login-timeout',
  authorize: 'authorize-timeout',
  request: 'request-timeout',
  hold: 'hold-timeout',
  reuse: 'idle-silent',
  renew: 'renew-timeout',
} as const satisfies Record<StageName, string>;

class DeadlinePassed extends Error {
  readonly stage: StageName;
  constructor(stage: StageName, deadlineMs: number) {
    super(`no answer within ${deadlineMs} ms (stage ${stage})`);
    this.stage = stage;
  }
}

const timeoutOf = (error: unknown): Classified | null =>
  error instanceof DeadlinePassed
    ? { cause: TIMEOUTS[error.stage], code: null, number: null, detail: error.message }
    : null;

function handle(journal: Journal, bound: Bound, options: TryOptions): AttemptHandle {
  const interrupted = options.signal ?? new AbortController().signal;
  const deadlineMs = (stage: StageName): number =>
    options.deadlinesMs?.[stage] ??
    bound.deadlinesMs[stage] ??
    (stage === 'hold' ? (options.hold?.plannedMs ?? 0) + HOLD_GRACE_MS : STAGE_DEADLINES_MS[stage]);
  let current: StageName | null = null;

  async function stage<T>(name: StageName, work: (signal: AbortSignal) => Promise<T>, server?: string): Promise<T> {
    if (current !== null) throw new Error(`stage ${name} begins within stage ${current}`);
    current = name;
    const startedMs = performance.now();
    const end = (ok: boolean) => {
      current = null;
      journal.stages.push({ stage: name, server: server ?? null, elapsedMs: performance.now() - startedMs, ok });
    };
    try {
      const done = await within(name, deadlineMs(name), interrupted, work);
      end(true);
      return done;
    } catch (error) {
      end(false);
      journal.failed = { stage: name, server: server ?? null, error };
      throw error;
    }
  }

  return {
    n: options.n ?? 1,
    signal: interrupted,
    clientName: 'preflight-probe/00000000-0000-4000-8000-000000000000',
    run: options.run ?? '00000000-0000-4000-8000-000000000000',
    context: options.context ?? 'here',
    processes: options.processes ?? 1,
    part: options.part ?? null,
    environment: options.environment ?? {},
    deadlineMs,
    stage,
    admit: async (server) => void journal.admitted.push(server),
    beginPart: () => {
      journal.partReached = true;
    },
    saw: ({ resolved, egress }) => {
      if (resolved !== undefined && !journal.resolved.includes(resolved)) journal.resolved.push(resolved);
      if (egress !== undefined && !journal.egress.includes(egress)) journal.egress.push(egress);
    },
    measure: (name, value) => {
      journal.measures[name] = value;
    },
    secret: (value) => void journal.secrets.push(value),
    defer: (cleanup) => void journal.cleanups.push(cleanup),
  };
}

/** Races the work against its signal, as the engine does: a library that never calls back must not hang a test either. */
function within<T>(
  stage: StageName,
  deadlineMs: number,
  interrupted: AbortSignal,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const deadline = new AbortController();
  const timer = setTimeout(() => deadline.abort(new DeadlinePassed(stage, deadlineMs)), deadlineMs);
  const signal = AbortSignal.any([deadline.signal, interrupted]);
  const ended = new Promise<never>((_, failed) => {
    if (signal.aborted) failed(signal.reason);
    signal.addEventListener('abort', () => failed(signal.reason), { once: true });
  });
  return Promise.race([(async () => work(signal))(), ended]).finally(() => clearTimeout(timer));
}
