import type { Io } from './io.ts';

/** Stays until SIGINT or SIGTERM, which is how a server of ours is meant to end. */
export function untilInterrupted(io: Io): Promise<void> {
  return new Promise((done) => {
    const alive = setInterval(() => {}, 60_000);
    const end = () => {
      clearInterval(alive);
      done();
    };
    if (io.signal.aborted) end();
    else io.signal.addEventListener('abort', end, { once: true });
  });
}
