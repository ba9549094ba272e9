import type { HttpAt } from '../../../fixtures/kit/http.ts';
import type { IdentityName } from '../bench.ts';
import { endings, fails, HEALTHY, httpEndings, judged, leavesOpen, passes, type Row, UNANSWERED } from '../row.ts';

export type TokenRow = Row<HttpAt> & {
  /** Where the token comes from; from the issuer, where nothing is said. */
  readonly source?: 'issuer' | 'file' | 'env';
  /** What stands in the file or variable; nothing stands there without it, nor is there a file. */
  readonly handedOver?: 'long-lived' | 'expired' | 'empty' | 'opaque';
  readonly identity?: IdentityName;
  readonly isWrongSecret?: boolean;
  readonly scope?: string;
  readonly lifetimeSeconds?: number;
  readonly clockSkewSeconds?: number;
  readonly isOpaque?: boolean;
  /** Another target of the same account at the same issuer, tried before this one with a wrong secret too. */
  readonly isSecondOfIdentity?: boolean;
};

const FILE = { source: 'file' } as const;
const ENV = { source: 'env' } as const;
const status = (code: number) => ({ at: 'request', do: 'status', status: code }) as const;

export const TOKEN: readonly TokenRow[] = [
  passes(HEALTHY, {}),
  passes('nothing is wrong with the file', { ...FILE, handedOver: 'long-lived' }),
  passes('nothing is wrong with the variable', { ...ENV, handedOver: 'long-lived' }),
  passes('opaque token with expires_in', { isOpaque: true }),
  fails('nothing listens', 'connect', 'connection-refused', { where: 'closed' }),
  fails(UNANSWERED, 'connect', 'connect-timeout', { where: 'unanswered' }),
  fails('no such name', 'resolve', 'name-not-found', { where: 'no-such-name' }),

  ...endings('connect', 'tls', 'tls-timeout', {}),
  ...endings('tls', 'tls', 'tls-timeout', {}),
  ...httpEndings({}),
  fails(status(503), 'request', 'server-error', {}),
  fails(status(429), 'request', 'throttled', {}),
  fails(status(403), 'request', 'not-authorized', {}),
  fails(status(404), 'request', 'status-unexpected', {}),

  leavesOpen('opaque token in the file', 'request', 'token-unreadable', { ...FILE, handedOver: 'opaque' }),

  fails('wrong secret', 'request', 'login-rejected', { isWrongSecret: true }),
  judged('the same account was refused elsewhere', 'inconclusive', 'identity-rejected-elsewhere', {
    isWrongSecret: true,
    isSecondOfIdentity: true,
  }),
  fails('scope that is not granted', 'request', 'not-authorized', { scope: 'lake.write' }),
  fails('untrusted issuer', 'tls', 'issuer-not-trusted', { identity: 'foreign' }),
  fails('expired certificate', 'tls', 'certificate-expired', { identity: 'expired' }),
  fails('certificate for another name', 'tls', 'certificate-name-mismatch', { identity: 'wrong-name' }),

  judged('token shorter than the job', 'fail', 'token-ends-before-job', { lifetimeSeconds: 600 }),
  judged('opaque token shorter than the job', 'fail', 'token-ends-before-job', {
    isOpaque: true,
    lifetimeSeconds: 600,
  }),
  passes('short token that the job renews', { lifetimeSeconds: 600, target: { expect: { renews: true } } }),
  judged('clock of the issuer ahead', 'warn', 'clock-skewed', { clockSkewSeconds: 120, lifetimeSeconds: 7_200 }),
  judged('clock of the issuer behind', 'warn', 'clock-skewed', { clockSkewSeconds: -120, lifetimeSeconds: 7_200 }),
  fails('variable missing', 'request', 'token-missing', ENV),
  fails('variable empty', 'request', 'token-missing', { ...ENV, handedOver: 'empty' }),
  fails('file missing', 'request', 'token-missing', FILE),
  fails('file empty', 'request', 'token-missing', { ...FILE, handedOver: 'empty' }),
  fails('token in the file expired', 'request', 'token-expired', { ...FILE, handedOver: 'expired' }),
  fails('token in the variable expired', 'request', 'token-expired', { ...ENV, handedOver: 'expired' }),
];
