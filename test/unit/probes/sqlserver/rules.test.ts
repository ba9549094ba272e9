import { describe, expect, test } from 'vitest';
import { sqlserver } from '../../../../probes/sqlserver/probe.ts';
import { seal } from '../../../../src/model/probe.ts';
import { type Given, ruleInput, ruleOf } from '../rule-input.ts';

function judged(id: string, given: Given) {
  const sealed = seal(sqlserver).rules(given.expect ?? {});
  if (!('rules' in sealed)) throw new Error('no rules');
  const rule = ruleOf(sealed.rules, id);
  const input = ruleInput(given);
  return { required: rule.required(input), outcome: rule.judge(input) };
}

const observed = (
  encrypted: 'whole' | 'login' | 'none',
  notAfter = '2099-01-01T00:00:00Z',
  certificateVerified = encrypted === 'whole',
) => ({
  observation: {
    version: '16.0.4135.4',
    edition: null,
    engineEdition: 3,
    encrypted,
    tlsProtocol: 'TLSv1.2',
    serverCertificate: { subject: 'CN=sql.lab', issuer: 'CN=Lab', notAfter, fingerprint256: 'AA' },
    certificateVerified,
    redirected: false,
  },
});

describe('sqlserver/encrypted', () => {
  const id = 'sqlserver/encrypted';

  test.each([
    [{}, ['whole'], 'pass'],
    [{}, ['whole', 'login'], 'pass'],
    [{}, ['whole', 'none'], 'warn'],
    [{ encrypted: 'login' }, ['login'], 'pass'],
    [{ encrypted: 'login' }, ['none'], 'fail'],
    [{ encrypted: 'whole' }, ['whole'], 'pass'],
    [{ encrypted: 'whole' }, ['whole', 'login'], 'fail'],
  ] as const)('with %j, sessions that were encrypted %j are a %s', (expected, found, verdict) => {
    const { outcome } = judged(id, { expect: expected, attempts: found.map((each) => observed(each)) });

    expect(outcome.verdict).toBe(verdict);
  });

  test('does not apply where nothing need be encrypted', () => {
    expect(judged(id, { expect: { encrypted: 'none' }, attempts: [observed('none')] }).required).toBeNull();
  });
});

describe('tls/server-certificate-days', () => {
  test('fails where the certificate ends before the days that are asked for', () => {
    const given = { expect: { certificateDays: 365_000 }, attempts: [observed('whole')] };

    expect(judged('tls/server-certificate-days', given).outcome).toMatchObject({
      verdict: 'fail',
      cause: 'certificate-ends-soon',
    });
  });

  test('of a certificate that ended and was trusted all the same are judged only where they are asked for', () => {
    const id = 'tls/server-certificate-days';
    const attempts = [observed('whole', '2020-01-01T00:00:00Z', false)];

    expect(judged(id, { attempts }).required).toBeNull();
    expect(judged(id, { expect: { certificateDays: 30 }, attempts })).toMatchObject({
      required: expect.stringContaining('30 days'),
      outcome: { verdict: 'fail', cause: 'certificate-expired' },
    });
  });
});
