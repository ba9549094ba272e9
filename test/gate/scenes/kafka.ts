import { startApi } from '../../../fixtures/api/api.ts';
import { startHttpEcho, startTcpEcho } from '../../../fixtures/echo/echo.ts';
import { type KafkaCluster, type KafkaClusterOptions, startKafkaCluster } from '../../../fixtures/kafka/cluster.ts';
import type { Bench, Endpoint } from '../bench.ts';
import { SECRET, type Staged } from '../gate.ts';
import { plantedIn } from '../row.ts';
import type { KafkaRow } from '../rows/kafka.ts';
import { onTheWay } from './on-the-way.ts';

const USER = 'svc_gate';
const TOPIC = 'claims';

export async function kafkaScene(row: KafkaRow, bench: Bench): Promise<Staged> {
  const ways: { advertised: Endpoint | null } = { advertised: null };
  const server = await bench.keep(start(row, bench, () => ways.advertised));
  const reached = await onTheWay(server, row.forgets, bench);
  if (row.forgets !== undefined) ways.advertised = reached;
  if (row.advertises !== undefined) ways.advertised = bench.endpoint(row.advertises, server);
  const { host, port } = bench.endpoint(row.where, reached);
  const dead = row.isFirstDead === true ? `${bench.closed.host}:${bench.closed.port},` : '';
  return {
    target: {
      type: 'kafka',
      mode: row.mode ?? 'consumer-group',
      topic: row.topic ?? TOPIC,
      properties: propertiesOf(row, `${dead}${host}:${port}`),
      ...(usesTls(row) ? { ca: 'ca.pem' } : {}),
      ...(row.client === undefined ? {} : { clientCertificate: bench.client(row.client) }),
    },
    problems: () => server.problems,
  };
}

const usesTls = ({ security = 'PLAINTEXT', properties = {} }: KafkaRow): boolean =>
  (properties['security.protocol'] ?? security).endsWith('SSL');

function propertiesOf(row: KafkaRow, bootstrap: string): Readonly<Record<string, string>> {
  const mechanism = row.properties?.['sasl.mechanism'] ?? 'PLAIN';
  const kind = mechanism === 'PLAIN' ? 'plain.Plain' : 'scram.Scram';
  const password = row.password ?? `\${env:GATE_SECRET}`;
  return {
    'bootstrap.servers': bootstrap,
    'security.protocol': row.security ?? 'PLAINTEXT',
    'sasl.mechanism': mechanism,
    'sasl.jaas.config': `org.apache.kafka.common.security.${kind}LoginModule required username="${USER}" password="${password}";`,
    ...row.properties,
  };
}

type Server = Pick<KafkaCluster, 'host' | 'port' | 'problems'> & AsyncDisposable;

function start(row: KafkaRow, bench: Bench, advertised: () => Endpoint | null): Promise<Server> {
  const { security = 'PLAINTEXT' } = row;
  const identity = bench.server(row.identity);
  if (row.asks !== undefined) {
    const tlsVersions = [row.tlsVersion ?? 'TLSv1.3'] as const;
    const alert = row.asks === 'JSSE' ? ({ alert: 'bad_certificate' } as const) : {};
    return startApi({ identity, clientAuthority: bench.authorityPem, tlsVersions, ...alert });
  }
  if (row.speaks === 'HTTP') return startHttpEcho();
  if (row.speaks === 'banner') return startTcpEcho({ stay: true, lie: '220 drop.gate' });
  const options: KafkaClusterOptions = {
    security,
    topics: { [TOPIC]: { partitions: 2, logEnd: 7 } },
    users: { [USER]: SECRET },
    // the 3 s of a real broker would make up most of the gate's time
    firstJoinDelayMs: 0,
    advertise: (_, port) => advertised() ?? { host: '127.0.0.1', port },
    ...(security.endsWith('SSL') ? { identity } : {}),
    ...(row.client === undefined ? {} : { clientAuthority: bench.authorityPem }),
    ...row.cluster,
    faults: plantedIn(row),
  };
  return startKafkaCluster(options);
}
