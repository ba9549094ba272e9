import ipaddr from 'ipaddr.js';
import { MemberAssignment, MemberMetadata } from 'kafkajs/src/consumer/assignerProtocol.js';
import { API } from './apis.ts';
import type { KafkaConnection } from './connection.ts';
import type { JavaClient } from './java-client.ts';
import { ProtocolViolation, refuseUnless0 } from './refusals.ts';

/** A member of a group of our own, for as long as its connection to the coordinator. */
export type Membership = {
  heartbeat(): Promise<void>;
  commitAndReadBack(at: CommitPoint): Promise<void>;
  /** The address that the coordinator saw us come from. */
  seenFrom(): Promise<string | null>;
  leave(): Promise<void>;
  /** Whether nothing of the group is left. */
  remove(): Promise<boolean>;
};

export type CommitPoint = { readonly topic: string; readonly partition: number; readonly offset: string };

export type OwnGroup = {
  readonly groupId: string;
  readonly topic: string;
  readonly partitions: readonly number[];
  readonly client: JavaClient;
  /** What to grant where the group is refused. */
  readonly groupHint: string;
  readonly topicHint: string;
};

const MEMBER_ID_REQUIRED = 79;
/** What a Java consumer offers first (ConsumerConfig: partition.assignment.strategy); the leader, which we are, assigns. */
const ASSIGNOR = 'range';

/** JoinGroup, in two rounds where the broker wants the member id first (KIP-394), then SyncGroup as the leader of one member. */
export async function joinGroup(coordinator: KafkaConnection, own: OwnGroup): Promise<Membership> {
  const { groupId, topic, partitions, client, groupHint, topicHint } = own;
  const join = (memberId: string) =>
    coordinator.ask(API.JoinGroup, {
      groupId,
      memberId,
      sessionTimeout: client.sessionTimeoutMs,
      rebalanceTimeout: client.maxPollIntervalMs,
      protocolType: 'consumer',
      groupProtocols: [{ name: ASSIGNOR, metadata: MemberMetadata.encode({ version: 0, topics: [topic] }) }],
    });
  const first = await join('');
  const joined = first.errorCode === MEMBER_ID_REQUIRED ? await join(first.memberId) : first;
  refuseUnless0('JoinGroup', joined.errorCode, groupHint);
  const { memberId, generationId } = joined;

  const membership: Membership = {
    async heartbeat() {
      const { errorCode } = await coordinator.ask(API.Heartbeat, {
        groupId,
        memberId,
        groupGenerationId: generationId,
      });
      refuseUnless0('Heartbeat', errorCode, groupHint);
    },
    async commitAndReadBack(at) {
      await commit(coordinator, { groupId, memberId, groupGenerationId: generationId }, at, topicHint);
      await readBack(coordinator, groupId, at);
    },
    seenFrom: async () => addressOf(await clientHost(coordinator, groupId, memberId)),
    async leave() {
      const { errorCode, members = [] } = await coordinator.ask(API.LeaveGroup, { groupId, memberId });
      refuseUnless0('LeaveGroup', errorCode || (members[0]?.errorCode ?? 0), groupHint);
    },
    async remove() {
      if (!coordinator.has(API.DeleteGroups)) return false;
      const { results } = await coordinator.ask(API.DeleteGroups, [groupId]);
      return results[0]?.errorCode === 0;
    },
  };
  await leavingOnError(membership, async () => {
    const memberAssignment = MemberAssignment.encode({ version: 0, assignment: { [topic]: partitions } });
    const synced = await coordinator.ask(API.SyncGroup, {
      groupId,
      memberId,
      generationId,
      groupAssignment: [{ memberId, memberAssignment }],
    });
    refuseUnless0('SyncGroup', synced.errorCode, groupHint);
  });
  return membership;
}

/** A coordinator that does not answer is not waited for longer. */
const FAREWELL_MS = 1_000;

/** A refused request leaves the connection standing, and a member that only vanished would be kept until its session times out. */
export async function leavingOnError<T>(member: Membership, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    await farewell(member);
    throw error;
  }
}

async function farewell(member: Membership): Promise<void> {
  const left = member.leave().catch(() => {});
  const gone = left.then(() => member.remove()).catch(() => {});
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<void>((done) => {
    timer = setTimeout(done, FAREWELL_MS);
  });
  await Promise.race([gone, late]);
  clearTimeout(timer);
}

type Member = { readonly groupId: string; readonly memberId: string; readonly groupGenerationId: number };

async function commit(coordinator: KafkaConnection, member: Member, at: CommitPoint, hint: string): Promise<void> {
  const { topic, partition, offset } = at;
  const { responses } = await coordinator.ask(API.OffsetCommit, {
    ...member,
    topics: [{ topic, partitions: [{ partition, offset }] }],
  });
  const committed = responses[0]?.partitions[0];
  if (committed === undefined) throw new ProtocolViolation('the answer to OffsetCommit does not name the partition');
  refuseUnless0('OffsetCommit', committed.errorCode, hint);
}

async function readBack(coordinator: KafkaConnection, groupId: string, at: CommitPoint): Promise<void> {
  const { topic, partition, offset } = at;
  const fetched = await coordinator.ask(API.OffsetFetch, { groupId, topics: [{ topic, partitions: [{ partition }] }] });
  const found = fetched.responses[0]?.partitions[0];
  refuseUnless0('OffsetFetch', (fetched.errorCode ?? 0) || (found?.errorCode ?? 0));
  if (found?.offset !== offset) throw new ProtocolViolation('OffsetFetch gives another offset than was committed');
}

async function clientHost(coordinator: KafkaConnection, groupId: string, memberId: string): Promise<string | null> {
  const { groups } = await coordinator.ask(API.DescribeGroups, { groupIds: [groupId] });
  const [group] = groups;
  if (group === undefined) throw new ProtocolViolation('the answer to DescribeGroups does not name the group');
  // no consumer asks this: what is refused here is known of no workload, and the address is then not seen
  if (group.errorCode !== 0) return null;
  return group.members.find((member) => member.memberId === memberId)?.clientHost ?? null;
}

/** Java writes an InetAddress as `name/address`, the name mostly empty, and IPv6 without its short form. */
function addressOf(host: string | null): string | null {
  const text = host?.slice(host.lastIndexOf('/') + 1) ?? '';
  return ipaddr.isValid(text) ? ipaddr.process(text).toString() : null;
}
