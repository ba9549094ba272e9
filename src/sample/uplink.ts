import type { Cause } from '../model/causes.ts';
import type { PlannedTarget } from '../model/plan.ts';
import type { AttemptRecord } from '../model/records.ts';
import type { StageName } from '../model/stages.ts';
import type { Clock } from './clock.ts';

// Tells a dead uplink from a dead target: before a failure that a dead uplink can have brought about is written, a control target is tried.

export type Uplink = {
  /** The record as it is to be written: tainted where a control failed as well, and none worked. */
  checked(record: AttemptRecord, target: PlannedTarget): Promise<AttemptRecord>;
};

export type UplinkRequest = {
  readonly controls: readonly PlannedTarget[];
  readonly clock: Clock;
  readonly serverKey: (server: string) => Promise<string>;
  /** One attempt on a control, written as any other; null where none could be made. */
  attempt(control: PlannedTarget): Promise<AttemptRecord | null>;
};

export function watchUplink({ controls, clock, serverKey, attempt }: UplinkRequest): Uplink {
  const lines = controls.map((control) => createLine(control, clock, () => attempt(control)));
  const keysOf = (servers: readonly string[]) => Promise.all(servers.map(serverKey));

  /** A control at the very server that failed would only fail with it. */
  async function apartFrom(record: AttemptRecord, target: PlannedTarget): Promise<readonly Line[]> {
    const failed = new Set([...(await keysOf(target.record.servers)), record.failure?.server]);
    const apart: Line[] = [];
    for (const line of lines) {
      const keys = await keysOf(line.servers);
      if (!keys.some((key) => failed.has(key))) apart.push(line);
    }
    return apart;
  }

  return {
    async checked(record, target) {
      if (lines.length === 0 || target.record.control || !couldBeUplink(record)) return record;
      let isDead = false;
      for (const line of await apartFrom(record, target)) {
        const answer = await line.ask();
        if (answer === 'alive') return record;
        isDead ||= answer === 'dead';
      }
      return isDead ? { ...record, taint: 'uplink' } : record;
    },
  };
}

const WAY_OUT: ReadonlySet<StageName> = new Set(['resolve', 'connect']);
const causes = (...names: readonly Cause[]): ReadonlySet<string> => new Set(names);
/** On the way out nobody answered, or what stands on it said that there is none. */
const NO_WAY = causes('connect-timeout', 'name-lookup-timeout', 'name-lookup-failed', 'host-unreachable');
/** Somebody had to be reached for these. */
const ANSWERED = causes('connection-refused', 'connection-reset', 'connection-closed');
/** A connection that was held and fell silent is a blocker, once seen: it is asked of that as well. */
const HELD: ReadonlySet<StageName> = new Set(['hold', 'reuse']);
const SILENT = causes('idle-silent', 'hold-timeout');

function couldBeUplink({ outcome, taint, failure, hold }: AttemptRecord): boolean {
  if (outcome !== 'failed' || taint !== null || failure === null) return false;
  if (WAY_OUT.has(failure.stage)) return NO_WAY.has(failure.cause);
  return hold !== null && HELD.has(failure.stage) && SILENT.has(failure.cause);
}

type Answer = 'alive' | 'dead' | 'unknown';
type Line = { readonly servers: readonly string[]; ask(): Promise<Answer> };

/** An answer that is no older speaks for this failure too. */
const SHARED_MS = 1_000;

/** One control: tried by one at a time, and no oftener than answers age. */
function createLine(
  { record: { servers }, checks }: PlannedTarget,
  clock: Clock,
  attempt: () => Promise<AttemptRecord | null>,
): Line {
  let asked = 0;
  let running: Promise<Answer> | null = null;
  let last: { readonly answer: Answer; readonly atMs: number } | null = null;

  async function tryIt(): Promise<Answer> {
    asked += 1;
    try {
      const answer = answerOf(await attempt());
      last = { answer, atMs: clock.elapsedMs() };
      return answer;
    } finally {
      running = null;
    }
  }

  return {
    servers,
    async ask() {
      if (running !== null) return running;
      if (last !== null && clock.elapsedMs() - last.atMs < SHARED_MS) return last.answer;
      if (asked >= checks) return 'unknown';
      running = tryIt();
      return running;
    },
  };
}

/**
 * Whoever was answered, or came as far as a handshake, had a way out. A try that was ours to lose says nothing; nor does a name that does
 * not exist, which a resolver may answer out of its cache, and which may be wrong for good.
 */
function answerOf(record: AttemptRecord | null): Answer {
  if (record === null || record.taint !== null) return 'unknown';
  if (record.outcome === 'succeeded') return 'alive';
  if (record.outcome !== 'failed' || record.failure === null) return 'unknown';
  const { stage, cause } = record.failure;
  if (!WAY_OUT.has(stage) || ANSWERED.has(cause)) return 'alive';
  return NO_WAY.has(cause) ? 'dead' : 'unknown';
}
