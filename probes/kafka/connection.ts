import type { Buffer } from 'node:buffer';
import type { Socket } from 'node:net';
import createRequest from 'kafkajs/src/protocol/request.js';
import type { EncodedRequest } from 'kafkajs/src/protocol/requests/index.js';
import { type AnyApi, API, type Api } from './apis.ts';
import { exchangeOver } from './exchange.ts';
import { BrokerRefusal, ProtocolViolation, VersionUnsupported } from './refusals.ts';

/** One socket to one broker: no pool, no queue, no retry, one request at a time. */
export type KafkaConnection = {
  readonly socket: Socket;
  /** The broker as it was told to us: host:port. */
  readonly server: string;
  /** Learns the versions of the broker, before anything else is asked (KIP-35), and that both sides share one of all these. */
  negotiate(needed: readonly AnyApi[]): Promise<void>;
  has(api: AnyApi): boolean;
  ask<Fields, Answer>(api: Api<Fields, Answer>, fields: Fields): Promise<Answer>;
  /** For the one API whose codec would also decode records. */
  askBare<Fields>(
    api: Api<Fields, unknown>,
    fields: Fields,
  ): Promise<{ readonly payload: Buffer; readonly version: number }>;
};

type VersionRange = { readonly minVersion: number; readonly maxVersion: number };
type Announced = ReadonlyMap<number, VersionRange>;

export function converse(socket: Socket, server: string, clientId: string): KafkaConnection {
  const exchange = exchangeOver(socket);
  let correlationId = 0;
  let announced: Announced = new Map();

  async function send(request: EncodedRequest): Promise<Buffer> {
    correlationId += 1;
    const answer = await exchange((await createRequest({ correlationId, clientId, request })).buffer);
    if (answer.length < 4 || answer.readInt32BE(0) !== correlationId)
      throw new ProtocolViolation(`the answer to ${request.apiName} carries another correlation id`);
    return answer.subarray(4);
  }

  async function askVersion<Fields, Answer>(
    api: Api<Fields, Answer>,
    fields: Fields,
    version: number,
  ): Promise<Answer> {
    const { request, response } = api.codec.protocol({ version })(fields);
    return decoded(api.name, response.decode(await send(request)));
  }

  return {
    socket,
    server,
    async negotiate(needed) {
      announced = await announcement((version) => askVersion(API.ApiVersions, undefined, version));
      for (const api of needed) versionOf(api, announced);
    },
    has: ({ key }) => announced.has(key),
    ask: (api, fields) => askVersion(api, fields, versionOf(api, announced)),
    async askBare(api, fields) {
      const version = versionOf(api, announced);
      return { payload: await send(api.codec.protocol({ version })(fields).request), version };
    },
  };
}

type ApiVersions = typeof API.ApiVersions extends Api<never, infer Answer> ? Answer : never;

/** A broker before 2.0 answers our version with error 35, and is asked again in v0 (KIP-35). */
async function announcement(ask: (version: number) => Promise<ApiVersions>): Promise<Announced> {
  const newest = await ask(2).catch((error: unknown) => {
    if (error instanceof VersionUnsupported) return null;
    throw error;
  });
  const { errorCode, apiVersions } = newest ?? (await ask(0));
  if (errorCode !== 0) throw new BrokerRefusal('ApiVersions', errorCode);
  return new Map(apiVersions.map(({ apiKey, ...range }) => [apiKey, range]));
}

/** The newest version that both sides have. kafkajs itself heeds only the broker's maximum, and brokers raise their minima (KIP-896). */
function versionOf({ name, key, codec, least }: AnyApi, announced: Announced): number {
  const range = announced.get(key);
  if (range === undefined) throw new VersionUnsupported(`the broker does not offer ${name}`);
  const spoken = codec.versions.map(Number).filter((version) => version >= least);
  const newest = Math.max(...spoken.filter((version) => version <= range.maxVersion));
  if (newest >= range.minVersion) return newest;
  throw new VersionUnsupported(
    `${name}: the broker offers the versions ${range.minVersion} to ${range.maxVersion}, this client ${Math.min(...spoken)} to ${Math.max(...spoken)}`,
  );
}

const UNSUPPORTED_VERSION = 35;

/** The codecs throw on error 35, and on bytes that end too early; other error codes are the caller's to judge. */
async function decoded<Answer>(api: string, answer: Promise<Answer>): Promise<Answer> {
  try {
    return await answer;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === UNSUPPORTED_VERSION)
      throw new VersionUnsupported(`${api}: the broker refuses the version`);
    throw new ProtocolViolation(`the answer to ${api} cannot be read`, { cause: error });
  }
}
