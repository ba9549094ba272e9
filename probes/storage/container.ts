import { Buffer } from 'node:buffer';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import {
  ContainerClient,
  type HttpHeaders,
  type HttpOperationResponse,
  type IHttpClient,
  RestError,
  StorageSharedKeyCredential,
  type WebResource,
} from '@azure/storage-blob';
import type { AttemptHandle } from '../../src/model/probe.ts';
import { refusedBy } from './causes.ts';
import { containerUrl } from './place.ts';
import type { ContainerPlace, StorageSettings } from './settings.ts';
import { MOST_LISTED, type Open, type Store } from './store.ts';
import { openWire, plainHeaders, type Wire } from './wire.ts';

export const openContainer: Open<ContainerPlace> = async (place, settings, at) => {
  const url = containerUrl(place, settings);
  const wire = await openWire(at, url, settings);
  const client = clientOver(httpOver(wire, at), url, { ...settings, ...place });
  return { ...wire, store: storeIn(client, place) };
};

type Account = Pick<ContainerPlace, 'account'> & Pick<StorageSettings, 'accountKey' | 'sasToken'>;

function clientOver(httpClient: IHttpClient, url: URL, { account, accountKey, sasToken }: Account): ContainerClient {
  const options = { httpClient, retryOptions: { maxTries: 1 } };
  if (accountKey !== undefined)
    return new ContainerClient(url.href, new StorageSharedKeyCredential(account, accountKey), options);
  return new ContainerClient(`${url.href}?${(sasToken ?? '').replace(/^\?/, '')}`, undefined, options);
}

function httpOver(wire: Wire, at: AttemptHandle): IHttpClient {
  return {
    async sendRequest(request): Promise<HttpOperationResponse> {
      const { url, method, headers, abortSignal } = request;
      const signal = abortSignal instanceof AbortSignal ? abortSignal : at.signal;
      const message = { url: new URL(url), method, headers: headers.rawHeaders(), body: textOf(request) };
      const answer = await wire.send(message, signal);
      const isStream = request.streamResponseStatusCodes?.has(answer.status) === true;
      return {
        request,
        status: answer.status,
        headers: refilled(headers.clone(), plainHeaders(answer)),
        ...(isStream ? { readableStreamBody: Readable.from([Buffer.from(answer.body)]) } : { bodyAsText: answer.body }),
      };
    },
  };
}

/** The library exports no way to make headers, only to copy some. */
function refilled(headers: HttpHeaders, entries: Readonly<Record<string, string>>): HttpHeaders {
  for (const name of headers.headerNames()) headers.remove(name);
  for (const [name, value] of Object.entries(entries)) headers.set(name, value);
  return headers;
}

/** All that we send is text. */
function textOf({ body }: Pick<WebResource, 'body'>): string | undefined {
  if (body === undefined || body === null) return undefined;
  if (typeof body === 'string') return body;
  if (body instanceof Uint8Array) return Buffer.from(body).toString('utf8');
  throw new Error('a request of ours has a body that is no text');
}

function storeIn(client: ContainerClient, { prefix }: ContainerPlace): Store {
  const blob = (name: string) => client.getBlockBlobClient(`${prefix}${name}`);
  return {
    async write(name, bytes, signal) {
      await blob(name)
        .upload(bytes, bytes.length, { abortSignal: signal, blobHTTPHeaders: { blobContentType: 'text/plain' } })
        .catch(refusedBy('abfss', 'write'));
    },
    async read(name, signal) {
      const got = await blob(name)
        .download(undefined, undefined, { abortSignal: signal })
        .catch(orNull)
        .catch(refusedBy('abfss', 'read'));
      if (got === null) return null;
      return got.readableStreamBody === undefined ? Buffer.alloc(0) : await buffer(got.readableStreamBody);
    },
    async list(beginning, signal) {
      const pages = client
        .listBlobsFlat({ prefix: `${prefix}${beginning}`, abortSignal: signal })
        .byPage({ maxPageSize: MOST_LISTED });
      const page = await pages.next().catch(refusedBy('abfss', 'list'));
      if (page.done === true) return [];
      return page.value.segment.blobItems.map(({ name, properties }) => ({
        name: name.slice(prefix.length),
        bytes: properties.contentLength ?? 0,
        modifiedMs: properties.lastModified.getTime(),
      }));
    },
    async remove(name, signal) {
      await blob(name).delete({ abortSignal: signal }).catch(orNull).catch(refusedBy('abfss', 'delete'));
    },
  };
}

/** Another run may have been quicker to delete it. */
function orNull(error: unknown): null {
  if (error instanceof RestError && error.code === 'BlobNotFound') return null;
  throw error;
}
