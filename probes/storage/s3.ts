import { Buffer } from 'node:buffer';
import { Readable } from 'node:stream';
import {
  DeleteObjectCommand,
  GetObjectCommand,
  ListObjectsV2Command,
  NoSuchKey,
  PutObjectCommand,
  S3Client,
  type S3ClientConfig,
} from '@aws-sdk/client-s3';
import type { AttemptHandle } from '../../src/model/probe.ts';
import { refusedBy } from './causes.ts';
import { bucketOrigin, isPathStyle, regionOf, s3Endpoint } from './place.ts';
import type { BucketPlace, StorageSettings } from './settings.ts';
import { MOST_LISTED, type Open, type Store } from './store.ts';
import { openWire, plainHeaders, type Wire } from './wire.ts';

export const openBucket: Open<BucketPlace> = async (place, settings, at) => {
  const wire = await openWire(at, bucketOrigin(place, settings), settings);
  const client = new S3Client(configOf(place, settings, handlerOver(wire, at)));
  at.defer(() => client.destroy());
  return { ...wire, store: storeIn(client, place) };
};

type Handler = Extract<S3ClientConfig['requestHandler'], { httpHandlerConfigs(): unknown }>;

/** What is not said here the library would look for in its own variables and files of this machine. */
function configOf(place: BucketPlace, settings: StorageSettings, requestHandler: Handler): S3ClientConfig {
  const { accessKeyId = '', secretAccessKey = '', sessionToken } = settings;
  return {
    region: regionOf(settings),
    endpoint: s3Endpoint(settings).href,
    forcePathStyle: isPathStyle(place, settings),
    credentials: { accessKeyId, secretAccessKey, ...(sessionToken === undefined ? {} : { sessionToken }) },
    requestHandler,
    maxAttempts: 1,
    retryMode: 'standard',
    defaultsMode: 'standard',
    // older services of this protocol know no other checksum than the signature's
    requestChecksumCalculation: 'WHEN_REQUIRED',
    responseChecksumValidation: 'WHEN_REQUIRED',
    expectContinueHeader: false,
    followRegionRedirects: false,
    useDualstackEndpoint: false,
    useFipsEndpoint: false,
    useAccelerateEndpoint: false,
    useArnRegion: false,
    disableMultiregionAccessPoints: true,
    disableS3ExpressSessionAuth: true,
  };
}

/** A request as the library hands it to whoever is to send it. */
type Signed = {
  readonly protocol: string;
  readonly hostname: string;
  readonly port?: number | undefined;
  readonly path: string;
  readonly query?: Readonly<Record<string, string | string[] | null>> | undefined;
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: unknown;
};
type Options = { readonly abortSignal?: unknown };

function handlerOver(wire: Wire, at: AttemptHandle): Handler {
  return {
    metadata: { handlerProtocol: 'http/1.1' },
    updateHttpClientConfig: () => {},
    httpHandlerConfigs: () => ({}),
    async handle({ protocol, hostname, port, path, query, method, headers, body }: Signed, options?: Options) {
      const origin = `${protocol}//${hostname}${port === undefined ? '' : `:${port}`}`;
      const url = new URL(`${origin}${path}${queryOf(query)}`);
      const signal = options?.abortSignal instanceof AbortSignal ? options.abortSignal : at.signal;
      const answer = await wire.send({ url, method, headers, body: textOf(body) }, signal);
      const response = {
        statusCode: answer.status,
        headers: plainHeaders(answer),
        body: Readable.from([Buffer.from(answer.body)]),
      };
      return { response };
    },
  };
}

/** As it was signed: SigV4 encodes all but the unreserved signs of RFC 3986 2.3. */
function queryOf(query: Signed['query']): string {
  const encoded = (text: string) =>
    encodeURIComponent(text).replace(/[!'()*]/g, (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`);
  const parts = Object.entries(query ?? {}).flatMap(([name, value]) => {
    if (value === null) return [encoded(name)];
    return [value].flat().map((each) => `${encoded(name)}=${encoded(each)}`);
  });
  return parts.length === 0 ? '' : `?${parts.join('&')}`;
}

/** All that we send is text. */
function textOf(body: unknown): string | undefined {
  if (body === undefined || body === null) return undefined;
  if (typeof body === 'string') return body;
  if (body instanceof Uint8Array) return Buffer.from(body).toString('utf8');
  throw new Error('a request of ours has a body that is no text');
}

function storeIn(client: S3Client, { bucket, prefix }: BucketPlace): Store {
  const object = (name: string) => ({ Bucket: bucket, Key: `${prefix}${name}` });
  return {
    async write(name, bytes, signal) {
      const put = new PutObjectCommand({ ...object(name), Body: bytes, ContentType: 'text/plain' });
      await client.send(put, { abortSignal: signal }).catch(refusedBy('s3', 'write'));
    },
    async read(name, signal) {
      const get = new GetObjectCommand(object(name));
      const got = await client.send(get, { abortSignal: signal }).catch(orNull).catch(refusedBy('s3', 'read'));
      return got === null ? null : Buffer.from((await got.Body?.transformToByteArray()) ?? []);
    },
    async list(beginning, signal) {
      const list = new ListObjectsV2Command({
        Bucket: bucket,
        Prefix: `${prefix}${beginning}`,
        MaxKeys: MOST_LISTED,
      });
      const { Contents = [] } = await client.send(list, { abortSignal: signal }).catch(refusedBy('s3', 'list'));
      return Contents.map(({ Key = '', Size = 0, LastModified }) => ({
        name: Key.slice(prefix.length),
        bytes: Size,
        modifiedMs: LastModified?.getTime() ?? 0,
      }));
    },
    async remove(name, signal) {
      const remove = new DeleteObjectCommand(object(name));
      await client.send(remove, { abortSignal: signal }).catch(refusedBy('s3', 'delete'));
    },
  };
}

/** Another run may have been quicker to delete it. */
function orNull(error: unknown): null {
  if (error instanceof NoSuchKey) return null;
  throw error;
}
