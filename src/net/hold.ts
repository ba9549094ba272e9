import type { Socket } from 'node:net';
import { useEveryMs } from '../model/holds.ts';
import type { AttemptHandle } from '../model/probe.ts';
import type { HoldRequest } from '../model/records.ts';
import { stay } from './stay.ts';

/** A connection in use was asked, and neither answered in time nor ended. */
export class NoAnswer extends Error {
  override readonly name = 'NoAnswer';
  readonly code = 'ENOANSWER';
  constructor(withinMs: number) {
    super(`used while it was held, and no answer within ${withinMs} ms`);
  }
}

export type Held = {
  readonly socket: Socket;
  readonly server: string;
  use(signal: AbortSignal): Promise<unknown>;
  /** How often it is used where it is not idle; every few seconds by default. */
  readonly everyMs?: number;
  /** How long an answer may take in the meantime; the deadline of `reuse` by default. */
  readonly answersWithinMs?: number;
};

/** Stage `hold`: the connection is left alone, or used now and then. Then it is used, in stage `reuse`. */
export async function holdOpen(at: AttemptHandle, held: Held, { kind, plannedMs }: HoldRequest): Promise<void> {
  const everyMs = kind === 'idle' ? plannedMs : (held.everyMs ?? useEveryMs(plannedMs));
  await at.stage('hold', (signal) => during(at, { ...held, plannedMs, everyMs, signal }), held.server);
  await at.stage('reuse', (signal) => held.use(signal), held.server);
}

type Course = Held & { readonly plannedMs: number; readonly everyMs: number; readonly signal: AbortSignal };

async function during(at: AttemptHandle, course: Course): Promise<void> {
  const { socket, plannedMs, everyMs, signal } = course;
  const startedMs = performance.now();
  if (everyMs < plannedMs) at.measure('lastAnswerMs', 0);
  for (let leftMs = plannedMs; leftMs > 0; leftMs = plannedMs - (performance.now() - startedMs)) {
    await stay(socket, Math.min(everyMs, leftMs), signal);
    if (everyMs >= leftMs) continue;
    await answered(course, course.answersWithinMs ?? at.deadlineMs('reuse'));
    // where silence follows, the time of death lies between this and the next use
    at.measure('lastAnswerMs', performance.now() - startedMs);
  }
}

/** A drop in silence would otherwise be met only by the deadline of the whole hold. */
async function answered({ use, signal }: Course, withinMs: number): Promise<void> {
  let settle = () => {};
  const late = new Promise<never>((_, failed) => {
    const timer = setTimeout(() => failed(new NoAnswer(withinMs)), withinMs);
    const onAbort = () => failed(signal.reason);
    signal.addEventListener('abort', onAbort, { once: true });
    settle = () => {
      clearTimeout(timer);
      signal.removeEventListener('abort', onAbort);
    };
  });
  try {
    await Promise.race([use(signal), late]);
  } finally {
    settle();
  }
}
