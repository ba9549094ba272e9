import process from 'node:process';
import { GenericContainer, Wait } from 'testcontainers';
import { type BrokerSetup, serverProperties } from './config.ts';
import { formatArguments } from './jars.ts';

const IMAGE = process.env['PROBE_KAFKA_IMAGE'] ?? 'apache/kafka:4.1.0';
const CONFIG = '/tmp/server.properties';

/** The same broker from the published image. The port is chosen before the start, because the broker must advertise it. */
export async function startInDocker(setup: Omit<BrokerSetup, 'logFolder'>): Promise<() => Promise<void>> {
  const inside: BrokerSetup = { ...setup, bindHost: '0.0.0.0', logFolder: '/tmp/kafka-log' };
  const container = await new GenericContainer(IMAGE)
    .withExposedPorts({ container: setup.ports.client, host: setup.ports.client })
    .withCopyContentToContainer([{ content: serverProperties(inside), target: CONFIG, mode: 0o644 }])
    .withEntrypoint(['/bin/sh', '-c'])
    .withCommand([`${storage(setup)} && exec /opt/kafka/bin/kafka-server-start.sh ${CONFIG}`])
    .withWaitStrategy(Wait.forLogMessage(/Kafka Server started/))
    .start();
  return async () => void (await container.stop());
}

const storage = (setup: Pick<BrokerSetup, 'accounts'>): string =>
  ['/opt/kafka/bin/kafka-storage.sh', ...formatArguments(CONFIG, setup).map((word) => `'${word}'`)].join(' ');
