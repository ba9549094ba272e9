import { API } from './apis.ts';
import type { KafkaConnection } from './connection.ts';
import type { Broker } from './java-client.ts';
import { BrokerRefusal, ProtocolViolation, refuseUnless0 } from './refusals.ts';

export type Cluster = {
  readonly clusterId: string | null;
  /** As advertised, by node id. */
  readonly brokers: readonly (Broker & { readonly nodeId: number })[];
  readonly partitions: readonly { readonly index: number; readonly leader: number }[];
};

/** Kafka's own clients ignore it in Metadata: a replica is down, and the partition can be read all the same. */
const REPLICA_NOT_AVAILABLE = 9;

/** The brokers, and where the partitions of the topic are. Never creates it. */
export async function metadataOf(connection: KafkaConnection, topic: string, hint: string): Promise<Cluster> {
  const answer = await connection.ask(API.Metadata, { topics: [topic], allowAutoTopicCreation: false });
  const [described] = answer.topicMetadata;
  if (described === undefined) throw new ProtocolViolation('the answer to Metadata does not name the topic');
  refuseUnless0('Metadata', described.topicErrorCode, hint);
  for (const { partitionErrorCode } of described.partitionMetadata)
    if (partitionErrorCode !== REPLICA_NOT_AVAILABLE) refuseUnless0('Metadata of a partition', partitionErrorCode);
  return {
    clusterId: answer.clusterId,
    brokers: answer.brokers
      .map(({ nodeId, host, port }) => ({ nodeId, host, port }))
      .sort((a, b) => a.nodeId - b.nodeId),
    partitions: described.partitionMetadata.map(({ partitionId, leader }) => ({ index: partitionId, leader })),
  };
}

/** The coordinator of a group, or the refusal to name it, which says something of our own group alone. */
export async function coordinatorOf(
  connection: KafkaConnection,
  groupId: string,
  hint: string,
): Promise<Broker | BrokerRefusal> {
  const { errorCode, coordinator } = await connection.ask(API.FindCoordinator, { groupId });
  if (errorCode === GROUP_AUTHORIZATION_FAILED) return new BrokerRefusal('FindCoordinator', errorCode, hint);
  refuseUnless0('FindCoordinator', errorCode);
  return coordinator;
}

const GROUP_AUTHORIZATION_FAILED = 30;
