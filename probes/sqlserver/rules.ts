import type { Rule } from '../../src/model/probe.ts';
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
      cause: 'encryption-not-offered',
      action: 'Enable encryption on the server; set encrypt=true in the URL.',
    };
  },
};

const DAY_MS = 86_400_000;

/** Of all certificates that were shown, the one that ends first. */
export const certificateDays: SqlServerRule = {
  id: 'sqlserver/certificate-days',
  needs: ['observations'],
  required: ({ expect }) =>
    expect.certificateDays === undefined
      ? null
      : `the server certificate is valid for ${expect.certificateDays} more days`,
  judge({ expect, analysis, judgedAt }) {
    const ends = analysis.observations.flatMap(({ value }) => value.tls?.certificateEnds ?? []).sort();
    const [first] = ends;
    if (first === undefined)
      return { verdict: 'inconclusive', observed: 'no certificate was shown', cause: 'nothing-observed' };
    const daysLeft = Math.floor((Date.parse(first) - Date.parse(judgedAt)) / DAY_MS);
    const observed = `it ends ${first.slice(0, 10)}, in ${daysLeft} days`;
    return daysLeft >= (expect.certificateDays ?? 0)
      ? { verdict: 'pass', observed, cause: null }
      : { verdict: 'fail', observed, cause: 'certificate-ends-soon' };
  },
};
