import { type Codec, requests } from 'kafkajs/src/protocol/requests/index.js';

export type Api<Fields, Answer> = {
  readonly name: string;
  readonly key: number;
  readonly codec: Codec<Fields, Answer>;
  /** The oldest version that says all that we must say. */
  readonly least: number;
};

export type AnyApi = Pick<Api<never, unknown>, 'name' | 'key' | 'least'> & {
  readonly codec: { readonly versions: readonly string[] };
};

const api = <Fields, Answer>(name: string, key: number, codec: Codec<Fields, Answer>, least = 0) =>
  ({ name, key, codec, least }) satisfies Api<Fields, Answer>;

/** The APIs that are used, by the protocol's own names and keys (https://kafka.apache.org/protocol#protocol_api_keys). */
export const API = {
  Fetch: api('Fetch', 1, requests.Fetch, 4),
  ListOffsets: api('ListOffsets', 2, requests.ListOffsets, 1),
  // before v4 the broker might create the topic that it is asked for
  Metadata: api('Metadata', 3, requests.Metadata, 4),
  OffsetCommit: api('OffsetCommit', 8, requests.OffsetCommit, 2),
  OffsetFetch: api('OffsetFetch', 9, requests.OffsetFetch, 1),
  FindCoordinator: api('FindCoordinator', 10, requests.GroupCoordinator),
  JoinGroup: api('JoinGroup', 11, requests.JoinGroup, 1),
  Heartbeat: api('Heartbeat', 12, requests.Heartbeat),
  LeaveGroup: api('LeaveGroup', 13, requests.LeaveGroup),
  SyncGroup: api('SyncGroup', 14, requests.SyncGroup),
  DescribeGroups: api('DescribeGroups', 15, requests.DescribeGroups),
  SaslHandshake: api('SaslHandshake', 17, requests.SaslHandshake, 1),
  ApiVersions: api('ApiVersions', 18, requests.ApiVersions),
  SaslAuthenticate: api('SaslAuthenticate', 36, requests.SaslAuthenticate),
  DeleteGroups: api('DeleteGroups', 42, requests.DeleteGroups),
} as const;
