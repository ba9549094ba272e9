import { z } from 'zod';
import type { Description, Probe, ServerFootprint } from '../../src/model/probe.ts';
import { spanMs } from '../../src/model/settings.ts';
import { hostPort } from '../../src/net/resolve.ts';
import { aclLines } from './acl.ts';
import { differencesOf } from './differences.ts';
import type { JavaClient } from './java-client.ts';
import { propertiesOf } from './properties.ts';
import { rules } from './rules.ts';
import { javaClientOf, type KafkaSettings, settings } from './settings.ts';

// A Kafka cluster, from the bootstrap server to every broker that it advertises, and to the coordinator of a group of our own.

const expect = z.strictObject({
  /** How long a member of a group must be able to stay in it. */
  keepsMembership: spanMs().nullable().default(null),
});
export type Expect = z.infer<typeof expect>;

const observation = z.object({
  clusterId: z.string().nullable(),
  /** As advertised, by node id. */
  brokers: z.array(z.string()),
  partitions: z.int(),
  tlsProtocol: z.string().nullable(),
  /** KIP-368; null where a login lasts as long as its connection. */
  sessionLifetimeMs: z.number().nullable(),
  coordinator: z.enum(['reached', 'not-authorized', 'not-used']),
  group: z.enum(['deleted', 'left', 'not-tried']),
});
export type Observation = z.infer<typeof observation>;

export const kafka: Probe<KafkaSettings, Expect, Observation> = {
  type: 'kafka',
  title: 'a Kafka cluster, as a consumer group or as Spark reads it',
  stages: ['resolve', 'connect', 'tls', 'negotiate', 'authenticate', 'request', 'authorize'],
  holds: ['idle', 'in-use', 'membership'],
  settings,
  expect,
  observation,
  describe,
  rules,
  holdsWanted: ({ keepsMembership }) =>
    keepsMembership === null ? [] : [{ kind: 'membership', plannedMs: keepsMembership, keepalive: 'as-client' }],
  load: async () => (await import('./client.ts')).client,
};

function describe(given: KafkaSettings): Description {
  const { mode } = given;
  const properties = propertiesOf(given);
  const java = javaClientOf(given);
  const servers = java.bootstrap.map(({ host, port }) => hostPort(host, port));
  const isUntestable = java.sasl !== null && java.sasl.credentials === null;
  return {
    endpoint: servers.join(','),
    footprint: {
      identity: identityOf(java, servers),
      servers: servers.map((address) => footprintOf(address, given, java)),
    },
    differences: differencesOf({ mode, properties, client: java, hasCa: given.ca !== undefined }),
    untestable: isUntestable
      ? `sasl.mechanism ${java.sasl?.mechanism} is not spoken by this client: the attempts end after SaslHandshake`
      : null,
    secrets: secretsOf(given, java),
    parts: mode === 'consumer-group' ? ['join'] : [],
    deadlinesMs: deadlinesOf(java),
    privileges: privilegesOf(given, java, servers),
    ...(java.usesTls ? { prepare: async () => (await import('./trust.ts')).tlsMaterial(given, java) } : {}),
  };
}

/** One account of a cluster, whichever of its brokers a target names first. */
function identityOf({ sasl }: JavaClient, servers: readonly string[]): string | null {
  const username = sasl?.credentials?.username;
  return username === undefined ? null : `${username}@${[...servers].sort()[0]}`;
}

/** A bootstrap server is mostly a broker too: then it is reached again as one, and perhaps again as the coordinator. */
function footprintOf(address: string, { mode }: KafkaSettings, { sasl }: JavaClient): ServerFootprint {
  const connections = mode === 'consumer-group' ? 3 : 2;
  const logins = sasl === null ? 0 : connections;
  const isGroup = mode === 'consumer-group' ? 1 : 0;
  return { address, connections, logins, joins: isGroup, commits: isGroup, bytes: connections * 8_000 };
}

function secretsOf(given: KafkaSettings, { sasl }: JavaClient): readonly string[] {
  const properties = propertiesOf(given);
  const hidden = Object.entries(properties).filter(([key]) => /password|jaas|\.key$|secret|token/i.test(key));
  return [
    ...(sasl?.credentials ? [sasl.credentials.password] : []),
    ...hidden.map(([, value]) => value),
    ...(given.clientCertificate === undefined ? [] : [given.clientCertificate.key.text]),
  ].filter((value) => value !== '');
}

/** Java gives a join its rebalance timeout on top, so that request.timeout.ms does not bound the stage `authorize`. */
function deadlinesOf({ connectTimeoutMs, requestTimeoutMs }: JavaClient): Description['deadlinesMs'] {
  return {
    ...(connectTimeoutMs === null ? {} : { connect: connectTimeoutMs }),
    ...(requestTimeoutMs === null
      ? {}
      : { negotiate: requestTimeoutMs, authenticate: requestTimeoutMs, request: requestTimeoutMs }),
  };
}

function privilegesOf({ mode, topic }: KafkaSettings, java: JavaClient, servers: readonly string[]): readonly string[] {
  const lines = aclLines(java, topic);
  return [
    `Firewall: TCP from this context to ${servers.join(', ')} and to every broker that they advertise (advertised.listeners).`,
    `Topic: ${lines.topic}`,
    ...(mode === 'consumer-group' ? [`Our own groups: ${lines.group}`] : []),
  ];
}
