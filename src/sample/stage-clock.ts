import type { Span } from '../model/records.ts';
import type { StageName } from '../model/stages.ts';
import { abortion, afterReading, type Clock, Interrupted } from './clock.ts';

/** A stage took longer than it may. */
export class StageDeadline extends Error {
  override readonly name = 'StageDeadline';
  readonly deadlineMs: number;
  constructor(stage: StageName, deadlineMs: number) {
    super(`no answer within ${deadlineMs} ms (stage ${stage})`);
    this.deadlineMs = deadlineMs;
  }
}

/** The client neither started a stage nor ended: a lost promise of ours, which would otherwise hang the run. */
export class LostAttempt extends Error {
  override readonly name = 'LostAttempt';
}

/** A probe used its handle as it may not: a defect of ours, wherever it surfaces. */
export class HandleMisused extends Error {
  override readonly name = 'HandleMisused';
}

const OUTSIDE_STAGES_MS = 5_000;

export type StageFailure = { readonly stage: StageName; readonly server: string | null; readonly error: unknown };

/** Times the stages of one attempt, one at a time, each against its deadline; keeps what failed and where. */
export class StageClock {
  readonly spans: Span[] = [];
  /** The failure of the latest stage that failed; the attempt's own if the attempt ends with this very error. */
  failure: StageFailure | null = null;
  /** Rejects when the attempt is lost outside its stages. */
  readonly lost: Promise<never>;
  readonly #clock: Clock;
  readonly #deadlineMs: (stage: StageName) => number;
  readonly #signal: AbortSignal;
  #current: StageName | null = null;
  #over = false;
  #cancelWatch: () => void = () => {};
  #lose: (error: Error) => void = () => {};

  constructor(clock: Clock, deadlineMs: (stage: StageName) => number, signal: AbortSignal) {
    this.#clock = clock;
    this.#deadlineMs = deadlineMs;
    this.#signal = signal;
    this.lost = new Promise<never>((_, lose) => {
      this.#lose = lose;
    });
    this.lost.catch(() => {});
    this.#watch();
  }

  async stage<T>(name: StageName, work: (signal: AbortSignal) => Promise<T>, server: string | null): Promise<T> {
    // a client that was given up may still come to its next stage: nothing is to be tried outside the limits
    if (this.#over) throw new HandleMisused(`stage ${name} was to begin, and the attempt is over`);
    if (this.#current !== null) throw new HandleMisused(`stage ${name} began within stage ${this.#current}`);
    this.#current = name;
    const startedMs = this.#clock.elapsedMs();
    const elapsedMs = () => Math.round((this.#clock.elapsedMs() - startedMs) * 1_000) / 1_000;
    try {
      const value = await this.#race(name, work);
      this.spans.push({ stage: name, server, elapsedMs: elapsedMs(), ok: true });
      return value;
    } catch (error) {
      this.spans.push({ stage: name, server, elapsedMs: elapsedMs(), ok: false });
      this.failure = { stage: name, server, error };
      throw error;
    } finally {
      this.#current = null;
      this.#watch();
    }
  }

  /** A wait of the engine's own between stages (pacing), which is no loss. */
  async waiting<T>(wait: () => Promise<T>): Promise<T> {
    if (this.#current !== null) throw new HandleMisused(`a wait for the pace began within stage ${this.#current}`);
    this.#cancelWatch();
    try {
      return await wait();
    } finally {
      this.#watch();
    }
  }

  stop(): void {
    this.#over = true;
    this.#cancelWatch();
  }

  async #race<T>(name: StageName, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
    this.#cancelWatch();
    if (this.#signal.aborted) throw new Interrupted('interrupted');
    const controller = new AbortController();
    const deadlineMs = this.#deadlineMs(name);
    const cancel = afterReading(this.#clock, deadlineMs, () => controller.abort(new StageDeadline(name, deadlineMs)));
    const interrupt = () => controller.abort(new Interrupted('interrupted'));
    this.#signal.addEventListener('abort', interrupt, { once: true });
    const aborted = abortion(controller.signal);
    try {
      return await Promise.race([work(controller.signal), aborted.promise]);
    } finally {
      cancel();
      aborted.dispose();
      this.#signal.removeEventListener('abort', interrupt);
    }
  }

  #watch(): void {
    this.#cancelWatch();
    if (this.#over) return;
    this.#cancelWatch = afterReading(this.#clock, OUTSIDE_STAGES_MS, () =>
      this.#lose(new LostAttempt(`the client neither began a stage nor ended within ${OUTSIDE_STAGES_MS} ms`)),
    );
  }
}
