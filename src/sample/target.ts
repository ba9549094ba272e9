import { REJECTIONS } from '../model/causes.ts';
import { shareOfHold } from '../model/holds.ts';
import type { PlannedTarget } from '../model/plan.ts';
import type { BoundClient } from '../model/probe.ts';
import type { AttemptRecord, HoldRequest, Stop } from '../model/records.ts';
import { makeAttempt } from './attempt.ts';
import { abortion, afterReading } from './clock.ts';
import { startHolds } from './holds.ts';
import type { Shown } from './identity-guard.ts';
import type { SampleRequest, Shared } from './sample.ts';
import type { Share } from './server-limits.ts';

/** A target that has never worked is not knocked at more often than this. */
const NEVER_SUCCEEDED_ATTEMPTS = 5;
const UNTESTABLE_ATTEMPTS = 3;
const BROKEN_ATTEMPTS = 3;
const LOAD_MS = 30_000;

type Course = {
  made: number;
  /** Of these: ours to lose. They are made up for, and are no knock at the target. */
  tainted: number;
  succeeded: number;
  broken: number;
  outOfLogins: boolean;
  parts: Record<string, number>;
  /** Null until an attempt has worked. */
  holds: readonly Promise<void>[] | null;
};

/** Attempts in turn until a reason to stop; the holds beside them as soon as one attempt has worked. */
export async function sampleTarget(target: PlannedTarget, request: SampleRequest, shared: Shared): Promise<void> {
  const { name } = target.record;
  const course: Course = { made: 0, tainted: 0, succeeded: 0, broken: 0, outOfLogins: false, parts: {}, holds: null };
  const reason = await attemptInTurn(target, course, request, shared).catch((error: unknown): Stop => {
    request.broke(name, error);
    return 'defect';
  });
  request.write({ record: 'stop', run: request.run, target: name, at: request.clock.now(), reason });
  await Promise.all(course.holds ?? []);
}

async function attemptInTurn(
  target: PlannedTarget,
  course: Course,
  request: SampleRequest,
  shared: Shared,
): Promise<Stop> {
  for (;;) {
    const stop = reasonToStop(target, course, request, shared);
    if (stop !== null) return stop;
    const client = await clientOf(target, request, shared);
    if (client === null) return 'defect';
    const outOfLogins = () => {
      course.outOfLogins = true;
    };
    const order = { target, client, part: nextPart(target, course), hold: null, outOfLogins };
    const made = await shared.turns.take(target.record.name, (n) => oneAttempt({ ...order, n }, request, shared));
    if (typeof made === 'string') return made;
    const record = await shared.uplink.checked(made, target);
    request.write(record);
    count(record, course);
    if (course.succeeded > 0) course.holds ??= holdBeside(target, client, request, shared);
  }
}

/** An attempt on a control for the sake of another target's failure: the wall time does not prevent it, which prevents only the next. */
export async function tryControl(
  control: PlannedTarget,
  request: SampleRequest,
  shared: Shared,
): Promise<AttemptRecord | null> {
  try {
    const client = await clientOf(control, request, shared);
    if (client === null) return null;
    const order = { target: control, client, part: null, hold: null };
    const whileRunning = { ...shared, noMore: request.signal };
    const made = await shared.turns.take(control.record.name, (n) =>
      oneAttempt({ ...order, n }, request, whileRunning),
    );
    if (typeof made === 'string') return null;
    request.write(made);
    return made;
  } catch (error) {
    request.broke(control.record.name, error);
    return null;
  }
}

export function clientOf(
  target: PlannedTarget,
  request: SampleRequest,
  { clients }: Shared,
): Promise<BoundClient | null> {
  const { name } = target.record;
  const known = clients.get(name) ?? loadClient(target, request);
  clients.set(name, known);
  return known;
}

/** A client library that cannot be loaded, or never is, is our defect. */
async function loadClient(target: PlannedTarget, request: SampleRequest): Promise<BoundClient | null> {
  const late = new AbortController();
  const cancel = afterReading(request.clock, LOAD_MS, () =>
    late.abort(new Error(`the client was not loaded within ${LOAD_MS} ms`)),
  );
  const aborted = abortion(late.signal);
  try {
    return await Promise.race([target.bound.load(), aborted.promise]);
  } catch (error) {
    request.broke(target.record.name, error);
    return null;
  } finally {
    cancel();
    aborted.dispose();
  }
}

