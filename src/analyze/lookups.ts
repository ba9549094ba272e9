import type { AttemptRecord } from '../model/records.ts';

/** Within this a resolver may answer from memory: CoreDNS as Kubernetes sets it up, and the JVM, keep an answer for 30 s. */
const CACHE_MS = 30_000;

/** Tells a failed lookup from the same one met again. A lookup that worked in between ends it. */
export function createLookups(): { isRepeated(record: AttemptRecord): boolean } {
  let failedAtMs = Number.NEGATIVE_INFINITY;
  let failedServer: string | null = null;
  return {
    isRepeated({ at, failure, stages }) {
      if (failure?.stage !== 'resolve') {
        if (stages.some(({ stage, ok }) => stage === 'resolve' && ok)) failedAtMs = Number.NEGATIVE_INFINITY;
        return false;
      }
      const atMs = Date.parse(at);
      if (failure.server === failedServer && Math.abs(atMs - failedAtMs) < CACHE_MS) return true;
      [failedAtMs, failedServer] = [atMs, failure.server];
      return false;
    },
  };
}
