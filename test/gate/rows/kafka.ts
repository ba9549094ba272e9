import type { TlsVersion } from '../../../fixtures/api/client-certificate.ts';
import type { ApiName } from '../../../fixtures/kafka/apis.ts';
import type { FaultPoint } from '../../../fixtures/kafka/broker.ts';
import type { KafkaClusterOptions } from '../../../fixtures/kafka/cluster.ts';
import type { Acl } from '../../../fixtures/kafka/session.ts';
import type { Cause } from '../../../src/model/causes.ts';
import type { StageName } from '../../../src/model/stages.ts';
import type { ClientIdentityName, IdentityName } from '../bench.ts';
import { endings, fails, HEALTHY, judged, leavesOpen, passes, type Row, UNANSWERED } from '../row.ts';

export type KafkaRow = Row<FaultPoint> & {
  readonly mode?: 'spark';
  readonly security?: KafkaClusterOptions['security'];
  readonly cluster?: Partial<KafkaClusterOptions>;
  readonly identity?: IdentityName;
  /** Where the broker says that it is to be reached. */
  readonly advertises?: 'closed' | 'unanswered' | 'no-such-name';
  /** Over what fits the cluster. */
  readonly properties?: Readonly<Record<string, string>>;
  readonly password?: string;
  readonly topic?: string;
  readonly client?: ClientIdentityName;
  /** Before the broker stands a dead bootstrap server. */
  readonly isFirstDead?: boolean;
  /** A TLS server in place of the broker, which asks for a client certificate and refuses with an alert: that of OpenSSL, or of JSSE. */
  readonly asks?: 'OpenSSL' | 'JSSE';
  readonly tlsVersion?: TlsVersion;
  /** Another server in its place. */
  readonly speaks?: 'HTTP' | 'banner';
  readonly forgets?: 'silent' | 'reset';
};

const SASL = { security: 'SASL_PLAINTEXT' } as const;
const SCRAM = { ...SASL, properties: { 'sasl.mechanism': 'SCRAM-SHA-256' } } as const;
const SSL = { security: 'SSL' } as const;
const SASL_SSL = { security: 'SASL_SSL', properties: { 'sasl.mechanism': 'SCRAM-SHA-512' } } as const;
const OPENSSL = { ...SSL, asks: 'OpenSSL' } as const;
const JSSE = { ...SSL, asks: 'JSSE' } as const;
const V12 = { tlsVersion: 'TLSv1.2' } as const;
const IDLES = {
  target: { expect: { survivesIdle: '3s' } },
  sampling: { deadlines: { reuse: '1s' }, holds: { sockets: 1 } },
};

const refuses =
  (type: 'topic' | 'group', refused: readonly string[]): Acl =>
  (_, operation, resource) =>
    resource.type !== type || !refused.includes(operation);

/** The API hangs, closes, resets or delays, or is answered with an error code. */
const everyFault = (at: ApiName, stage: StageName, code: number, cause: Cause, scene: object = {}) => [
  ...endings(at, stage, SILENCE[stage] ?? 'request-timeout', scene),
  fails({ at, do: 'error', code }, stage, cause, scene),
];

const SILENCE: Readonly<Partial<Record<StageName, Cause>>> = {
  negotiate: 'negotiate-timeout',
  authenticate: 'login-timeout',
  request: 'request-timeout',
  authorize: 'authorize-timeout',
};

const PLACES: readonly KafkaRow[] = [
  ...endings('connect', 'negotiate', 'negotiate-timeout', {}),
  ...endings('tls', 'tls', 'tls-timeout', SSL),
  ...everyFault('ApiVersions', 'negotiate', -1, 'server-error'),
  ...everyFault('SaslHandshake', 'authenticate', 34, 'mechanism-not-offered', SASL),
  ...everyFault('SaslAuthenticate', 'authenticate', 58, 'login-rejected', SASL),
  ...everyFault('Metadata', 'request', 3, 'topic-not-found'),
  ...everyFault('ListOffsets', 'request', 29, 'not-authorized'),
  ...everyFault('Fetch', 'request', 29, 'not-authorized'),
  ...everyFault('FindCoordinator', 'request', 15, 'coordinator-not-available'),
  ...everyFault('JoinGroup', 'authorize', 14, 'coordinator-not-available'),
  ...everyFault('SyncGroup', 'authorize', 27, 'group-unstable'),
  ...everyFault('Heartbeat', 'authorize', 25, 'group-unstable'),
  ...everyFault('OffsetCommit', 'authorize', 22, 'group-unstable'),
  ...everyFault('OffsetFetch', 'authorize', 16, 'coordinator-not-available'),
  ...endings('DescribeGroups', 'authorize', 'authorize-timeout', {}),
  passes({ at: 'DescribeGroups', do: 'error', code: -1 }, {}),
  ...everyFault('LeaveGroup', 'authorize', 25, 'group-unstable'),
  ...endings('DeleteGroups', 'authorize', 'authorize-timeout', {}),
  judged({ at: 'DeleteGroups', do: 'error', code: 30 }, 'inconclusive', 'probe-not-authorized', {}),
];