function reasonToStop(target: PlannedTarget, course: Course, request: SampleRequest, shared: Shared): Stop | null {
  const { attempts, record, hasSucceeded, spare } = target;
  const scored = course.made - Math.min(course.tainted, spare);
  if (request.signal.aborted) return 'interrupted';
  if (course.outOfLogins) return 'logins';
  if (course.broken >= BROKEN_ATTEMPTS) return 'defect';
  if (record.untestable !== null && course.made >= UNTESTABLE_ATTEMPTS) return 'not-testable';
  if (scored >= NEVER_SUCCEEDED_ATTEMPTS && course.succeeded === 0 && !hasSucceeded) return 'never-succeeded';
  if (scored >= attempts.most) return 'attempts';
  const decided = scored >= attempts.least ? request.enough(record.name) : null;
  if (decided !== null) return decided;
  if (shared.noMore.aborted) return 'wall-time';
  return null;
}

function count(record: AttemptRecord, course: Course): void {
  course.made += 1;
  if (record.taint !== null) course.tainted += 1;
  if (record.outcome === 'succeeded' || record.part?.reached === true) course.succeeded += 1;
  if (record.outcome === 'broken') course.broken += 1;
  if (record.part?.reached === true && record.taint === null)
    course.parts[record.part.name] = (course.parts[record.part.name] ?? 0) + 1;
}

/**
 * Dear parts go to the attempts after the first, which is scored apart. One that ended before its part is no try of it, and a pass needs all
 * that were planned: the next is asked.
 */
function nextPart(target: PlannedTarget, course: Course): string | null {
  if (course.made === 0) return null;
  const due = Object.entries(target.parts).find(([name, planned]) => (course.parts[name] ?? 0) < planned);
  return due?.[0] ?? null;
}

type Order = {
  readonly target: PlannedTarget;
  readonly client: BoundClient;
  readonly n: number;
  readonly part: string | null;
  readonly hold: HoldRequest | null;
  /** Its way led to a server that has no login left: so would that of the next. */
  readonly outOfLogins?: () => void;
};

/** Guard, then all servers in one step, then the attempt; or the reason why it was not made. */
async function oneAttempt(order: Order, request: SampleRequest, shared: Shared): Promise<AttemptRecord | Stop> {
  const { guard, limits, serverKey, noMore } = shared;
  const { identity } = order.target.record;
  const noMoreReason = (): Stop => (request.signal.aborted ? 'interrupted' : 'wall-time');
  const shares = await sharesOf(order, serverKey);
  const mayUse = await guard.enter(identity, noMore).catch(noMoreReason);
  if (mayUse !== true) return mayUse === false ? 'credential' : mayUse;
  let shown: Shown = 'not-tried';
  try {
    const grant = await limits.enter(order.hold === null ? 'open' : 'held', shares, noMore).catch(noMoreReason);
    if (grant === null) return 'logins';
    if (typeof grant === 'string') return grant;
    try {
      const record = await makeAttempt({ ...order, grant, serverKey }, request);
      shown = shownBy(record);
      return record;
    } finally {
      if (grant.isOutOfLogins) order.outOfLogins?.();
      grant.release();
    }
  } finally {
    guard.leave(identity, shown);
  }
}

const sharesOf = ({ target, hold }: Order, serverKey: Shared['serverKey']): Promise<readonly Share[]> =>
  Promise.all(
    target.bound.footprint.servers.map(async (footprint) => {
      const { connections, logins } = hold === null ? footprint : shareOfHold(hold, footprint);
      return { server: await serverKey(footprint.address), connections, logins };
    }),
  );

function shownBy(record: AttemptRecord): Shown {
  if (record.failure !== null && REJECTIONS.has(record.failure.cause)) return 'rejected';
  const accepted =
    record.outcome === 'succeeded' || record.stages.some(({ stage, ok }) => stage === 'authenticate' && ok);
  return accepted ? 'accepted' : 'nothing';
}

function holdBeside(
  target: PlannedTarget,
  client: BoundClient,
  request: SampleRequest,
  shared: Shared,
): Promise<void>[] {
  return startHolds(target, request, async (hold, n) => {
    const held = await oneAttempt({ target, client, n, part: null, hold }, request, shared);
    return typeof held === 'string' ? held : shared.uplink.checked(held, target);
  });
}
