import { type KafkaCluster, type KafkaClusterOptions, startKafkaCluster } from '../../../../fixtures/kafka/cluster.ts';
import { mintAuthority } from '../../../../fixtures/kit/pki.ts';
import { kafka } from '../../../../probes/kafka/probe.ts';
import { type TryOptions, tryOnce as tryProbe } from '../../../kit/attempt.ts';

export const authority = mintAuthority('cluster authority');
export const serverIdentity = authority.issue({
  commonName: 'kafka',
  altNames: ['127.0.0.1', 'localhost'],
  usage: 'server',
});
export const USER = 'svc_claims';
export const PASSWORD = 'a,b=c"d\\';

export const start = (options: KafkaClusterOptions = {}) =>
  startKafkaCluster({
    brokers: 3,
    topics: { claims: { partitions: 3, logEnd: 42 } },
    security: 'SASL_SSL',
    identity: serverIdentity,
    users: { [USER]: PASSWORD },
    firstJoinDelayMs: 0,
    ...options,
  });

export const jaas = (module: 'Plain' | 'Scram', password = PASSWORD): string => {
  const quoted = password.replaceAll('\\', '\\\\').replaceAll('"', '\\"');
  return `org.apache.kafka.common.security.${module.toLowerCase()}.${module}LoginModule required username="${USER}" password="${quoted}";`;
};

export const properties = (cluster: KafkaCluster, extra: Readonly<Record<string, string>> = {}) => ({
  'bootstrap.servers': cluster.bootstrapServers,
  'security.protocol': 'SASL_SSL',
  'sasl.mechanism': 'SCRAM-SHA-256',
  'sasl.jaas.config': jaas('Scram'),
  'ssl.truststore.type': 'PEM',
  'ssl.truststore.certificates': authority.certPem,
  ...extra,
});

type Extra = {
  readonly mode?: 'consumer-group' | 'spark';
  readonly topic?: string;
  readonly properties?: Readonly<Record<string, string>>;
};

/** One attempt against the cluster, with the settings that fit it but for `extra`. */
export const tryOnce = (cluster: KafkaCluster, extra: Extra = {}, options: TryOptions = {}) =>
  tryProbe(
    kafka,
    { mode: 'consumer-group', topic: 'claims', ...extra, properties: properties(cluster, extra.properties) },
    options,
  );
