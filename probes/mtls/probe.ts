import { Buffer } from 'node:buffer';
import { z } from 'zod';
import type { Description, Probe, Rule } from '../../src/model/probe.ts';
import { certificateFacts } from '../../src/net/certificate.ts';
import { certificateDays, certificateDaysRule } from '../../src/net/certificate-days.ts';
import { hostPort } from '../../src/net/resolve.ts';
import { authorizationOf, hostOf, type MtlsSettings, ownCertificate, portOf, settings } from './settings.ts';

// An HTTPS API, with or without a client certificate: one request on a fresh connection.

const expect = z.strictObject({
  /** 5xx and 429 are failed attempts, whatever is expected. */
  status: z.union([status(), z.array(status()).min(1)]).default(200),
  certificateDays: certificateDays(),
});
export type Expect = z.infer<typeof expect>;

const observation = z.object({
  status: z.int(),
  tlsProtocol: z.string().nullable(),
  serverCertificate: certificateFacts.nullable(),
  clientCertificate: certificateFacts.nullable(),
});
export type Observation = z.infer<typeof observation>;

const expected = ({ status }: Expect): readonly number[] => (typeof status === 'number' ? [status] : status);

/** Every answer counts: a status that was wrong once may be wrong again. */
const httpStatus: Rule<Expect, Observation> = {
  id: 'http/status',
  needs: ['observations'],
  required: ({ expect }) => `HTTP status ${expected(expect).join(' or ')}`,
  judge({ expect, analysis }) {
    const counts = new Map<number, number>();
    for (const { value, succeeded } of analysis.observations)
      counts.set(value.status, (counts.get(value.status) ?? 0) + succeeded);
    const statuses = [...counts].sort(([a], [b]) => a - b);
    const total = statuses.reduce((sum, [, count]) => sum + count, 0);
    const observed = `${statuses.map(([status, count]) => `${status} in ${count}`).join(', ')} of ${total} answers`;
    if (statuses.every(([status]) => expected(expect).includes(status)))
      return { verdict: 'pass', observed, cause: null };
    return { verdict: 'fail', observed, cause: 'status-unexpected' };
  },
};

export const mtls: Probe<MtlsSettings, Expect, Observation> = {
  type: 'mtls',
  title: 'an HTTPS API, with a client certificate',
  stages: ['resolve', 'connect', 'tls', 'request'],
  holds: ['idle', 'in-use'],
  settings,
  expect,
  observation,
  describe,
  rules: [
    httpStatus,
    certificateDaysRule({
      id: 'tls/server-certificate-days',
      ended: 'certificate-expired',
      pick: ({ serverCertificate }) => serverCertificate,
    }),
    certificateDaysRule({
      id: 'tls/client-certificate-days',
      ended: 'client-certificate-expired',
      pick: ({ clientCertificate }) => clientCertificate,
    }),
  ],
  load: async () => (await import('./client.ts')).client,
};

function describe(given: MtlsSettings): Description {
  const url = new URL(given.url);
  const server = hostPort(hostOf(url), portOf(url));
  const authorization = authorizationOf(given);
  return {
    // without the query, which may hold a key
    endpoint: `${url.origin}${url.pathname}`,
    footprint: {
      identity: authorization === null ? null : `${accountOf(authorization)}@${server}`,
      servers: [
        { address: server, connections: 1, logins: authorization === null ? 0 : 1, joins: 0, commits: 0, bytes: 8_000 },
      ],
    },
    differences: differencesOf(given),
    untestable: null,
    secrets: secretsOf(given, url),
    parts: [],
    deadlinesMs: {},
    privileges: [
      `Firewall: TCP from this context to ${server}.`,
      `API: ${given.method} ${url.pathname}, once an attempt; nothing is written.`,
    ],
    prepare: async () => (await import('./identity.ts')).identityOf(given),
  };
}

/** A rejected certificate locks no account; a password can. */
function accountOf(authorization: string): string {
  return basicOf(authorization)?.[0] ?? authorization.split(/\s/, 1)[0]?.toLowerCase() ?? '';
}

/** User and password of `Basic` credentials (RFC 7617 2). */
function basicOf(authorization: string): readonly [string, string] | null {
  const [, encoded] = /^basic\s+(\S+)$/i.exec(authorization) ?? [];
  if (encoded === undefined) return null;
  const [user = '', ...password] = Buffer.from(encoded, 'base64').toString('utf8').split(':');
  return [user, password.join(':')];
}

/** Parts of the settings that a server might repeat on their own. */
function secretsOf(given: MtlsSettings, url: URL): readonly string[] {
  const own = ownCertificate(given);
  const authorization = authorizationOf(given) ?? '';
  const inQuery = [...url.searchParams].filter(([name]) => /key|token|secret|sig|pass|code/i.test(name));
  return [
    own.form === 'pem' ? own.key.text : '',
    authorization.replace(/^\S+\s+/, ''),
    basicOf(authorization)?.[1] ?? '',
    ...inQuery.map(([, value]) => value),
  ].filter((value) => value !== '');
}

function differencesOf(given: MtlsSettings): readonly string[] {
  const roots = 'Trusts the authorities that come with Node; a JVM trusts those of its own cacerts.';
  const chosen =
    'Shows the client certificate to any server that asks; a Java key manager shows it only if the server names its issuer.';
  return [
    'Speaks HTTP/1.1; the JVM’s HttpClient prefers HTTP/2 where the server offers it.',
    'Uses no proxy, whatever the environment or the JVM’s settings say, and follows no redirect.',
    ...(given.ca === undefined && given.truststore === undefined ? [roots] : []),
    ...(ownCertificate(given).form === 'none' ? [] : [chosen]),
  ];
}

function status() {
  return z.int().min(200).max(499);
}
