import type { TdsOptions, TdsPlace } from '../../../fixtures/tds/options.ts';
import type { Cause } from '../../../src/model/causes.ts';
import type { IdentityName } from '../bench.ts';
import { endings, fails, HEALTHY, judged, leavesOpen, passes, type Row, resetLater, UNANSWERED } from '../row.ts';

export type SqlServerRow = Row<TdsPlace> & {
  readonly server?: Partial<TdsOptions>;
  readonly identity?: IdentityName;
  /** JDBC properties; encrypt=true without. */
  readonly url?: string;
  readonly password?: string;
  /** Every login is sent on to another server, or to where there is none. */
  readonly redirectsTo?: 'another' | 'closed' | 'unanswered' | 'no-such-name' | 'itself';
  /** In place of the server one that speaks something else first. */
  readonly speaks?: 'http' | 'tls';
};

const STRICT = { url: 'encrypt=strict', server: { encryption: 'strict' } } as const;
const PLAIN = { url: 'encrypt=false' };
const IDLES = {
  target: { expect: { survivesIdle: '3s' } },
  sampling: { deadlines: { reuse: '1s' }, holds: { sockets: 1 } },
};
const IDLE_MS = 1_500;

const refused = (number: number, cause: Cause) => fails({ at: 'login', do: String(number) }, 'authenticate', cause, {});

const PLACES: readonly SqlServerRow[] = [
  ...endings('connect', 'negotiate', 'negotiate-timeout', {}),
  ...endings('prelogin', 'negotiate', 'negotiate-timeout', {}),
  ...endings('tls', 'tls', 'tls-timeout', {}),
  ...endings('login', 'authenticate', 'login-timeout', {}),
  ...endings('login-partial', 'authenticate', 'login-timeout', {}).map(resetLater),
  ...endings('settings', 'request', 'request-timeout', {}),
  ...endings('request', 'request', 'request-timeout', {}),
  judged({ at: 'idle', do: 'hang', delayMs: IDLE_MS }, 'fail', 'idle-dropped', IDLES),
  judged({ at: 'idle', do: 'close', delayMs: IDLE_MS }, 'fail', 'idle-dropped', IDLES),
  judged({ at: 'idle', do: 'reset', delayMs: IDLE_MS }, 'fail', 'idle-dropped', IDLES),
  fails({ at: 'connect', do: 'garbage' }, 'negotiate', 'protocol-violation', {}),
  fails({ at: 'login', do: 'tokens' }, 'authenticate', 'protocol-violation', {}),
  refused(18456, 'login-rejected'),
  refused(18452, 'login-rejected'),
  refused(40532, 'login-rejected'),
  refused(18486, 'account-locked'),
  refused(18487, 'password-expired'),
  refused(18488, 'password-expired'),
  refused(4060, 'database-not-available'),
  refused(40613, 'database-not-available'),
  refused(40615, 'egress-refused'),
  refused(10928, 'throttled'),
  refused(40501, 'throttled'),
  refused(40197, 'server-error'),
];

export const SQLSERVER: readonly SqlServerRow[] = [
  passes(HEALTHY, {}),
  passes('nothing is wrong, strict', STRICT),
  passes('nothing is wrong, the login alone encrypted', PLAIN),
  fails('nothing listens', 'connect', 'connection-refused', { where: 'closed' }),
  leavesOpen('Kerberos', 'authenticate', 'not-testable', {
    url: 'encrypt=true;integratedSecurity=true;authenticationScheme=JavaKerberos',
  }),
  judged('a password in the clear', 'warn', 'not-encrypted', { ...PLAIN, server: { encryption: 'not-supported' } }),
  fails(UNANSWERED, 'connect', 'connect-timeout', { where: 'unanswered' }),
  fails('no such name', 'resolve', 'name-not-found', { where: 'no-such-name' }),

  ...PLACES,

  fails('wrong password', 'authenticate', 'login-rejected', { password: 'zebra-lamp-9' }),
  fails('missing database', 'authenticate', 'database-not-available', { server: { databases: ['master'] } }),
  fails('address refused', 'authenticate', 'egress-refused', { server: { denyAddress: () => true } }),
  judged('outside the allowlist', 'fail', 'egress-not-allowed', {
    server: { clientAddress: () => '198.51.100.7' },
    target: { firewallAllows: ['203.0.113.0/24'] },
  }),

  fails('encryption not offered', 'negotiate', 'encryption-not-offered', { server: { encryption: 'not-supported' } }),
  fails('encryption of the login alone', 'negotiate', 'encryption-not-offered', {
    server: { encryption: 'login-only' },
  }),
  // the driver encrypts all where the server insists, whatever encrypt says
  passes('encryption required, and not asked for', { ...PLAIN, server: { encryption: 'required' } }),
  judged('less encrypted than expected', 'fail', 'not-encrypted', {
    ...PLAIN,
    target: { expect: { encrypted: 'whole' } },
  }),
  fails('untrusted issuer', 'tls', 'issuer-not-trusted', { identity: 'foreign' }),
  fails('untrusted issuer, strict', 'tls', 'issuer-not-trusted', { ...STRICT, identity: 'foreign' }),
  fails('expired certificate', 'tls', 'certificate-expired', { identity: 'expired' }),
  fails('certificate of tomorrow', 'tls', 'certificate-not-yet-valid', { identity: 'not-yet-valid' }),
  fails('certificate for another name', 'tls', 'certificate-name-mismatch', { identity: 'wrong-name' }),
  passes('certificate for the name that the URL gives', {
    identity: 'wrong-name',
    url: 'encrypt=true;hostNameInCertificate=elsewhere.example',
  }),
  passes('any certificate is trusted, also an expired one', {
    identity: 'expired',
    url: 'encrypt=true;trustServerCertificate=true',
  }),
  passes('the login alone is encrypted, with an expired certificate', { ...PLAIN, identity: 'expired' }),
  judged('expired certificate that is trusted, where its days are asked for', 'fail', 'certificate-expired', {
    identity: 'expired',
    url: 'encrypt=true;trustServerCertificate=true',
    target: { expect: { certificateDays: 30 } },
  }),
  passes('any certificate is trusted', { identity: 'foreign', url: 'encrypt=true;trustServerCertificate=true' }),
  judged('certificate ends before it may', 'fail', 'certificate-ends-soon', {
    target: { expect: { certificateDays: 365 } },
  }),
  fails('strict against a server that is not', 'tls', 'connection-closed', { url: 'encrypt=strict' }),
  fails('a server that is strict', 'negotiate', 'connection-closed', { server: STRICT.server }),
  fails('HTTP in place of TDS', 'negotiate', 'protocol-violation', { speaks: 'http' }),
  fails('TLS in place of TDS', 'negotiate', 'connection-closed', { speaks: 'tls' }),

  passes('redirect', { redirectsTo: 'another' }),
  fails('redirect to a closed port', 'connect', 'redirect-unreachable', { redirectsTo: 'closed' }),
  fails('redirect into silence', 'connect', 'redirect-unreachable', {
    redirectsTo: 'unanswered',
    sampling: { deadlines: { connect: '1s' } },
  }),
  fails('redirect to no such name', 'resolve', 'redirect-unreachable', { redirectsTo: 'no-such-name' }),
  fails('redirects in a circle', 'authenticate', 'redirect-unreachable', { redirectsTo: 'itself' }),

  passes('idle connection kept', IDLES),
];
