import type { Socket } from 'node:net';
import { TLSSocket } from 'node:tls';
import type { AttemptHandle } from '../../src/model/probe.ts';
import { connect, type Keepalive } from '../../src/net/connect.ts';
import { hostPort, resolve } from '../../src/net/resolve.ts';
import { startTls } from '../../src/net/tls.ts';
import type { AnyApi } from './apis.ts';
import { missingIn } from './causes.ts';
import { converse, type KafkaConnection } from './connection.ts';
import type { Broker, JavaClient } from './java-client.ts';
import { login } from './login.ts';
import type { TlsMaterial } from './trust.ts';

/** How every connection of an attempt is made. */
export type How = {
  readonly client: JavaClient;
  /** Null for a plaintext listener. */
  readonly tls: TlsMaterial | null;
  readonly keepalive: Keepalive;
  readonly needed: readonly AnyApi[];
};

export type Reached = KafkaConnection & {
  readonly tlsProtocol: string | null;
  /** KIP-368: how long this login lasts; null where it does not end. */
  readonly sessionLifetimeMs: number | null;
};

const nameOf = ({ host, port }: Broker): string => hostPort(host, port);

/**
 * The first bootstrap server that takes the connection; each attempt begins with another one. Like the Java client it goes on to the
 * next where TCP fails alone: a wrong certificate or a refused login is final.
 */
export async function reachBootstrap(at: AttemptHandle, how: How): Promise<Reached> {
  const { bootstrap } = how.client;
  const first = (at.n - 1) % bootstrap.length;
  let last: unknown = new Error('no bootstrap server');
  for (const broker of [...bootstrap.slice(first), ...bootstrap.slice(0, first)]) {
    let socket: Socket;
    try {
      const addresses = await resolve(at, broker.host, broker.port, nameOf(broker));
      socket = (await connect(at, addresses, how.keepalive)).socket;
    } catch (error) {
      last = error;
      if (at.signal.aborted) break;
      continue;
    }
    return introduce(at, { socket, broker, how });
  }
  throw last;
}

/** A broker that another one has told us of: advertised in Metadata, or the coordinator. */
export async function reachAdvertised(at: AttemptHandle, broker: Broker, how: How): Promise<Reached> {
  const addresses = await resolve(at, broker.host, broker.port, nameOf(broker));
  const [first] = addresses;
  await at.admit(first === undefined ? nameOf(broker) : hostPort(first.address, first.port));
  const { socket } = await connect(at, addresses, how.keepalive);
  return introduce(at, { socket, broker, how });
}

type Dialled = { readonly socket: Socket; readonly broker: Broker; readonly how: How };

async function introduce(at: AttemptHandle, { socket, broker, how }: Dialled): Promise<Reached> {
  const server = nameOf(broker);
  const { client, tls, needed } = how;
  const isAnonymous = tls !== null && tls.cert === undefined;
  const explain = isAnonymous ? { explain: missingIn } : {};
  const secured = tls === null ? socket : await startTls(at, socket, { ...tls, ...explain, host: broker.host }, server);
  const connection = converse(secured, server, at.clientName);
  // under TLS 1.3 the listener judges a certificate, or the lack of one, after the handshake
  const negotiated = () =>
    connection.negotiate(needed).catch((error: unknown) => {
      throw isAnonymous && error instanceof Error ? missingIn(error, false) : error;
    });
  await at.stage('negotiate', negotiated, server);
  const { sasl } = client;
  const session = sasl === null ? null : await at.stage('authenticate', () => login(connection, sasl), server);
  return {
    ...connection,
    tlsProtocol: secured instanceof TLSSocket ? secured.getProtocol() : null,
    sessionLifetimeMs: session?.sessionLifetimeMs || null,
  };
}
