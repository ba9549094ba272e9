import type { AttemptHandle } from '../../src/model/probe.ts';
import { type CertificateFacts, peerFacts } from '../../src/net/certificate.ts';
import { connect } from '../../src/net/connect.ts';
import { type HttpRequest, type HttpResponse, openHttp } from '../../src/net/http.ts';
import { type Address, hostPort, resolve } from '../../src/net/resolve.ts';
import { startTls } from '../../src/net/tls.ts';
import { hostOf, portOf } from './place.ts';
import type { StorageSettings } from './settings.ts';

/** A page of a thousand names, of the longest that there are. */
const MOST_BODY_BYTES = 4 * 1_024 * 1_024;

type Message = {
  readonly url: URL;
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | undefined;
};

/** The connection of an attempt: a client library makes the requests, and every one of them goes this way. */
export type Wire = {
  readonly server: string;
  readonly certificate: CertificateFacts | null;
  /** Opens another connection where the server has ended the last one, as HTTP/1.1 lets it after any answer. Outside every stage. */
  ready(): Promise<void>;
  send(message: Message, signal: AbortSignal): Promise<HttpResponse>;
};

export async function openWire(at: AttemptHandle, base: URL, settings: Pick<StorageSettings, 'ca'>): Promise<Wire> {
  const host = hostOf(base);
  const server = hostPort(host, portOf(base));
  const addresses = await resolve(at, host, portOf(base), server);
  const reach = { addresses, host, base, ...settings };
  let line = await openLine(at, reach);
  return {
    server: line.server,
    certificate: line.certificate,
    async ready() {
      if (!line.isOver()) return;
      await at.admit(server);
      line = await openLine(at, reach);
    },
    async send({ url, method, headers, body }, signal) {
      if (url.origin !== base.origin) throw new Error(`a request to ${url.host} on a connection to ${base.host}`);
      return await line.send(
        {
          url,
          method: methodOf(method),
          headers: withoutOurs(headers),
          ...(body === undefined ? {} : { body }),
          mostBodyBytes: MOST_BODY_BYTES,
          read: (response) => response,
        },
        signal,
      );
    },
  };
}

type Reach = Pick<StorageSettings, 'ca'> & {
  readonly addresses: readonly Address[];
  readonly host: string;
  readonly base: URL;
};

async function openLine(at: AttemptHandle, { addresses, host, base, ca }: Reach) {
  const { socket, server } = await connect(at, addresses, 'system');
  const trusted = ca === undefined ? {} : { ca: ca.bytes };
  const secured =
    base.protocol === 'https:'
      ? await startTls(at, socket, { host, ALPNProtocols: ['http/1.1'], ...trusted }, server)
      : null;
  const stream = secured ?? socket;
  const http = openHttp(at, stream, base.origin);
  return {
    server,
    certificate: secured === null ? null : peerFacts(secured),
    // undici ends the connection as soon as the server says that it will
    isOver: (): boolean => stream.destroyed || stream.readableEnded,
    send: (request: HttpRequest<HttpResponse>, signal: AbortSignal) => http.send(request, signal),
  };
}

const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'DELETE'] as const satisfies readonly HttpRequest<unknown>['method'][];

function methodOf(method: string): HttpRequest<unknown>['method'] {
  const known = METHODS.find((each) => each === method);
  if (known === undefined) throw new Error(`no request of ours is a ${method}`);
  return known;
}

/** Neither is signed. We log in by our own name, and unpack nothing. */
const OURS: ReadonlySet<string> = new Set(['user-agent', 'accept-encoding']);

const withoutOurs = (headers: Readonly<Record<string, string>>): Readonly<Record<string, string>> =>
  Object.fromEntries(Object.entries(headers).filter(([name]) => !OURS.has(name.toLowerCase())));

/** The headers of an answer as client libraries take them. */
export function plainHeaders({ headers }: Pick<HttpResponse, 'headers'>): Record<string, string> {
  const plain = Object.entries(headers).flatMap(([name, value]) =>
    value === undefined ? [] : [[name, typeof value === 'string' ? value : value.join(', ')] as const],
  );
  return Object.fromEntries(plain);
}
