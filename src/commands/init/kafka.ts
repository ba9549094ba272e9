import { isAbsolute } from 'node:path';
import { copied, type Entry, entry, entryIn, missing, secret, type TargetDraft } from './draft.ts';
import { type KafkaMode, leftOut } from './kafka-left-out.ts';
import { loginOf } from './kafka-login.ts';
import { javaNames } from './librdkafka.ts';
import { hasPlaceholder } from './placeholders.ts';

type Properties = ReadonlyMap<string, string>;

type Given = {
  /** Under their Java names, or those of librdkafka. */
  readonly properties: Properties;
  readonly mode: KafkaMode;
  readonly topic: string | null;
  readonly name: string | null;
};

/** Properties that show in a connection, or that the probe names as a difference. No other is copied: nobody knows what it holds. */
const COPIED: ReadonlySet<string> = new Set([
  'bootstrap.servers',
  'client.dns.lookup',
  'connections.max.idle.ms',
  'group.instance.id',
  'group.protocol',
  'heartbeat.interval.ms',
  'max.poll.interval.ms',
  'partition.assignment.strategy',
  'receive.buffer.bytes',
  'request.timeout.ms',
  'sasl.mechanism',
  'security.protocol',
  'send.buffer.bytes',
  'session.timeout.ms',
  'socket.connection.setup.timeout.ms',
  'ssl.cipher.suites',
  'ssl.enabled.protocols',
  'ssl.endpoint.identification.algorithm',
  'ssl.engine.factory.class',
  'ssl.keystore.type',
  'ssl.provider',
  'ssl.truststore.type',
]);

const SECRETS: ReadonlySet<string> = new Set([
  'ssl.key.password',
  'ssl.keystore.key',
  'ssl.keystore.password',
  'ssl.truststore.password',
]);

/** PEM texts, which are long. */
const PEM: ReadonlySet<string> = new Set(['ssl.keystore.certificate.chain', 'ssl.truststore.certificates']);

/** Stores, each with the password that opens it. */
const STORES: Readonly<Record<string, string>> = {
  'ssl.truststore.location': 'ssl.truststore.password',
  'ssl.keystore.location': 'ssl.keystore.password',
};

export function kafkaTarget({ properties: written, mode, topic, name }: Given): TargetDraft {
  const { properties, hasCaFile } = javaNames(written);
  const login = loginOf(properties);
  const own = [...properties].map(([key, value]) => ({ key, entry: entryOf(key, value, properties) }));
  const left = own.filter((each) => each.entry === null && each.key !== 'sasl.jaas.config').map(({ key }) => key);
  return {
    name: name ?? (topic === null || hasPlaceholder(topic) ? 'kafka' : `${topic.toLowerCase()}-topic`),
    entries: [
      entry('type', 'kafka'),
      entry('mode', mode),
      ...(properties.has('bootstrap.servers') ? [] : [propertyEntry('bootstrap.servers', null)]),
      ...own.flatMap((each) => each.entry ?? []),
      ...login.entries,
      ...(hasCaFile ? [entryIn('ca', 'pem', missing('CA'))] : []),
      entry('topic', topic === null ? missing('TOPIC') : copied('TOPIC', topic)),
    ],
    remarks: [...login.remarks, ...remarksOn(properties, topic, hasCaFile)],
    unmapped: [...login.unmapped, ...leftOut(left, mode)],
  };
}

const roleOf = (key: string): string => key.replace(/\W+/g, '_').toUpperCase();

const propertyEntry = (key: string, value: string | null): Entry =>
  entryIn('properties', key, value === null ? missing(roleOf(key)) : copied(roleOf(key), value));

function entryOf(key: string, value: string, properties: Properties): Entry | null {
  if (SECRETS.has(key)) return entryIn('properties', key, secret(roleOf(key), value));
  if (PEM.has(key)) return propertyEntry(key, null);
  if (Object.hasOwn(STORES, key)) return propertyEntry(key, isKnownPath(key, value, properties) ? value : null);
  return COPIED.has(key) ? propertyEntry(key, value) : null;
}

/**
 * `probe check` opens the stores of a target that needs no reference, and this machine need not have them; with a password beside it, a
 * target does. Java starts a relative path elsewhere than we do.
 */
const isKnownPath = (key: string, value: string, properties: Properties): boolean =>
  isAbsolute(value) && properties.has(STORES[key] ?? '');

function remarksOn(properties: Properties, topic: string | null, hasCaFile: boolean): readonly string[] {
  const stores = Object.keys(STORES).filter((key) => properties.has(key));
  return [
    ...(properties.has('bootstrap.servers') ? [] : ['the source names no bootstrap.servers: give them']),
    ...(topic === null ? ['the source names no topic: write one that the workload uses'] : []),
    ...(hasCaFile ? ['ssl.ca.location goes to `ca`: give what the file holds, or write ca: FILE.pem'] : []),
    ...(stores.length === 0
      ? []
      : [`${stores.join(' and ')}: a path of the context that it runs in, to PKCS12 or PEM`]),
  ];
}
