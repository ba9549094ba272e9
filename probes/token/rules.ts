import type { Spread, TargetAnalysis } from '../../src/model/analysis.ts';
import type { Rule } from '../../src/model/probe.ts';
import type { TokenExpect, TokenObservation } from './probe.ts';

type TokenRule = Rule<TokenExpect, TokenObservation>;

/** Backends refuse a token before its end: Databricks says "Token is expiring within 30 seconds". */
const MARGIN_SECONDS = 30;
/** sasl.oauthbearer.clock.skew.seconds of a Kafka broker, by default; others allow less. */
const TOLERATED_SKEW_SECONDS = 30;

const measured = (analysis: TargetAnalysis<TokenObservation>, name: string): Spread | null =>
  analysis.measures.find((measure) => measure.name === name) ?? null;

/** The shortest life of all tokens seen, against the longest job of the workloads that use them. */
export const outlivesJob: TokenRule = {
  id: 'token/outlives-job',
  needs: ['successes'],
  required: ({ demand, expect }) => {
    if (demand.durationMs === null || expect.renews) return null;
    return `a token that lives ${spanText(demand.durationMs / 1000)}, the longest job, and ${MARGIN_SECONDS} s more`;
  },
  judge: ({ demand, analysis }) => {
    const life = measured(analysis, 'expiresInSeconds');
    if (life === null) return { verdict: 'inconclusive', observed: 'no end of a token', cause: 'token-unreadable' };
    // A server whose clock is ahead of ours ends the token sooner than our clock says; one that is behind gives nothing away.
    const aheadSeconds = Math.max(0, measured(analysis, 'clockSkewSeconds')?.max ?? 0);
    const usableSeconds = life.min - MARGIN_SECONDS - aheadSeconds;
    const enough = usableSeconds * 1000 >= (demand.durationMs ?? 0);
    const ahead = aheadSeconds >= 1 ? `, and the clock of the issuer ${spanText(aheadSeconds)} ahead` : '';
    return {
      verdict: enough ? 'pass' : 'fail',
      observed: `${spanText(life.min)} left of the shortest of ${life.count}${ahead}`,
      cause: enough ? null : 'token-ends-before-job',
    };
  },
};

/** Only an issuer that was asked over HTTP tells its time. */
export const clockSkew: TokenRule = {
  id: 'token/clock-skew',
  needs: ['successes'],
  required: ({ analysis }) =>
    measured(analysis, 'clockSkewSeconds') === null
      ? null
      : `clocks of issuer and host within ${TOLERATED_SKEW_SECONDS} s of each other`,
  judge: ({ analysis }) => {
    const { min, max } = measured(analysis, 'clockSkewSeconds') ?? { min: 0, max: 0 };
    const behind = -min > max;
    const farthest = behind ? -min : max;
    const apart = farthest > TOLERATED_SKEW_SECONDS;
    return {
      verdict: apart ? 'warn' : 'pass',
      observed: farthest < 1 ? 'clocks agree' : `the issuer ${spanText(farthest)} ${behind ? 'behind' : 'ahead'}`,
      cause: apart ? 'clock-skewed' : null,
    };
  },
};

/** Whole units, rounded down: a life is never said to be longer than it is. */
function spanText(seconds: number): string {
  const whole = Math.max(0, Math.floor(seconds));
  if (whole < 600) return `${whole} s`;
  if (whole < 7200) return `${Math.floor(whole / 60)} min`;
  return `${Math.floor(whole / 360) / 10} h`;
}
