import type { AttemptHandle } from '../../src/model/probe.ts';
import type { Keepalive } from '../../src/net/connect.ts';
import { aclLines } from './acl.ts';
import { type AnyApi, API } from './apis.ts';
import type { How } from './reach.ts';
import { javaClientOf, type KafkaSettings } from './settings.ts';
import { tlsMaterial } from './trust.ts';

export type Prepared = {
  readonly how: How;
  readonly topic: string;
  /** What to grant where something is refused. */
  readonly hints: { readonly topic: string; readonly group: string };
};

const READS: readonly AnyApi[] = [API.Metadata, API.ListOffsets, API.Fetch];
const LOGS_IN: readonly AnyApi[] = [API.SaslHandshake, API.SaslAuthenticate];
const JOINS: readonly AnyApi[] = [
  API.FindCoordinator,
  API.JoinGroup,
  API.SyncGroup,
  API.Heartbeat,
  API.OffsetCommit,
  API.OffsetFetch,
  API.DescribeGroups,
  API.LeaveGroup,
];

/** What all connections of an attempt have in common. */
export async function prepare(settings: KafkaSettings, at: AttemptHandle, keepalive: Keepalive): Promise<Prepared> {
  const { topic, mode } = settings;
  const client = javaClientOf(settings);
  const needed = [...READS, ...(client.sasl === null ? [] : LOGS_IN), ...(mode === 'consumer-group' ? JOINS : [])];
  // a store that is not there, or cannot be opened, is what the real client would meet too
  const tls = client.usesTls
    ? await tlsMaterial(settings, client).catch((error: unknown) => at.stage('tls', () => Promise.reject(error)))
    : null;
  const lines = aclLines(client, topic);
  const hints = { topic: `To grant it: ${lines.topic}`, group: `To grant it: ${lines.group}` };
  return { how: { client, tls, keepalive, needed }, topic, hints };
}
