import type { HttpAt } from '../../../fixtures/kit/http.ts';
import type { IdentityName } from '../bench.ts';
import { endings, fails, HEALTHY, httpEndings, judged, leavesOpen, passes, type Row, UNANSWERED } from '../row.ts';

export type EgressRow = Row<HttpAt> & {
  readonly of?: 'tcp echo';
  readonly scheme?: 'http' | 'https' | 'tcp';
  readonly identity?: IdentityName;
  /** In place of the echo a server that speaks first, and stays. */
  readonly speaks?: 'banner';
  /** What the echo answers in place of the address. */
  readonly lie?: string;
};

const TCP = { of: 'tcp echo', scheme: 'tcp' } as const;
const HTTPS = { scheme: 'https' } as const;
/** An echo over TCP speaks first, so that nothing tells when the client has seen its connect succeed. */
const resetAtConnect = (row: EgressRow): EgressRow =>
  row.cause === 'connection-reset' ? { ...row, orStage: 'connect' } : row;
const HERE = { target: { firewallAllows: ['127.0.0.0/8'] } };

/** The first attempts fail, and those after them do not. */
const failing = (times: number, attempts: number) =>
  ({ plants: { at: 'connect', do: 'close', times }, sampling: { attempts } }) as const;

export const EGRESS: readonly EgressRow[] = [
  passes(HEALTHY, HERE),
  passes('nothing is wrong, with TLS', { ...HTTPS, ...HERE }),
  passes('nothing is wrong (tcp echo)', { scheme: 'tcp', ...HERE }),
  passes('no firewall is declared', {}),
  fails(UNANSWERED, 'connect', 'connect-timeout', { where: 'unanswered' }),
  fails('nothing listens', 'connect', 'connection-refused', { where: 'closed' }),
  fails('no such name', 'resolve', 'name-not-found', { where: 'no-such-name' }),

  ...endings('connect', 'request', 'request-timeout', {}),
  ...endings('tls', 'tls', 'tls-timeout', HTTPS),
  ...httpEndings({}),
  fails({ at: 'request', do: 'status', status: 503 }, 'request', 'server-error', {}),
  fails({ at: 'request', do: 'status', status: 404 }, 'request', 'status-unexpected', {}),
  fails({ at: 'request', do: 'status', status: 429 }, 'request', 'throttled', {}),
  ...endings('connect', 'request', 'request-timeout', TCP).map(resetAtConnect),

  fails('untrusted issuer', 'tls', 'issuer-not-trusted', { ...HTTPS, identity: 'foreign' }),
  fails('expired certificate', 'tls', 'certificate-expired', { ...HTTPS, identity: 'expired' }),
  fails('certificate for another name', 'tls', 'certificate-name-mismatch', { ...HTTPS, identity: 'wrong-name' }),
  leavesOpen('answers with no address', 'request', 'echo-unreadable', { lie: 'your address' }),
  leavesOpen('answers with no address (tcp echo)', 'request', 'echo-unreadable', { scheme: 'tcp', lie: 'hello' }),
  leavesOpen('answers with a list', 'request', 'echo-unreadable', { lie: '198.51.100.7, 203.0.113.9' }),
  fails('not HTTP', 'request', 'protocol-violation', { speaks: 'banner' }),
  judged('address outside the allowlist', 'fail', 'egress-not-allowed', {
    target: { firewallAllows: ['203.0.113.0/24'] },
  }),
  judged('an address that is none of ours', 'fail', 'egress-not-allowed', { ...HERE, lie: '198.51.100.7' }),
  judged('the limits allow too few attempts', 'inconclusive', 'limits-too-low', { sampling: { attempts: 3 } }),
  leavesOpen('one attempt of five fails', 'request', 'connection-closed', {
    ...failing(1, 5),
    finding: 'too-few-attempts',
  }),
  leavesOpen('two attempts fail one after another', 'request', 'connection-closed', {
    ...failing(2, 16),
    finding: 'failures-adjacent',
  }),
  fails('four attempts of ten fail', 'request', 'connection-closed', {
    ...failing(4, 10),
    finding: 'fails-too-often',
  }),
  {
    fault: 'the first attempt fails, and the workload retries it',
    ...failing(1, 6),
    workload: { retriesFirstConnection: true },
    stage: 'request',
    cause: 'connection-closed',
    verdict: 'warn',
    finding: 'first-attempt-only',
  },
  judged('slower than required', 'fail', 'latency-too-high', {
    plants: { at: 'request', do: 'delay', delayMs: 50 },
    sampling: { attempts: 20 },
    target: { expect: { p95: { request: '10ms' } } },
  }),
];
