import { setMaxListeners } from 'node:events';
import type { Plan } from '../model/plan.ts';
import type { BoundClient } from '../model/probe.ts';
import type { AttemptRecord, Stop, StopRecord } from '../model/records.ts';
import type { Clock } from './clock.ts';
import type { Health } from './health.ts';
import { IdentityGuard } from './identity-guard.ts';
import { serverKeys } from './server-keys.ts';
import { ServerLimits } from './server-limits.ts';
import { clientOf, sampleTarget, tryControl } from './target.ts';
import { Turns } from './turns.ts';
import { type Uplink, watchUplink } from './uplink.ts';

export type SampleRequest = {
  readonly plan: Plan;
  readonly run: string;
  /** The name of the context. */
  readonly context: string;
  /** How many of this context were started at once. */
  readonly processes: number;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly clock: Clock;
  readonly random: () => number;
  readonly health: Health;
  /** The operator's interruption. */
  readonly signal: AbortSignal;
  /** Asked before each connection, with an address or host:port; where it may not be made the whole run ends. */
  mayReach(target: string, place: string): boolean;
  /** Takes each record as it comes to be; the verdict is made from what was written. */
  write(record: AttemptRecord | StopRecord): void;
  /** Whether the attempts of this run already carry a verdict on the target; in constant time. */
  enough(target: string): Extract<Stop, 'accepted-rate' | 'rejected-rate'> | null;
  /** A secret learnt on the way. */
  secret(value: string): void;
  /** A defect of ours, by the target it struck. */
  broke(target: string, error: unknown): void;
};

/** What the attempts of a run share. */
export type Shared = {
  readonly guard: IdentityGuard;
  readonly limits: ServerLimits;
  readonly serverKey: (server: string) => Promise<string>;
  readonly turns: Turns;
  readonly clients: Map<string, Promise<BoundClient | null>>;
  readonly uplink: Uplink;
  /** Aborts at the end of the wall time, or with the operator's interruption: it only prevents the next attempt. */
  readonly noMore: AbortSignal;
};

/** A client that cannot be loaded is waited for no longer: it is its own target's defect. */
const LOAD_TOGETHER_MS = 5_000;

/** Loading a client library keeps the event loop busy, on a small machine for a second: no attempt is to pay for that of another target. */
async function loadAll(request: SampleRequest, shared: Shared): Promise<void> {
  if (request.signal.aborted) return;
  let cancel = () => {};
  const late = new Promise<void>((done) => {
    cancel = request.clock.after(LOAD_TOGETHER_MS, done);
  });
  await Promise.race([Promise.all(request.plan.targets.map((target) => clientOf(target, request, shared))), late]);
  cancel();
}

/** Tries every target of the plan until it has enough or may not go on: targets in parallel, attempts of one target in turn. */
export async function sample(request: SampleRequest): Promise<void> {
  const { plan, clock, signal } = request;
  const guard = new IdentityGuard();
  for (const { record, identityStanding } of plan.targets) guard.introduce(record.identity, identityStanding);
  const wallTime = new AbortController();
  const cancelWallTime = clock.after(plan.limits.wallTimeMs, () => wallTime.abort());
  const serverKey = serverKeys();
  const shared: Shared = {
    guard,
    limits: new ServerLimits(plan.limits, clock, request.random),
    serverKey,
    turns: new Turns(),
    clients: new Map(),
    uplink: watchUplink({
      controls: plan.targets.filter(({ record }) => record.control),
      clock,
      serverKey,
      attempt: (control) => tryControl(control, request, shared),
    }),
    noMore: AbortSignal.any([signal, wallTime.signal]),
  };
  // every attempt and every hold that is under way listens to them
  setMaxListeners(0, signal, shared.noMore);
  try {
    await loadAll(request, shared);
    await Promise.all(
      plan.targets.map((target) =>
        // a defect at one target must not end the others
        sampleTarget(target, request, shared).catch((error: unknown) => request.broke(target.record.name, error)),
      ),
    );
  } finally {
    cancelWallTime();
  }
}
