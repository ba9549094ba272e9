/** Time as the engine sees it; a test brings its own. */
export type Clock = {
  /** Monotonic, in milliseconds. */
  elapsedMs(): number;
  /** The wall clock, ISO 8601 UTC. */
  now(): string;
  /** Calls back once, after at least this long; keeps the process alive until then. Returns its cancellation. */
  after(ms: number, then: () => void): () => void;
};

export const systemClock: Clock = {
  elapsedMs: () => performance.now(),
  now: () => new Date().toISOString(),
  after(ms, then) {
    const timer = setTimeout(then, ms);
    return () => clearTimeout(timer);
  },
};

/** The wall clock of a run that is written as of another time; all else is as it is. */
export function clockFrom(startsAt: string, clock: Clock): Clock {
  const aheadMs = Date.parse(startsAt) - Date.parse(clock.now());
  return { ...clock, now: () => new Date(Date.parse(clock.now()) + aheadMs).toISOString() };
}

/** Ordinary jitter, and the work of others on the event loop, stay well below. */
const LATE_MS = 100;
const READ_MS = 50;

/**
 * Like `after`, but a timer that comes late, because this process stood still, first has what came meanwhile read: timers run before
 * sockets are looked at, and an answer that was there in time is no silence.
 */
export function afterReading(clock: Clock, ms: number, then: () => void): () => void {
  const dueMs = clock.elapsedMs() + ms;
  let cancel = clock.after(ms, () => {
    if (clock.elapsedMs() - dueMs < LATE_MS) then();
    else cancel = clock.after(READ_MS, then);
  });
  return () => cancel();
}

/** The operator ended the run, or its time was over, while something waited. */
export class Interrupted extends Error {
  override readonly name = 'Interrupted';
}

/** Settles when the signal aborts; never resolves. `dispose` lets the signal go. */
export function abortion(signal: AbortSignal): { readonly promise: Promise<never>; dispose(): void } {
  let onAbort = () => {};
  const promise = new Promise<never>((_, failed) => {
    onAbort = () => failed(signal.reason instanceof Error ? signal.reason : new Interrupted('interrupted'));
    if (signal.aborted) onAbort();
    else signal.addEventListener('abort', onAbort, { once: true });
  });
  promise.catch(() => {}); // whoever races it sees the rejection; alone it is no lost one
  return { promise, dispose: () => signal.removeEventListener('abort', onAbort) };
}
