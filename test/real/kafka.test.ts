import { type Admin, type Consumer, Kafka, logLevel } from 'kafkajs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { causesOf, probeAll, saidOfEach } from '../kit/real-run.ts';
import { requireTool } from '../kit/requires.ts';
import type { Account } from './kafka/config.ts';
import { kafkaIsHere, type RealKafka, startRealKafka } from './kafka-server.ts';

const LOGIN_MODULES = {
  PLAIN: 'org.apache.kafka.common.security.plain.PlainLoginModule',
  'SCRAM-SHA-512': 'org.apache.kafka.common.security.scram.ScramLoginModule',
} as const;
type Mechanism = keyof typeof LOGIN_MODULES;

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

    test('a user with Read alone joins, beats, commits and reads the commit back, and may not delete its group', async () => {
      const kafka = client(broker.accounts.withoutDelete, 'plain');
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

  describe('the probe', () => {
    const target = (
      mode: 'consumer-group' | 'spark',
      { username, password }: Account,
      mechanism: Mechanism = 'PLAIN',
    ) => ({
      type: 'kafka',
      mode,
      topic: broker.topic,
      properties: {
        'bootstrap.servers': broker.bootstrap,
        'security.protocol': 'SASL_SSL',
        'sasl.mechanism': mechanism,
        'sasl.jaas.config': `${LOGIN_MODULES[mechanism]} required username="${username}" password="${password}";`,
        'ssl.truststore.type': 'PEM',
        'ssl.truststore.certificates': broker.ca,
      },
    });

    test('passes with exactly the ACLs that it asks for, and leaves no group behind', async () => {
      const { limited, withoutGroup } = broker.accounts;
      const before = await broker.probeGroups();

      const { exitCode, targets } = await probeAll({
        group: target('consumer-group', limited),
        scram: target('consumer-group', limited, 'SCRAM-SHA-512'),
        spark: target('spark', withoutGroup),
      });

      expect(saidOfEach(targets)).toEqual({ group: 'pass', scram: 'pass', spark: 'pass' });
      expect(exitCode).toBe(0);
      expect(targets['group']?.egress).toMatchObject([{ address: '127.0.0.1' }]);
      await expect(broker.probeGroups()).resolves.toEqual(before);
    });

    test('tells what only our own group lacks from what the workload lacks', async () => {
      const { withoutGroup, withoutDelete } = broker.accounts;

      const { exitCode, targets } = await probeAll({
        'no-group': target('consumer-group', withoutGroup),
        'no-delete': target('consumer-group', withoutDelete),
      });

      expect(saidOfEach(targets)).toEqual({
        'no-group': 'inconclusive authorize probe-not-authorized',
        'no-delete': 'inconclusive',
      });
      expect(causesOf(targets['no-delete'])).toEqual(['probe-not-authorized']);
      expect(exitCode).toBe(3);
    });

    test('knocks once with a wrong password', async () => {
      const { exitCode, targets } = await probeAll({
        plain: target('spark', { ...broker.accounts.admin, password: 'wrong' }),
        scram: target('spark', { ...broker.accounts.withoutGroup, password: 'wrong' }, 'SCRAM-SHA-512'),
      });

      const rejected = 'fail authenticate login-rejected';
      expect(saidOfEach(targets)).toEqual({ plain: rejected, scram: rejected });
      expect(Object.values(targets).map(({ attempts }) => attempts.total)).toEqual([1, 1]);
      expect(exitCode).toBe(1);
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
