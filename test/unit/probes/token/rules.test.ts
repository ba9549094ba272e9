import { describe, expect, test } from 'vitest';
import { token } from '../../../../probes/token/probe.ts';
import { seal } from '../../../../src/model/probe.ts';
import { ruleInput, ruleOf } from '../rule-input.ts';

type Given = {
  readonly durationMs?: number | null;
  readonly renews?: boolean;
  readonly measures?: readonly Readonly<Record<string, number>>[];
};

const observation = { form: 'jwt', iss: 'https://issuer.lab', aud: [], azp: null, scopes: 1 };

/** A rule over attempts with these measures, of a workload that takes 45 minutes. */
function asked(id: string, { durationMs = 2_700_000, renews = false, measures = [{}] }: Given = {}) {
  const sealed = seal(token).rules({ renews });
  if (!('rules' in sealed)) throw new Error('the expectations of token do not parse');
  const rule = ruleOf(sealed.rules, id);
  const attempts = measures.map((each) => ({ measures: { ...each }, observation }));
  const input = ruleInput({ attempts, demand: { durationMs } });
  return { required: rule.required(input), judge: () => rule.judge(input) };
}

describe('token/outlives-job', () => {
  const outlivesJob = (given?: Given) => asked('token/outlives-job', given);

  test('asks for the longest job and a margin, where a duration is known and the workload does not renew', () => {
    expect(outlivesJob().required).toBe('a token that lives 45 min, the longest job, and 30 s more');
    expect(outlivesJob({ durationMs: null }).required).toBeNull();
    expect(outlivesJob({ renews: true }).required).toBeNull();
  });

  test.each([
    ['just long enough', 2730, 0, 'pass'],
    ['a moment too short', 2729.9, 0, 'fail'],
    ['the lab’s short one', 299, 0, 'fail'],
    ['long enough but for a server ahead of us', 2740, 20, 'fail'],
    ['long enough also for a server behind us', 2740, -20, 'pass'],
  ])('%s: %d s left, issuer %d s ahead, is a %s', (_, expiresInSeconds, clockSkewSeconds, verdict) => {
    const measures = [
      { expiresInSeconds: expiresInSeconds + 60, clockSkewSeconds: 0 },
      { expiresInSeconds, clockSkewSeconds },
    ];
    const cause = verdict === 'pass' ? null : 'token-ends-before-job';
    expect(outlivesJob({ measures }).judge()).toMatchObject({ verdict, cause });
  });

  test('says what it saw', () => {
    const measures = [
      { expiresInSeconds: 300, clockSkewSeconds: 5 },
      { expiresInSeconds: 299.2, clockSkewSeconds: 0 },
    ];
    expect(outlivesJob({ measures }).judge().observed).toBe(
      '299 s left of the shortest of 2, and the clock of the issuer 5 s ahead',
    );
    expect(outlivesJob({ measures: [{ expiresInSeconds: 7199.9 }] }).judge().observed).toBe(
      '119 min left of the shortest of 1',
    );
  });

  test('cannot say anything without a measure', () => {
    expect(outlivesJob().judge()).toMatchObject({ verdict: 'inconclusive', cause: 'token-unreadable' });
  });
});

describe('token/clock-skew', () => {
  const clockSkew = (...skews: readonly number[]) =>
    asked('token/clock-skew', { measures: skews.map((clockSkewSeconds) => ({ clockSkewSeconds })) });

  test('applies where the issuer told its time', () => {
    expect(asked('token/clock-skew').required).toBeNull();
    expect(clockSkew(0).required).toBe('clocks of issuer and host within 30 s of each other');
  });

  test.each([
    [0, 0, 'pass', 'clocks agree'],
    [-30, 0, 'pass', 'the issuer 30 s behind'],
    [-31, 0, 'warn', 'the issuer 31 s behind'],
    [0, 600, 'warn', 'the issuer 10 min ahead'],
    [-40, 2, 'warn', 'the issuer 40 s behind'],
  ])('from %i to %i s is a %s: %s', (lowest, highest, verdict, observed) => {
    const cause = verdict === 'pass' ? null : 'clock-skewed';
    expect(clockSkew(lowest, highest).judge()).toEqual({ verdict, observed, cause });
  });
});
