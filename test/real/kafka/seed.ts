import { setTimeout } from 'node:timers/promises';
import {
  AclOperationTypes,
  AclPermissionTypes,
  AclResourceTypes,
  type Admin,
  Kafka,
  KafkaJSError,
  logLevel,
  ResourcePatternTypes,
} from 'kafkajs';
import type { Account } from './config.ts';

export const TOPIC = 'claims';
export const GROUP_PREFIX = 'preflight-probe-';

const MOST_QUESTIONS = 50;
const PAUSE_MS = 100;

export type Access = { readonly bootstrap: string; readonly ca: string; readonly admin: Account };

/** An administrator's client, for what a probe never does: create, grant, look at the whole. */
export async function asAdmin<T>(access: Access, work: (admin: Admin) => Promise<T>): Promise<T> {
  const kafka = new Kafka({
    clientId: 'seed',
    brokers: [access.bootstrap],
    ssl: { ca: access.ca },
    sasl: { mechanism: 'plain', ...access.admin },
    logLevel: logLevel.NOTHING,
  });
  const admin = kafka.admin();
  await admin.connect();
  try {
    return await work(admin);
  } finally {
    await admin.disconnect();
  }
}

/** The topic, and to each user what its name says: `limited` has exactly what `probe plan --privileges` asks for. */
export async function seed(access: Access): Promise<void> {
  const { READ, DELETE } = AclOperationTypes;
  await asAdmin(access, async (admin) => {
    await admin.createTopics({
      topics: [{ topic: TOPIC, numPartitions: 3, replicationFactor: 1 }],
      waitForLeaders: true,
    });
    await admin.createAcls({
      acl: [
        ...['limited', 'without-delete', 'without-group'].map(readsTopic),
        ...[READ, DELETE].map((operation) => onGroups('limited', operation)),
        onGroups('without-delete', READ),
      ],
    });
    await groupsAnswer(admin);
  });
}

/**
 * A cluster without any group has no __consumer_offsets yet: the first FindCoordinator creates it, and until it is loaded the coordinator
 * answers 14, 15 or 16. kafkajs asks the admin's OffsetFetch only once.
 */
async function groupsAnswer(admin: Admin): Promise<void> {
  for (let asked = 1; ; asked += 1) {
    try {
      await admin.fetchOffsets({ groupId: `${GROUP_PREFIX}warm-up`, topics: [TOPIC] });
      return;
    } catch (error) {
      if (asked === MOST_QUESTIONS || !(error instanceof KafkaJSError && error.retriable)) throw error;
      await setTimeout(PAUSE_MS);
    }
  }
}

const allow = (user: string) => ({ principal: `User:${user}`, host: '*', permissionType: AclPermissionTypes.ALLOW });

/** Read implies Describe. */
const readsTopic = (user: string) => ({
  ...allow(user),
  operation: AclOperationTypes.READ,
  resourceType: AclResourceTypes.TOPIC,
  resourceName: TOPIC,
  resourcePatternType: ResourcePatternTypes.LITERAL,
});

const onGroups = (user: string, operation: AclOperationTypes) => ({
  ...allow(user),
  operation,
  resourceType: AclResourceTypes.GROUP,
  resourceName: GROUP_PREFIX,
  resourcePatternType: ResourcePatternTypes.PREFIXED,
});
