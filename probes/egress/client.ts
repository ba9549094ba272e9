import type { Socket } from 'node:net';
import type { AttemptHandle, Client } from '../../src/model/probe.ts';
import { connect } from '../../src/net/connect.ts';
import { firstErrorOf } from '../../src/net/first-error.ts';
import { exchange, type HttpResponse } from '../../src/net/http.ts';
import { resolve } from '../../src/net/resolve.ts';
import { PeerClosed } from '../../src/net/stay.ts';
import { startTls } from '../../src/net/tls.ts';
import { addressIn } from './address.ts';
import { classify, EchoStatus, EchoUnreadable } from './causes.ts';
import { type Endpoint, endpointOf } from './endpoint.ts';
import { familyOf } from './family.ts';
import type { EgressObservation, EgressSettings } from './probe.ts';

/** Enough for an address in JSON; a page that is no echo is not read to its end. */
const MOST_BYTES = 1024;

export const client: Client<EgressSettings, EgressObservation> = { attempt, classify };

async function attempt({ echo, ca }: EgressSettings, at: AttemptHandle): Promise<EgressObservation> {
  const endpoint = inTurn(echo, at.n);
  const addresses = await resolve(at, endpoint.host, endpoint.port, endpoint.server);
  const { socket, server } = await connect(at, addresses, 'system');
  const address = await ask(at, { endpoint, socket, server, ca: ca?.bytes });
  at.saw({ egress: address });
  return { scheme: endpoint.scheme, family: familyOf(address), translated: address !== socket.localAddress };
}

function inTurn(echo: EgressSettings['echo'], n: number): Endpoint {
  const endpoint = endpointOf(echo[(n - 1) % echo.length] ?? '');
  if (endpoint === null) throw new Error('the settings were not checked');
  return endpoint;
}

type Asking = {
  readonly endpoint: Endpoint;
  readonly socket: Socket;
  readonly server: string;
  readonly ca: Buffer | undefined;
};

async function ask(at: AttemptHandle, { endpoint, socket, server, ca }: Asking): Promise<string> {
  if (endpoint.scheme === 'tcp')
    return await at.stage('request', async (signal) => addressOrThrow(await firstLine(socket, signal)), server);
  const trusted = ca === undefined ? {} : { ca };
  const tls = { host: endpoint.host, ALPNProtocols: ['http/1.1'], ...trusted };
  const stream = endpoint.scheme === 'https' ? await startTls(at, socket, tls, server) : socket;
  const { url } = endpoint;
  const headers = { accept: 'application/json, text/plain;q=0.9' };
  return await exchange(at, stream, { url, method: 'GET', headers, mostBodyBytes: MOST_BYTES, read }, server);
}

function read({ status, body }: HttpResponse): string {
  if (status !== 200) throw new EchoStatus(status);
  return addressOrThrow(body);
}

function addressOrThrow(text: string): string {
  const address = addressIn(text);
  // The answer itself is not repeated: it may be anything.
  if (address === null) throw new EchoUnreadable(`an answer of ${text.length} characters, and no address`);
  return address;
}

/** All that the peer says up to its first newline, its end or our limit. */
function firstLine(socket: Socket, signal: AbortSignal): Promise<string> {
  return new Promise((done, failed) => {
    let text = '';
    const heard = (): void => {
      socket.off('data', onData).off('end', onEnd).off('error', failed);
      done(text);
    };
    const onData = (bytes: Buffer): void => {
      text += bytes.toString('latin1');
      if (text.includes('\n') || text.length >= MOST_BYTES) heard();
    };
    const onEnd = (): void => (text === '' ? failed(new PeerClosed()) : heard());
    socket.on('data', onData).on('end', onEnd).on('error', failed);
    // What ended before we listened is told by no event any more.
    if (socket.destroyed) failed(firstErrorOf(socket) ?? new PeerClosed());
    signal.addEventListener('abort', () => failed(signal.reason), { once: true });
  });
}
