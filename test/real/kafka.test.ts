import { type Admin, type Consumer, Kafka, logLevel } from 'kafkajs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { requireTool } from '../kit/requires.ts';
import type { Account } from './kafka/config.ts';
import { kafkaIsHere, type RealKafka, startRealKafka } from './kafka-server.ts';

const skipped = requireTool('kafka', kafkaIsHere());

describe.skipIf(skipped)('a real Kafka broker (needs kafka: Docker, or Java and the cached jars)', () => {
  let broker: RealKafka;

  beforeAll(async () => {
    broker = await startRealKafka();
  });
  afterAll(async () => {
    await broker?.[Symbol.asyncDispose]();
  });

  describe('kafkajs alone', () => {
    const client = ({ username, password }: Account, mechanism: 'plain' | 'scram-sha-512') =>
      new Kafka({
        clientId: 'smoke',
        brokers: [broker.bootstrap],
        ssl: { ca: broker.ca },
        sasl: mechanism === 'plain' ? { mechanism, username, password } : { mechanism, username, password },
        logLevel: logLevel.NOTHING,
      });

    test.each(['plain', 'scram-sha-512'] as const)('logs in by %s and sees the topic', async (mechanism) => {
      const topics = await withAdmin(client(broker.accounts.limited, mechanism), async (admin) => {
        const { topics } = await admin.fetchTopicMetadata({ topics: [broker.topic] });
        return topics.map(({ name, partitions }) => ({ name, partitions: partitions.length }));
      });

      expect(topics).toEqual([{ name: 'claims', partitions: 3 }]);
    });

    test('a limited user joins, beats, commits and reads the commit back, and Read alone does not delete its group', async () => {
      const kafka = client(broker.accounts.limited, 'plain');
      const groupId = 'preflight-probe-smoke';

      await inGroup(kafka, groupId, async (consumer) => {
        await consumer.commitOffsets([{ topic: broker.topic, partition: 0, offset: '0' }]);
        await once(consumer, 'consumer.heartbeat');
      });
      const committed = await withAdmin(kafka, (admin) => admin.fetchOffsets({ groupId, topics: [broker.topic] }));
      const refusal = await withAdmin(kafka, (admin) => admin.deleteGroups([groupId])).catch((error: unknown) => error);

      expect(committed[0]?.partitions.find(({ partition }) => partition === 0)?.offset).toBe('0');
      expect(refusal).toMatchObject({ name: 'KafkaJSDeleteGroupsError', groups: [{ groupId, errorCode: 30 }] });
      await expect(broker.probeGroups()).resolves.toContain(groupId);
    });

    test.each(['plain', 'scram-sha-512'] as const)('a wrong password is refused by %s', async (mechanism) => {
      const wrong = { ...broker.accounts.limited, password: 'wrong' };

      await expect(withAdmin(client(wrong, mechanism), async () => {})).rejects.toMatchObject({
        name: 'KafkaJSSASLAuthenticationError',
      });
    });
  });
});

async function withAdmin<T>(kafka: Kafka, work: (admin: Admin) => Promise<T>): Promise<T> {
  const admin = kafka.admin();
  try {
    await admin.connect();
    return await work(admin);
  } finally {
    await admin.disconnect();
  }
}

async function inGroup(kafka: Kafka, groupId: string, work: (consumer: Consumer) => Promise<void>): Promise<void> {
  // kafkajs beats between two fetches, and an empty topic holds each for maxWaitTimeInMs.
  const consumer = kafka.consumer({ groupId, heartbeatInterval: 100, maxWaitTimeInMs: 100, retry: { retries: 0 } });
  try {
    await consumer.connect();
    await consumer.subscribe({ topic: 'claims' });
    const joined = once(consumer, 'consumer.group_join');
    await consumer.run({ autoCommit: false, eachMessage: async () => {} });
    await joined;
    await work(consumer);
  } finally {
    await consumer.disconnect();
  }
}

/** Resolves at the next such event, and rejects where the consumer crashes instead. */
const once = (consumer: Consumer, event: 'consumer.group_join' | 'consumer.heartbeat'): Promise<void> =>
  new Promise((resolve, reject) => {
    consumer.on(event, () => resolve());
    consumer.on('consumer.crash', ({ payload }) => reject(payload.error));
  });
