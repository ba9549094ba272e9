import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import type { TLSSocket } from 'node:tls';
import type { AttemptHandle } from '../../src/model/probe.ts';
import { connect, type Keepalive } from '../../src/net/connect.ts';
import { hostPort, resolve } from '../../src/net/resolve.ts';
import { startTls, type TlsSettings } from '../../src/net/tls.ts';
import { asSocket } from './as-socket.ts';
import { Carrier } from './carrier.ts';
import { checkName } from './certificate.ts';
import { agree, askedOption, type Encrypted } from './encryption.ts';
import { message, PACKET, readMessage } from './packets.ts';
import { buildPrelogin, parsePrelogin, settled } from './prelogin.ts';
import { type Hop, inRedirect } from './redirect.ts';
import type { Target } from './target.ts';
import { TlsInTds } from './tls-in-tds.ts';

/** A connection on which only LOGIN7 is missing. */
export type Opened = {
  readonly socket: Socket;
  readonly carrier: Carrier;
  readonly server: string;
  readonly encrypted: Encrypted;
  /** Null where nothing is encrypted. */
  readonly secured: TLSSocket | null;
  /** The certificate had to hold. */
  readonly verified: boolean;
};

/** Stages resolve, connect, negotiate and tls, the last two in the order that `encrypt` says. */
export async function open(at: AttemptHandle, target: Target, hop: Hop, keepalive: Keepalive): Promise<Opened> {
  const { socket, server } = await reach(at, target, hop, keepalive);
  const wire: Wire = { at, target, hop, socket, server };
  return target.encryption === 'strict' ? openStrict(wire) : openTds7(wire, target.encryption);
}

type Wire = {
  readonly at: AttemptHandle;
  readonly target: Target;
  readonly hop: Hop;
  readonly socket: Socket;
  readonly server: string;
};

async function reach(at: AttemptHandle, target: Target, hop: Hop, keepalive: Keepalive) {
  if (!hop.routed) return connect(at, order(await resolve(at, hop.host, hop.port), target), keepalive);
  const within = inRedirect(at);
  const addresses = await resolve(within, hop.host, hop.port, hostPort(hop.host, hop.port));
  return connect(within, order(addresses, target), keepalive);
}

const order = <A extends { readonly address: string }>(addresses: readonly A[], { ipv6First }: Target): readonly A[] =>
  ipv6First
    ? [...addresses].sort((a, b) => Number(b.address.includes(':')) - Number(a.address.includes(':')))
    : addresses;

/** TDS 8.0: TLS first, then everything else within it. */
async function openStrict(wire: Wire): Promise<Opened> {
  const { at, socket, server } = wire;
  const settings: TlsSettings = { ...tlsSettings(wire), rejectUnauthorized: true, ALPNProtocols: ['tds/8.0'] };
  const secured = await startTls(at, socket, settings, server);
  const answer = await negotiate(wire, secured, (payload) => payload);
  const carrier = new Carrier({ socket, preloginAnswer: settled(answer), login: secured, session: secured });
  return { socket, carrier, server, encrypted: 'whole', secured, verified: true };
}

async function openTds7(wire: Wire, asked: 'whole' | 'login'): Promise<Opened> {
  const { at, socket, server } = wire;
  const { payload, encrypted } = await negotiate(wire, socket, (answer) => ({
    payload: answer,
    encrypted: agree(asked, parsePrelogin(answer)),
  }));
  const preloginAnswer = settled(payload);
  if (encrypted === 'none') {
    const carrier = new Carrier({ socket, preloginAnswer, login: socket, session: socket });
    return { socket, carrier, server, encrypted, secured: null, verified: false };
  }
  const below = new TlsInTds(socket);
  at.defer(() => below.destroy());
  const settings = tls7Settings(wire, encrypted);
  const secured = await startTls(at, asSocket(below), settings, server);
  below.handshakeDone();
  if (encrypted === 'login') below.stopReading();
  const session: Duplex = encrypted === 'login' ? socket : secured;
  const carrier = new Carrier({ socket, preloginAnswer, login: secured, session });
  return { socket, carrier, server, encrypted, secured, verified: settings.rejectUnauthorized };
}

/** Stage `negotiate`: PRELOGIN and its answer, read within the stage so that what is wrong with it fails here. */
function negotiate<T>({ at, target, server }: Wire, stream: Duplex, read: (payload: Buffer) => T): Promise<T> {
  return at.stage(
    'negotiate',
    async (signal) => {
      const answer = readMessage(stream, signal);
      stream.write(message(PACKET.prelogin, buildPrelogin(askedOption(target.encryption))));
      return read(await answer);
    },
    server,
  );
}

function tlsSettings({ target, hop }: Wire): TlsSettings {
  return {
    host: hop.host,
    // a redirect into another domain needs no other name than the URL has, if it has one: so the driver
    checkServerIdentity: checkName(target.hostNameInCertificate ?? hop.host),
    ...(target.ca === null ? {} : { ca: target.ca }),
    ...(target.tlsVersion === null ? {} : { minVersion: target.tlsVersion, maxVersion: target.tlsVersion }),
  };
}

/**
 * A TLS 1.3 handshake ends with messages of the server that have no place within PRELOGIN. The driver verifies no certificate where the
 * login alone is encrypted, and does as soon as the server insists on more.
 */
function tls7Settings(wire: Wire, encrypted: 'whole' | 'login'): TlsSettings & { rejectUnauthorized: boolean } {
  const { tlsVersion, trustsServerCertificate } = wire.target;
  return {
    ...tlsSettings(wire),
    maxVersion: tlsVersion ?? 'TLSv1.2',
    rejectUnauthorized: encrypted === 'whole' && !trustsServerCertificate,
  };
}
