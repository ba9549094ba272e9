import type { AttemptHandle, Client } from '../../src/model/probe.ts';
import { hostPort } from '../../src/net/resolve.ts';
import { classify } from './causes.ts';
import { type Cluster, metadataOf } from './cluster.ts';
import { attemptGroup } from './group.ts';
import { hold } from './hold.ts';
import { readLogEnd } from './log-end.ts';
import type { CommitPoint } from './membership.ts';
import { type Prepared, prepare } from './prepare.ts';
import type { Observation } from './probe.ts';
import { reachAdvertised, reachBootstrap } from './reach.ts';
import type { KafkaSettings } from './settings.ts';

export const client: Client<KafkaSettings, Observation> = {
  async attempt(settings, at) {
    // the Java client sets SO_KEEPALIVE and leaves its times to the operating system (Selector.java)
    const prepared = await prepare(settings, at, 'system');
    const { topic, hints } = prepared;
    const bootstrap = await reachBootstrap(at, prepared.how);
    const cluster = await at.stage('request', () => metadataOf(bootstrap, topic, hints.topic), bootstrap.server);
    const end = await visitBrokers(at, cluster, prepared);
    const group =
      settings.mode === 'consumer-group'
        ? await attemptGroup(at, { prepared, bootstrap, cluster, end })
        : ({ coordinator: 'not-used', group: 'not-tried' } as const);
    return {
      clusterId: cluster.clusterId,
      brokers: cluster.brokers.map(({ host, port }) => hostPort(host, port)),
      partitions: cluster.partitions.length,
      tlsProtocol: bootstrap.tlsProtocol,
      sessionLifetimeMs: bootstrap.sessionLifetimeMs,
      ...group,
    };
  },

  hold,
  classify,
};

/** Every broker that the cluster advertises, each on a connection of its own; a leader also shows the end of a partition. */
async function visitBrokers(at: AttemptHandle, cluster: Cluster, prepared: Prepared): Promise<CommitPoint | null> {
  const { how, topic, hints } = prepared;
  let end: CommitPoint | null = null;
  for (const broker of cluster.brokers) {
    const connection = await reachAdvertised(at, broker, how);
    const led = cluster.partitions.find(({ leader }) => leader === broker.nodeId);
    if (led === undefined) continue;
    const partition = { topic, index: led.index, hint: hints.topic };
    const offset = await at.stage('request', () => readLogEnd(connection, partition), connection.server);
    end ??= { topic, partition: led.index, offset };
  }
  return end;
}
