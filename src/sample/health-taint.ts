import type { Cause } from '../model/causes.ts';
import type { AttemptRecord, Failure } from '../model/records.ts';
import type { Clock } from './clock.ts';
import type { Health, Mark } from './health.ts';

// Whether an attempt was ours to lose: it then counts neither for nor against the target. A failure is left out only where what was seen
// of us can have brought it about, since what leaves the rate is what could have been against a pass. See docs/decisions/070.

/** A span of an attempt, and what was lost within it. */
export type Lost = {
  readonly elapsedMs: number;
  readonly stalledMs: number;
  readonly aheadMs: number;
  readonly steps: number;
  readonly queuedMs: number;
};

export type Endured = {
  readonly whole: Lost;
  /** The stage that began last: where the attempt failed, if it did. */
  readonly stage: Lost;
};

/** What one attempt endures, from now on. */
export function endure(clock: Clock, health: Health) {
  const look = () => ({ atMs: clock.elapsedMs(), mark: health.mark() });
  const begun = look();
  let stage = begun;
  return {
    beginStage(): void {
      stage = look();
    },
    endured(): Endured {
      const now = look();
      return { whole: lostBetween(begun, now), stage: lostBetween(stage, now) };
    },
  };
}

type Look = { readonly atMs: number; readonly mark: Mark };

const lostBetween = (from: Look, to: Look): Lost => ({
  elapsedMs: to.atMs - from.atMs,
  stalledMs: to.mark.stalledMs - from.mark.stalledMs,
  aheadMs: to.mark.aheadMs - from.mark.aheadMs,
  steps: to.mark.steps - from.mark.steps,
  queuedMs: to.mark.queuedMs - from.mark.queuedMs,
});

const LEAST_SHARE = 0.5;

/** Silence that may have been broken while we did not listen, and peers that gave us up meanwhile. A definite answer is none of them. */
const BY_STANDSTILL: ReadonlySet<string> = new Set<Cause>([
  'name-lookup-timeout',
  'connect-timeout',
  'tls-timeout',
  'negotiate-timeout',
  'login-timeout',
  'authorize-timeout',
  'request-timeout',
  'hold-timeout',
  'renew-timeout',
  'idle-silent',
  'connection-reset',
  'connection-closed',
  'group-unstable',
]);

/** What is judged by the wall clock. */
const BY_WALL_CLOCK: ReadonlySet<string> = new Set<Cause>([
  'certificate-expired',
  'certificate-not-yet-valid',
  'client-certificate-expired',
  'token-expired',
  'clock-skewed',
]);

type Ending = Pick<AttemptRecord, 'outcome' | 'failure'>;

export function taintOf({ outcome, failure }: Ending, { whole, stage }: Endured): 'starved' | 'clock' | null {
  if (outcome === 'succeeded') return whole.steps > 0 ? 'clock' : dominant(whole);
  if (outcome !== 'failed' || failure === null) return null;
  if (isExhausted(failure)) return 'starved';
  if (BY_WALL_CLOCK.has(failure.cause)) return whole.steps > 0 ? 'clock' : null;
  // a lookup that had no thread was never made
  if (failure.cause === 'name-lookup-timeout' && stage.queuedMs >= LEAST_SHARE * stage.elapsedMs) return 'starved';
  return BY_STANDSTILL.has(failure.cause) ? (dominant(stage) ?? dominant(whole)) : null;
}

/** Our own kernel had no port or no file descriptor left. A host without IPv6 says the same of any IPv6 address: that is no lack of ports. */
export const isExhausted = ({ cause, code, server }: Failure): boolean =>
  cause === 'local-starvation' && !(code === 'EADDRNOTAVAIL' && server?.startsWith('[') === true);

/** At least half of the span was lost: what is left is too little to have heard the target in. */
function dominant({ elapsedMs, stalledMs, aheadMs }: Lost): 'starved' | 'clock' | null {
  const lostMs = stalledMs + aheadMs;
  if (lostMs === 0 || lostMs < LEAST_SHARE * (elapsedMs + aheadMs)) return null;
  return aheadMs > stalledMs ? 'clock' : 'starved';
}
