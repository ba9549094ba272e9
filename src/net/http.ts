import type { Socket } from 'node:net';
import { Client, errors } from 'undici';
import type { AttemptHandle, Classified } from '../model/probe.ts';
import type { StageName } from '../model/stages.ts';
import { classifySocketError, codeOf, detailOf } from './causes.ts';
import { firstErrorOf } from './first-error.ts';
import { PeerClosed } from './stay.ts';

export type HttpRequest<T> = {
  readonly url: URL;
  readonly method: 'GET' | 'HEAD' | 'POST' | 'PUT' | 'DELETE';
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
  /** So much of the body is kept for `read`. */
  readonly mostBodyBytes: number;
  /** The rest of a longer body ends the connection unread, unless it is to be used again. */
  readonly rest?: 'unread' | 'dropped';
  /** Takes what is wanted from the response; what it throws fails the stage. */
  read(response: HttpResponse): T;
};

export type HttpResponse = {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  readonly body: string;
};

/** Stage `request`: one HTTP/1.1 exchange over a connection that stands already, plain or TLS. No redirect is followed. */
export function exchange<T>(at: AttemptHandle, socket: Socket, request: HttpRequest<T>, server?: string): Promise<T> {
  return at.stage('request', (signal) => openHttp(at, socket, request.url.origin).send(request, signal), server);
}

export type HttpConnection = { send<T>(request: HttpRequest<T>, signal: AbortSignal): Promise<T> };

/** HTTP/1.1 over this one connection, one exchange after another: never a second connection, never a retry. */
export function openHttp(at: AttemptHandle, socket: Socket, origin: string): HttpConnection {
  const client = new Client(origin, {
    connect: onlyOnce(socket),
    // Deadlines are the stages' alone, and how long a connection may idle is what a hold is to find out.
    headersTimeout: 0,
    bodyTimeout: 0,
    keepAliveTimeout: LONGEST_TIMER_MS,
    keepAliveMaxTimeout: LONGEST_TIMER_MS,
    keepAliveTimeoutThreshold: -LONGEST_TIMER_MS,
  });
  at.defer(() => void client.destroy());
  return {
    async send(request, signal) {
      // undici waits for events of the socket, and those of a dead one have passed.
      if (socket.destroyed) throw firstErrorOf(socket) ?? new PeerClosed();
      const { url, method, headers, body } = request;
      try {
        const response = await client.request({
          method,
          path: `${url.pathname}${url.search}`,
          headers: { 'user-agent': at.clientName, ...headers },
          body: body ?? null,
          signal,
        });
        const text = await bodyOf(response.body, request);
        return request.read({ status: response.statusCode, headers: response.headers, body: text });
      } catch (error) {
        throw met(error, socket);
      }
    },
  };
}

const LONGEST_TIMER_MS = 2 ** 31 - 1;

async function bodyOf(body: AsyncIterable<Uint8Array>, { mostBodyBytes, rest }: HttpRequest<unknown>): Promise<string> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of body) {
    if (length < mostBodyBytes) chunks.push(chunk);
    length += chunk.length;
    if (length >= mostBodyBytes && rest !== 'dropped') break;
  }
  return Buffer.concat(chunks).subarray(0, mostBodyBytes).toString('utf8');
}

/** undici says "other side closed" also where the socket itself had an alert or a reset to tell. */
function met(error: unknown, socket: Socket): unknown {
  if (codeOf(error) !== 'UND_ERR_SOCKET') return error;
  const first = firstErrorOf(socket);
  return first === null || codeOf(first) === 'UND_ERR_SOCKET' ? new PeerClosed() : first;
}

/** Asked again, undici has lost the connection and would open another one unseen. */
function onlyOnce(socket: Socket): NonNullable<Client.Options['connect']> {
  let isGiven = false;
  return (_options, callback) => {
    const answer: [null, Socket] | [Error, null] = isGiven ? [new PeerClosed(), null] : [null, socket];
    isGiven = true;
    // Within this very call undici would not take it.
    queueMicrotask(() => callback(...answer));
  };
}

/** What an error of an HTTP exchange is, or of the socket beneath it. */
export function classifyHttpError(error: unknown, stage: StageName): Classified | 'defect' {
  const code = codeOf(error);
  // The parser's errors carry a code of llhttp only where it has one.
  if (error instanceof errors.HTTPParserError || UNREADABLE.has(code ?? ''))
    return { cause: 'protocol-violation', code, number: null, detail: detailOf(error) };
  return classifySocketError(error, stage);
}

const UNREADABLE: ReadonlySet<string> = new Set(['UND_ERR_HEADERS_OVERFLOW', 'UND_ERR_RES_CONTENT_LENGTH_MISMATCH']);
