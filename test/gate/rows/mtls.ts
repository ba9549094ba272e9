import type { Rejection, TlsVersion } from '../../../fixtures/api/client-certificate.ts';
import type { HttpAt } from '../../../fixtures/kit/http.ts';
import type { ClientIdentityName, IdentityName } from '../bench.ts';
import { endings, fails, HEALTHY, httpEndings, judged, passes, type Row, UNANSWERED } from '../row.ts';

export type MtlsRow = Row<HttpAt> & {
  readonly client?: ClientIdentityName | 'none';
  readonly identity?: IdentityName;
  readonly tlsVersion?: TlsVersion;
  readonly rejects?: Rejection;
  /** A server that asks for a certificate and takes whoever has none. */
  readonly isLenient?: boolean;
  /** The alert of a JVM to a client without certificate. */
  readonly isJsse?: boolean;
  /** In place of the API a server without TLS, or one without HTTP. */
  readonly speaks?: 'plain HTTP' | 'FTP over TLS';
  readonly closesIdle?: boolean;
  readonly forgets?: 'silent' | 'reset';
};

const V12 = { tlsVersion: 'TLSv1.2' } as const;
const V13 = { tlsVersion: 'TLSv1.3' } as const;
const NONE = { client: 'none' } as const;
const FOREIGN = { client: 'foreign' } as const;
const EXPIRED = { client: 'expired' } as const;
const IDLES = {
  target: { expect: { survivesIdle: '3s' } },
  sampling: { deadlines: { reuse: '1s' }, holds: { sockets: 1 } },
};
const status = (code: number) => ({ at: 'request', do: 'status', status: code }) as const;
const PASSWORD = { target: { headers: { Authorization: `Bearer \${env:GATE_SECRET}` } } };

export const MTLS: readonly MtlsRow[] = [
  passes(HEALTHY, V13),
  passes('nothing is wrong under TLS 1.2', V12),
  passes('no client certificate, and none is needed', { ...NONE, isLenient: true }),
  fails('nothing listens', 'connect', 'connection-refused', { where: 'closed' }),
  fails(UNANSWERED, 'connect', 'connect-timeout', { where: 'unanswered' }),
  fails('no such name', 'resolve', 'name-not-found', { where: 'no-such-name' }),

  ...endings('connect', 'tls', 'tls-timeout', {}),
  ...endings('tls', 'tls', 'tls-timeout', {}),
  ...httpEndings({}),
  fails(status(503), 'request', 'server-error', {}),
  fails(status(429), 'request', 'throttled', {}),
  judged(status(404), 'fail', 'status-unexpected', {}),
  judged(status(401), 'fail', 'status-unexpected', {}),
  fails('a password is refused', 'request', 'login-rejected', { plants: status(401), ...PASSWORD }),

  // under TLS 1.3 a server judges the certificate after the handshake (RFC 8446 4.4.2)
  fails('no client certificate, alert (TLS 1.2)', 'tls', 'client-certificate-missing', { ...NONE, ...V12 }),
  fails('no client certificate, alert (TLS 1.3)', 'request', 'client-certificate-missing', { ...NONE, ...V13 }),
  fails('no client certificate, alert of a JVM (TLS 1.2)', 'tls', 'client-certificate-missing', {
    ...NONE,
    ...V12,
    isJsse: true,
  }),
  fails('no client certificate, alert of a JVM (TLS 1.3)', 'request', 'client-certificate-missing', {
    ...NONE,
    ...V13,
    isJsse: true,
  }),
  fails('no client certificate, 400 (TLS 1.2)', 'request', 'client-certificate-missing', {
    ...NONE,
    ...V12,
    rejects: '400',
  }),
  fails('no client certificate, 400 (TLS 1.3)', 'request', 'client-certificate-missing', {
    ...NONE,
    ...V13,
    rejects: '400',
  }),
  fails('no client certificate, close (TLS 1.2)', 'tls', 'client-certificate-missing', {
    ...NONE,
    ...V12,
    rejects: 'close',
  }),
  fails('no client certificate, close (TLS 1.3)', 'request', 'client-certificate-missing', {
    ...NONE,
    ...V13,
    rejects: 'close',
  }),
  fails('foreign client certificate, alert (TLS 1.2)', 'tls', 'client-certificate-rejected', { ...FOREIGN, ...V12 }),
  fails('foreign client certificate, alert (TLS 1.3)', 'request', 'client-certificate-rejected', {
    ...FOREIGN,
    ...V13,
  }),
  fails('foreign client certificate, 400', 'request', 'client-certificate-rejected', { ...FOREIGN, rejects: '400' }),
  fails('foreign client certificate, close (TLS 1.2)', 'tls', 'client-certificate-rejected', {
    ...FOREIGN,
    ...V12,
    rejects: 'close',
  }),
  fails('foreign client certificate, close (TLS 1.3)', 'request', 'client-certificate-rejected', {
    ...FOREIGN,
    ...V13,
    rejects: 'close',
  }),
  fails('expired client certificate, alert (TLS 1.2)', 'tls', 'client-certificate-expired', { ...EXPIRED, ...V12 }),
  fails('expired client certificate, alert (TLS 1.3)', 'request', 'client-certificate-expired', {
    ...EXPIRED,
    ...V13,
  }),
  fails('expired client certificate, 400', 'request', 'client-certificate-expired', { ...EXPIRED, rejects: '400' }),

  fails('untrusted issuer', 'tls', 'issuer-not-trusted', { identity: 'foreign' }),
  fails('expired certificate', 'tls', 'certificate-expired', { identity: 'expired' }),
  fails('certificate of tomorrow', 'tls', 'certificate-not-yet-valid', { identity: 'not-yet-valid' }),
  fails('certificate for another name', 'tls', 'certificate-name-mismatch', { identity: 'wrong-name' }),
  fails('not HTTP', 'request', 'protocol-violation', { speaks: 'FTP over TLS' }),
  fails('not TLS', 'tls', 'not-tls', { speaks: 'plain HTTP' }),
  judged('certificate ends before it may', 'fail', 'certificate-ends-soon', {
    target: { expect: { certificateDays: 365 } },
  }),

  passes('idle flow kept', IDLES),
  judged('idle connection closed', 'fail', 'idle-dropped', { ...IDLES, closesIdle: true }),
  judged('idle flow forgotten in silence', 'fail', 'idle-dropped', { ...IDLES, forgets: 'silent' }),
  judged('idle flow reset', 'fail', 'idle-dropped', { ...IDLES, forgets: 'reset' }),
];
