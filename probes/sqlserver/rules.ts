import type { Rule } from '../../src/model/probe.ts';
import { certificateDaysRule } from '../../src/net/certificate-days.ts';
import type { Encrypted } from './encryption.ts';
import type { Observation } from './observation.ts';
import type { Expect } from './probe.ts';

type SqlServerRule = Rule<Expect, Observation>;

const STRENGTH: readonly Encrypted[] = ['none', 'login', 'whole'];
const SAID: Readonly<Record<Encrypted, string>> = {
  none: 'nothing is encrypted: the password travels in the clear',
  login: 'the login alone is encrypted',
  whole: 'the whole session is encrypted',
};

/** The weakest of all sessions counts. What encrypt=true does not obtain never comes so far: it is a failed attempt. */
export const encryption: SqlServerRule = {
  id: 'sqlserver/encrypted',
  needs: ['observations'],
  required({ expect: { encrypted } }) {
    switch (encrypted) {
      case 'none':
        return null;
      case 'whole':
        return 'the whole session is encrypted';
      case 'login':
      case undefined:
        return 'at least the login is encrypted';
      default:
        return encrypted satisfies never;
    }
  },
  judge({ expect, analysis }) {
    const found = analysis.observations.map(({ value }) => STRENGTH.indexOf(value.encrypted));
    const weakest = STRENGTH[Math.min(...found)] ?? 'none';
    const enough = STRENGTH.indexOf(weakest) >= STRENGTH.indexOf(expect.encrypted ?? 'login');
    if (enough) return { verdict: 'pass', observed: SAID[weakest], cause: null };
    return {
      verdict: expect.encrypted === undefined ? 'warn' : 'fail',
      observed: SAID[weakest],
      cause: 'not-encrypted',
    };
  },
};

const days = certificateDaysRule<Expect, Observation>({
  id: 'tls/server-certificate-days',
  ended: 'certificate-expired',
  pick: ({ serverCertificate }) => serverCertificate,
});

/** A certificate that no session had to verify may end without any harm to the driver: its days are judged where they are asked for. */
export const serverCertificateDays: SqlServerRule = {
  ...days,
  required(input) {
    const isVerified = input.analysis.observations.some(({ value }) => value.certificateVerified);
    return isVerified || input.expect.certificateDays !== undefined ? days.required(input) : null;
  },
};
