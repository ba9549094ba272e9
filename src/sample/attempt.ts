import type { Cause } from '../model/causes.ts';
import type { PlannedTarget } from '../model/plan.ts';
import type { AttemptHandle, BoundClient } from '../model/probe.ts';
import type { AttemptRecord, Failure, HoldRequest } from '../model/records.ts';
import { HOLD_GRACE_MS, STAGE_DEADLINES_MS, type StageName } from '../model/stages.ts';
import { OutOfBounds } from './bounds.ts';
import { Interrupted } from './clock.ts';
import { endure, isExhausted, taintOf } from './health-taint.ts';
import type { SampleRequest } from './sample.ts';
import { type Grant, LoginsUsedUp } from './server-limits.ts';
import { HandleMisused, StageClock, StageDeadline, type StageFailure } from './stage-clock.ts';

/** What silence means, by the stage that met it. */
const SILENCE: Readonly<Record<StageName, Cause>> = {
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
};

export type AttemptOrder = {
  readonly target: PlannedTarget;
  readonly client: BoundClient;
  readonly n: number;
  readonly part: string | null;
  readonly hold: HoldRequest | null;
  readonly grant: Pick<Grant, 'admit' | 'release'>;
  readonly serverKey: (server: string) => Promise<string>;
};

/** One try, on connections of its own, as a record. Never throws: a defect of ours is `broken` and told to `request.broke`. */
export async function makeAttempt(order: AttemptOrder, request: SampleRequest): Promise<AttemptRecord> {
  const notes = new Notes();
  const clock = new StageClock(request.clock, (stage) => deadlineMs(order, stage), request.signal);
  const trouble = endure(request.clock, request.health);
  const at = handle(order, request, { clock, notes, beginStage: trouble.beginStage });
  const startedAt = request.clock.now();
  const ending = await Promise.race([run(order, at), clock.lost]).then(
    (observation): Ending => ({ outcome: 'succeeded', failure: null, observation: observation ?? null }),
    (error: unknown): Ending => endOf(error, order, clock.failure, request),
  );
  clock.stop();
  if (ending.failure !== null && isExhausted(ending.failure)) request.health.exhausted();
  const taint = taintOf(ending, trouble.endured());
  notes.close((cleanup) => attemptCleanup(cleanup, order, request));
  return {
    record: 'attempt',
    run: request.run,
    target: order.target.record.name,
    n: order.n,
    at: startedAt,
    ...ending,
    stages: [...clock.spans],
    resolved: [...notes.resolved],
    egress: [...notes.egress],
    measures: notes.measures,
    part: order.part === null ? null : { name: order.part, reached: notes.partReached },
    hold: order.hold,
    taint,
  };
}

type Ending = Pick<AttemptRecord, 'outcome' | 'failure' | 'observation'>;

/** What the client told on the way; it survives a later failure. */
class Notes {
  readonly resolved = new Set<string>();
  readonly egress = new Set<string>();
  readonly measures: Record<string, number> = {};
  partReached = false;
  #deferred: (() => void)[] = [];
  #cleanUp: ((cleanup: () => void) => void) | null = null;

  /** What is opened after the end is closed at once: work that was given up may still come to something. */
  defer(cleanup: () => void): void {
    if (this.#cleanUp === null) this.#deferred.push(cleanup);
    else this.#cleanUp(cleanup);
  }

  close(cleanUp: (cleanup: () => void) => void): void {
    this.#cleanUp = cleanUp;
    for (const cleanup of this.#deferred.reverse()) cleanUp(cleanup);
    this.#deferred = [];
  }
}

async function run({ client, hold }: AttemptOrder, at: AttemptHandle): Promise<unknown> {
  if (hold === null) return client.attempt(at);
  if (client.hold === null) throw new Error('a hold was planned for a probe that has none');
  return client.hold(at, hold);
}

type Engine = { readonly clock: StageClock; readonly notes: Notes; readonly beginStage: () => void };

function handle(order: AttemptOrder, request: SampleRequest, { clock, notes, beginStage }: Engine): AttemptHandle {
  return {
    n: order.n,
    signal: request.signal,
    run: request.run,
    context: request.context,
    processes: request.processes,
    clientName: `preflight-probe/${request.run.slice(0, 8)}`,
    part: order.part,
    environment: request.environment,
    deadlineMs: (stage) => deadlineMs(order, stage),
    stage(name, work, server) {
      beginStage();
      return clock.stage(name, work, server ?? null);
    },
    admit: (server) =>
      clock.waiting(async () => {
        stayWithin(server, order, request);
        const key = await order.serverKey(server);
        stayWithin(key, order, request);
        await order.grant.admit(key, order.target.record.identity !== null, request.signal);
      }),
    beginPart: () => {
      notes.partReached = true;
    },
    saw: ({ resolved, egress }) => {
      if (resolved !== undefined) {
        stayWithin(resolved, order, request);
        notes.resolved.add(resolved);
      }
      if (egress !== undefined) notes.egress.add(egress);
    },
    measure: (name, value) => {
      // in JSON it would be `null`, and a line that cannot be read makes a run worthless
      if (!Number.isFinite(value)) throw new HandleMisused(`the measure ${name} is ${value}`);
      notes.measures[name] = value;
    },
    secret: request.secret,
    defer: (cleanup) => notes.defer(cleanup),
  };
}

function stayWithin(place: string, { target }: AttemptOrder, request: SampleRequest): void {
  if (!request.mayReach(target.record.name, place)) throw new OutOfBounds(place);
}

function deadlineMs({ target, hold }: AttemptOrder, stage: StageName): number {
  const own = target.deadlinesMs[stage];
  if (own !== undefined) return own;
  return stage === 'hold' ? (hold?.plannedMs ?? 0) + HOLD_GRACE_MS : STAGE_DEADLINES_MS[stage];
}

/** The engine refused a connection: that says nothing of the target. */
const isUnmade = (error: unknown): boolean => error instanceof LoginsUsedUp || error instanceof OutOfBounds;

/** Only what ended a stage is the target's; everything else that is thrown is a defect of ours. */
function endOf(error: unknown, order: AttemptOrder, failed: StageFailure | null, request: SampleRequest): Ending {
  if (request.signal.aborted || error instanceof Interrupted || isUnmade(error))
    return { outcome: 'aborted', failure: null, observation: null };
  try {
    const failure = failed !== null && failed.error === error ? failureOf(failed, order) : 'defect';
    if (failure !== 'defect') return { outcome: 'failed', failure, observation: null };
    request.broke(order.target.record.name, error);
  } catch (defect) {
    request.broke(order.target.record.name, defect);
  }
  return { outcome: 'broken', failure: null, observation: null };
}

function failureOf({ stage, server, error }: StageFailure, { client }: AttemptOrder): Failure | 'defect' {
  if (error instanceof HandleMisused) return 'defect';
  if (error instanceof StageDeadline) {
    return { stage, server, cause: SILENCE[stage], code: 'ETIMEOUT', number: null, detail: error.message };
  }
  const classified = client.classify(error, stage);
  return classified === 'defect' ? 'defect' : { stage, server, ...classified };
}

function attemptCleanup(cleanup: () => void, order: AttemptOrder, request: SampleRequest): void {
  try {
    cleanup();
  } catch (error) {
    request.broke(order.target.record.name, error);
  }
}
