// What is used of kafkajs 2.2.4 below its public surface: the codecs of the protocol and the SCRAM client. The version is pinned and
// frozen (docs/decisions/011).

declare module 'kafkajs/src/protocol/requests/index.js' {
  import type { Buffer } from 'node:buffer';

  export type EncodedRequest = {
    readonly apiKey: number;
    readonly apiVersion: number;
    readonly apiName: string;
    encode(): Promise<unknown>;
  };
  export type Codec<Fields, Answer> = {
    readonly versions: readonly string[];
    protocol(of: { readonly version: number }): (fields: Fields) => {
      readonly request: EncodedRequest;
      readonly response: { decode(payload: Buffer): Promise<Answer> };
    };
  };
  type OfTopic<Partition> = { readonly topic: string; readonly partitions: readonly Partition[] };
  type Coded = { readonly errorCode: number };
  type CodedPartition = Coded & { readonly partition: number };
  type OfMember = { readonly groupId: string; readonly memberId: string };

  export const requests: {
    readonly ApiVersions: Codec<
      undefined,
      Coded & {
        readonly apiVersions: readonly {
          readonly apiKey: number;
          readonly minVersion: number;
          readonly maxVersion: number;
        }[];
      }
    >;
    readonly SaslHandshake: Codec<
      { readonly mechanism: string },
      Coded & { readonly enabledMechanisms: readonly string[] }
    >;
    readonly SaslAuthenticate: Codec<
      { readonly authBytes: Buffer },
      Coded & { readonly errorMessage: string | null; readonly authBytes: Buffer; readonly sessionLifetimeMs?: string }
    >;
    readonly Metadata: Codec<
      { readonly topics: readonly string[]; readonly allowAutoTopicCreation: boolean },
      {
        readonly brokers: readonly { readonly nodeId: number; readonly host: string; readonly port: number }[];
        readonly clusterId: string | null;
        readonly topicMetadata: readonly {
          readonly topicErrorCode: number;
          readonly partitionMetadata: readonly {
            readonly partitionErrorCode: number;
            readonly partitionId: number;
            readonly leader: number;
          }[];
        }[];
      }
    >;
    readonly GroupCoordinator: Codec<
      { readonly groupId: string },
      Coded & { readonly coordinator: { readonly host: string; readonly port: number } }
    >;
    readonly JoinGroup: Codec<
      {
        readonly groupId: string;
        readonly sessionTimeout: number;
        readonly rebalanceTimeout: number;
        readonly memberId: string;
        readonly protocolType: string;
        readonly groupProtocols: readonly { readonly name: string; readonly metadata: Buffer }[];
      },
      Coded & { readonly generationId: number; readonly memberId: string }
    >;
    readonly SyncGroup: Codec<
      OfMember & {
        readonly generationId: number;
        readonly groupAssignment: readonly { readonly memberId: string; readonly memberAssignment: Buffer }[];
      },
      Coded
    >;
    readonly Heartbeat: Codec<OfMember & { readonly groupGenerationId: number }, Coded>;
    readonly LeaveGroup: Codec<OfMember, Coded & { readonly members?: readonly Coded[] }>;
    readonly OffsetCommit: Codec<
      OfMember & {
        readonly groupGenerationId: number;
        readonly topics: readonly OfTopic<{ readonly partition: number; readonly offset: string }>[];
      },
      { readonly responses: readonly OfTopic<CodedPartition>[] }
    >;
    readonly OffsetFetch: Codec<
      { readonly groupId: string; readonly topics: readonly OfTopic<{ readonly partition: number }>[] },
      {
        readonly errorCode?: number;
        readonly responses: readonly OfTopic<CodedPartition & { readonly offset: string }>[];
      }
    >;
    readonly DescribeGroups: Codec<
      { readonly groupIds: readonly string[] },
      {
        readonly groups: readonly (Coded & {
          readonly members: readonly { readonly memberId: string; readonly clientHost: string }[];
        })[];
      }
    >;
    readonly DeleteGroups: Codec<readonly string[], { readonly results: readonly Coded[] }>;
    readonly ListOffsets: Codec<
      { readonly topics: readonly OfTopic<{ readonly partition: number; readonly timestamp: number }>[] },
      { readonly responses: readonly OfTopic<CodedPartition & { readonly offset: string }>[] }
    >;
    readonly Fetch: Codec<
      {
        readonly maxWaitTime: number;
        readonly minBytes: number;
        readonly maxBytes: number;
        readonly rackId: string;
        readonly topics: readonly OfTopic<{
          readonly partition: number;
          readonly fetchOffset: string;
          readonly maxBytes: number;
        }>[];
      },
      never
    >;
  };
}

declare module 'kafkajs/src/protocol/request.js' {
  import type { Buffer } from 'node:buffer';
  import type { EncodedRequest } from 'kafkajs/src/protocol/requests/index.js';

  function createRequest(of: {
    readonly correlationId: number;
    readonly clientId: string;
    readonly request: EncodedRequest;
  }): Promise<{ readonly buffer: Buffer }>;
  export = createRequest;
}

declare module 'kafkajs/src/protocol/error.js' {
  export const errorCodes: readonly { readonly code: number; readonly type: string }[];
}

declare module 'kafkajs/src/consumer/assignerProtocol.js' {
  import type { Buffer } from 'node:buffer';
  export const MemberMetadata: { encode(of: { readonly version: number; readonly topics: readonly string[] }): Buffer };
  export const MemberAssignment: {
    encode(of: { readonly version: number; readonly assignment: Readonly<Record<string, readonly number[]>> }): Buffer;
  };
}

declare module 'kafkajs/src/broker/saslAuthenticator/scram.js' {
  import type { Buffer } from 'node:buffer';
  export const DIGESTS: { readonly SHA256: object; readonly SHA512: object };
  type Exchange = {
    readonly request: { encode(): Promise<Buffer> };
    readonly response: { decode(token: Buffer): Promise<unknown>; parse(decoded: unknown): Promise<unknown> };
  };
  export class SCRAM {
    constructor(
      sasl: { readonly username: string; readonly password: string },
      host: string,
      port: number,
      logger: { debug(): void; error(): void },
      saslAuthenticate: (exchange: Exchange) => Promise<unknown>,
      digest: object,
    );
    authenticate(): Promise<void>;
  }
}
