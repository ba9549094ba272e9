import type { Socket } from 'node:net';
import { Client, errors } from 'undici';
import type { AttemptHandle, Classified } from '../model/probe.ts';
import type { StageName } from '../model/stages.ts';
import { classifySocketError, codeOf, detailOf } from './causes.ts';
import { firstErrorOf } from './first-error.ts';
import { PeerClosed } from './stay.ts';

export type HttpRequest<T> = {
  readonly url: URL;
  readonly method: 'GET' | 'POST';
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
  /** The rest of a longer body is not read. */
  readonly mostBodyBytes: number;
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
  return at.stage('request', (signal) => overSocket(at, socket, request, signal), server);
}

async function overSocket<T>(at: AttemptHandle, socket: Socket, request: HttpRequest<T>, signal: AbortSignal) {
  const { url, method, headers, body, mostBodyBytes, read } = request;
  // undici waits for events of the socket, and those of a dead one have passed.
  if (socket.destroyed) throw firstErrorOf(socket) ?? new PeerClosed();
  // The deadline is the stage's alone.
  const client = new Client(url.origin, {
    connect: onlyOnce(socket),
    headersTimeout: 0,
    bodyTimeout: 0,
  });
  at.defer(() => void client.destroy());
  try {
    const path = `${url.pathname}${url.search}`;
    const response = await client.request({
      method,
      path,
      headers: { 'user-agent': at.clientName, ...headers },
      body: body ?? null,
      signal,
    });
    const chunks: Buffer[] = [];
    let length = 0;
    for await (const chunk of response.body) {
      chunks.push(chunk);
      length += chunk.length;
      if (length >= mostBodyBytes) break;
    }
    const text = Buffer.concat(chunks).subarray(0, mostBodyBytes).toString('utf8');
    return read({ status: response.statusCode, headers: response.headers, body: text });
  } catch (error) {
    throw met(error, socket);
  }
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
