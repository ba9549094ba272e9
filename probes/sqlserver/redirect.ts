import type { AttemptHandle } from '../../src/model/probe.ts';

/** A server on the way: the one of the URL, or one that another has named. */
export type Hop = { readonly host: string; readonly port: number; readonly routed: boolean };

/** A server that a gateway sent us to was not reached. */
export class RedirectUnreachable extends Error {
  override readonly name = 'RedirectUnreachable';
}

const MARGIN_MS = 100;

/**
 * Stages on the way to a server that the gateway named. Their failures say so, silence too: the redirect ports are often closed where
 * the gateway's own is open.
 */
export const inRedirect = (at: AttemptHandle): AttemptHandle => ({
  ...at,
  stage: (name, work, server) =>
    at.stage(name, (signal) => explained(work(signal), Math.max(at.deadlineMs(name) - MARGIN_MS, 1), signal), server),
});

function explained<T>(work: Promise<T>, patienceMs: number, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const silent = (): void => reject(new RedirectUnreachable(`no answer within ${patienceMs} ms`));
    const timer = setTimeout(silent, patienceMs);
    signal.addEventListener('abort', () => clearTimeout(timer), { once: true });
    work.then(
      (value) => {
        clearTimeout(timer);
        resolve(value);
      },
      (error: unknown) => {
        clearTimeout(timer);
        reject(signal.aborted ? error : new RedirectUnreachable('the redirect was not reached', { cause: error }));
      },
    );
  });
}
