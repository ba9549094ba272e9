import { randomBytes } from 'node:crypto';
import type { AttemptHandle } from '../../src/model/probe.ts';
import { GROUP_PREFIX } from './acl.ts';
import { type Cluster, coordinatorOf } from './cluster.ts';
import { type CommitPoint, joinGroup, leavingOnError, type Membership, type OwnGroup } from './membership.ts';
import type { Prepared } from './prepare.ts';
import type { Observation } from './probe.ts';
import { type Reached, reachAdvertised } from './reach.ts';
import { BrokerRefusal } from './refusals.ts';

export { leavingOnError };

type Stand = {
  readonly prepared: Prepared;
  readonly bootstrap: Reached;
  readonly cluster: Cluster;
  /** The end of one partition; null where no broker leads one. */
  readonly end: CommitPoint | null;
};

type Outcome = Pick<Observation, 'coordinator' | 'group'>;

const HEARTBEATS = 3;

/** The coordinator of a group of our own, and, where the attempt is asked for it, a life as its only member. */
export async function attemptGroup(at: AttemptHandle, { prepared, bootstrap, cluster, end }: Stand): Promise<Outcome> {
  const own = ownGroup(at, prepared, cluster);
  const found = await at.stage('request', () => coordinatorOf(bootstrap, own.groupId, own.groupHint), bootstrap.server);
  if (found instanceof BrokerRefusal) {
    // a permission for our own group that the workload does not need: no failure of what it does need
    if (at.part === null) return { coordinator: 'not-authorized', group: 'not-tried' };
    at.beginPart();
    return at.stage('authorize', () => Promise.reject(found), bootstrap.server);
  }
  const coordinator = await reachAdvertised(at, found, prepared.how);
  if (at.part === null) return { coordinator: 'reached', group: 'not-tried' };
  at.beginPart();
  return at.stage(
    'authorize',
    async () => {
      const startedMs = performance.now();
      const member = await joinGroup(coordinator, own);
      at.measure('joinMs', performance.now() - startedMs);
      await leavingOnError(member, async () => {
        await live(at, member, end);
        await member.leave();
      });
      return { coordinator: 'reached', group: (await member.remove()) ? 'deleted' : 'left' };
    },
    coordinator.server,
  );
}

/** Of its own: two targets of a run may be one cluster, and no two of our members are ever to meet. */
export function ownGroup(at: AttemptHandle, prepared: Prepared, cluster: Cluster): OwnGroup {
  return {
    groupId: `${GROUP_PREFIX}${at.run}-${randomBytes(4).toString('hex')}`,
    topic: prepared.topic,
    partitions: cluster.partitions.map(({ index }) => index),
    client: prepared.how.client,
    groupHint: prepared.hints.group,
    topicHint: prepared.hints.topic,
  };
}

async function live(at: AttemptHandle, member: Membership, end: CommitPoint | null): Promise<void> {
  let slowestMs = 0;
  for (let beat = 0; beat < HEARTBEATS; beat += 1) {
    const startedMs = performance.now();
    await member.heartbeat();
    slowestMs = Math.max(slowestMs, performance.now() - startedMs);
  }
  at.measure('heartbeatMs', slowestMs);
  if (end !== null) await member.commitAndReadBack(end);
  const egress = await member.seenFrom();
  if (egress !== null) at.saw({ egress });
}