export const KAFKA: readonly KafkaRow[] = [
  passes(HEALTHY, { ...SASL_SSL, cluster: { brokers: 3, mechanisms: ['SCRAM-SHA-512'] } }),
  passes('nothing is wrong, as Spark reads', { mode: 'spark' }),
  passes('nothing is wrong, with a client certificate', { ...SSL, client: 'good' }),
  fails('nothing listens', 'connect', 'connection-refused', { where: 'closed' }),
  leavesOpen('Kerberos', 'authenticate', 'not-testable', {
    ...SASL,
    cluster: { mechanisms: ['GSSAPI'] },
    properties: { 'sasl.mechanism': 'GSSAPI' },
  }),
  fails(UNANSWERED, 'connect', 'connect-timeout', { where: 'unanswered' }),
  fails('no such name', 'resolve', 'name-not-found', { where: 'no-such-name' }),
  judged('one bootstrap server of two is dead', 'warn', 'address-not-answering', { isFirstDead: true }),

  ...PLACES,

  fails('advertised listener closed', 'connect', 'connection-refused', { advertises: 'closed' }),
  fails('advertised listener unanswered', 'connect', 'connect-timeout', { advertises: 'unanswered' }),
  fails('advertised listener without an address', 'resolve', 'name-not-found', { advertises: 'no-such-name' }),

  fails('wrong password, PLAIN', 'authenticate', 'login-rejected', { ...SASL, password: 'zebra-lamp-9' }),
  fails('wrong password, SCRAM', 'authenticate', 'login-rejected', { ...SCRAM, password: 'zebra-lamp-9' }),
  fails('mechanism not offered', 'authenticate', 'mechanism-not-offered', {
    ...SASL,
    cluster: { mechanisms: ['SCRAM-SHA-256'] },
  }),
  fails('login where none is taken', 'authenticate', 'mechanism-not-offered', {
    security: 'PLAINTEXT',
    properties: { 'security.protocol': 'SASL_PLAINTEXT' },
  }),
  fails('no login where one is needed', 'request', 'connection-closed', {
    ...SASL,
    properties: { 'security.protocol': 'PLAINTEXT' },
  }),

  fails('untrusted issuer', 'tls', 'issuer-not-trusted', { ...SSL, identity: 'foreign' }),
  fails('expired certificate', 'tls', 'certificate-expired', { ...SSL, identity: 'expired' }),
  fails('certificate for another name', 'tls', 'certificate-name-mismatch', { ...SSL, identity: 'wrong-name' }),
  fails('no TLS version in common', 'tls', 'tls-version-unsupported', {
    ...SSL,
    cluster: { tlsVersion: 'TLSv1.3' },
    properties: { 'ssl.enabled.protocols': 'TLSv1.2' },
  }),
  fails('TLS to plaintext', 'tls', 'connection-closed', { properties: { 'security.protocol': 'SSL' } }),
  fails('plaintext to TLS', 'negotiate', 'encryption-required', {
    ...SSL,
    properties: { 'security.protocol': 'PLAINTEXT' },
  }),
  fails('no client certificate (TLS 1.2)', 'tls', 'client-certificate-missing', { ...OPENSSL, ...V12 }),
  fails('no client certificate (TLS 1.3)', 'negotiate', 'client-certificate-missing', OPENSSL),
  fails('no client certificate for a JVM (TLS 1.2)', 'tls', 'client-certificate-missing', { ...JSSE, ...V12 }),
  fails('no client certificate for a JVM (TLS 1.3)', 'negotiate', 'client-certificate-missing', JSSE),
  fails('foreign client certificate (TLS 1.2)', 'tls', 'client-certificate-rejected', {
    ...OPENSSL,
    ...V12,
    client: 'foreign',
  }),
  fails('foreign client certificate (TLS 1.3)', 'negotiate', 'client-certificate-rejected', {
    ...OPENSSL,
    client: 'foreign',
  }),
  fails('HTTP in place of Kafka', 'negotiate', 'protocol-violation', { speaks: 'HTTP' }),
  fails('a banner in place of Kafka', 'negotiate', 'protocol-violation', { speaks: 'banner' }),

  fails('missing topic', 'request', 'topic-not-found', { topic: 'nobodys' }),
  fails('topic may not be described', 'request', 'not-authorized', {
    cluster: { acl: refuses('topic', ['Describe', 'Read']) },
  }),
  fails('topic may not be read', 'request', 'not-authorized', { cluster: { acl: refuses('topic', ['Read']) } }),
  leavesOpen('our group is refused', 'authorize', 'probe-not-authorized', {
    cluster: { acl: refuses('group', ['Describe', 'Read', 'Delete']) },
  }),
  leavesOpen('our group may not be joined', 'authorize', 'probe-not-authorized', {
    cluster: { acl: refuses('group', ['Read']) },
  }),
  judged('our group may not be deleted', 'inconclusive', 'probe-not-authorized', {
    cluster: { acl: refuses('group', ['Delete']) },
  }),
  leavesOpen('one join of three fails', 'authorize', 'connection-reset', {
    plants: { at: 'JoinGroup', do: 'reset', times: 1 },
    finding: 'part-failed',
  }),
  passes('the first join waits', { cluster: { firstJoinDelayMs: 1_000 } }),
  leavesOpen('versions too new', 'negotiate', 'version-unsupported', {
    cluster: { versions: { Fetch: { min: 12, max: 17 } } },
  }),
  leavesOpen('API not there', 'negotiate', 'version-unsupported', {
    cluster: { versions: { OffsetCommit: { min: -1, max: -1 } } },
  }),

  passes('idle flow kept', IDLES),
  passes('login ends while idle, and is renewed', { ...SASL, ...IDLES, cluster: { maxReauthMs: 2_000 } }),
  judged('idle flow forgotten in silence', 'fail', 'idle-dropped', { ...IDLES, forgets: 'silent' }),
  judged('idle flow reset', 'fail', 'idle-dropped', { ...IDLES, forgets: 'reset' }),
  judged('does not tell whom it sees', 'inconclusive', 'egress-not-seen', {
    plants: { at: 'DescribeGroups', do: 'error', code: -1 },
    target: { firewallAllows: ['127.0.0.0/8'] },
  }),
  judged('outside the allowlist', 'fail', 'egress-not-allowed', { target: { firewallAllows: ['203.0.113.0/24'] } }),
];
