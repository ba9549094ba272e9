import type { JavaClient } from './java-client.ts';
import type { Properties } from './properties.ts';

// Where a client with these properties would behave differently from ours: a sentence each, for the report.

export type Considered = {
  readonly mode: 'consumer-group' | 'spark';
  readonly properties: Properties;
  readonly client: JavaClient;
  /** The target's own `ca` stands for a truststore. */
  readonly hasCa: boolean;
};

export function differencesOf({ mode, properties, client, hasCa }: Considered): readonly string[] {
  const material = Object.entries(properties).flatMap(([key, value]) => MATERIAL[key]?.(value) ?? []);
  const hasTruststore = hasCa || TRUSTSTORES.some((key) => key in properties);
  return [
    ...ALWAYS,
    ...(mode === 'consumer-group' ? GROUPS : SPARK),
    ...material,
    ...(client.usesTls && !hasTruststore ? [NODE_ROOTS] : []),
  ];
}

const ALWAYS: readonly string[] = [
  'The Java client reconnects and retries by itself (retries, reconnect.backoff.ms); here every first failure counts.',
  'The protocol versions are those of kafkajs 2.2.4, at most; the Java client speaks newer ones where the broker has them.',
];

const GROUPS: readonly string[] = [
  'The group is our own (preflight-probe-…), with one member that is given every partition: no assignor runs, and group.id is neither joined nor checked for permission.',
];

const SPARK: readonly string[] = [
  'One partition of each leader is listed and fetched, at its end; Spark fetches all of them.',
];

const MATERIAL: Readonly<Record<string, (value: string) => string | null>> = {
  'group.instance.id': (value) => `group.instance.id=${value}: our member is dynamic (KIP-345 is not spoken).`,
  'group.protocol': (value) =>
    `group.protocol=${value}: our group uses the classic protocol${value.toLowerCase() === 'consumer' ? ', not KIP-848' : ''}.`,
  'partition.assignment.strategy': (value) => `partition.assignment.strategy=${value} is not run.`,
  'interceptor.classes': () => 'interceptor.classes are not run.',
  'client.dns.lookup': (value) =>
    value === 'use_all_dns_ips' ? null : `client.dns.lookup=${value}: here all addresses of a name are tried in turn.`,
  'sasl.login.callback.handler.class': (value) => `sasl.login.callback.handler.class=${value} is not run.`,
  'sasl.client.callback.handler.class': (value) => `sasl.client.callback.handler.class=${value} is not run.`,
  'ssl.engine.factory.class': (value) => `ssl.engine.factory.class=${value}: TLS is OpenSSL’s here.`,
  'ssl.provider': (value) => `ssl.provider=${value}: TLS is OpenSSL’s here.`,
  'ssl.cipher.suites': () => 'ssl.cipher.suites is not applied: the suites are those of OpenSSL.',
  'connections.max.idle.ms': (value) =>
    `connections.max.idle.ms=${value}: the Java client closes a connection that idles so long; a hold keeps it open.`,
  'send.buffer.bytes': (value) => `send.buffer.bytes=${value} is left to the operating system here.`,
  'receive.buffer.bytes': (value) => `receive.buffer.bytes=${value} is left to the operating system here.`,
};

const TRUSTSTORES: readonly string[] = ['ssl.truststore.location', 'ssl.truststore.certificates'];

const NODE_ROOTS =
  'Without a truststore or `ca` the authorities are those that come with Node, not those of the JVM’s cacerts.';
