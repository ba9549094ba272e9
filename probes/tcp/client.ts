import { once } from 'node:events';
import type { Socket } from 'node:net';
import type { AttemptHandle, Classified, Client } from '../../src/model/probe.ts';
import type { StageName } from '../../src/model/stages.ts';
import { classifySocketError, detailOf } from '../../src/net/causes.ts';
import { peerFacts } from '../../src/net/certificate.ts';
import { connect, type Keepalive } from '../../src/net/connect.ts';
import { resolve } from '../../src/net/resolve.ts';
import { PeerClosed, stay } from '../../src/net/stay.ts';
import { startTls } from '../../src/net/tls.ts';
import type { Observation, TcpSettings } from './probe.ts';

/** A firewall that lets the handshake pass and then changes its mind does so within this time. */
const WATCHED_MS = 250;
/** Ample for a way there and back, and less than the stage `reuse` may take. */
const CLOSES_WITHIN_MS = 1_000;

/** The client of one target; an attempt tells it whether a hold can be tried. See docs/decisions/030-tcp-hold.md. */
export function createClient(): Client<TcpSettings, Observation> {
  let isKnownToClose = false;
  return {
    async attempt(settings, at) {
      const { socket, server, seen } = await open(settings, at, 'off');
      let speaksFirst = false;
      socket.on('data', () => {
        speaksFirst = true;
      });
      await at.stage('request', (signal) => stay(socket, WATCHED_MS, signal), server);
      const closesInTurn = await endsInTurn(socket, at.signal);
      isKnownToClose ||= closesInTurn;
      return { speaksFirst, closesInTurn, ...seen };
    },

    async hold(settings, at, { plannedMs, keepalive }) {
      // What the real client sets is not known here; the default of every socket is off.
      const chosen = keepalive === 'as-client' ? 'off' : { idleMs: keepalive.intervalMs };
      const { socket, server } = await open(settings, at, chosen);
      socket.resume();
      await at.stage(
        'request',
        async (signal) => {
          if (!isKnownToClose) throw new CannotBeAsked();
          await stay(socket, WATCHED_MS, signal);
        },
        server,
      );
      await at.stage('hold', (signal) => stay(socket, plannedMs, signal), server);
      await at.stage('reuse', (signal) => sayFarewell(socket, signal), server);
    },

    classify,
  };
}

type Opened = {
  readonly socket: Socket;
  readonly server: string;
  readonly seen: Pick<Observation, 'tlsProtocol' | 'serverCertificate'>;
};

async function open({ host, port, tls }: TcpSettings, at: AttemptHandle, keepalive: Keepalive): Promise<Opened> {
  const addresses = await resolve(at, host, port);
  const { socket, server } = await connect(at, addresses, keepalive);
  if (tls === false) return { socket, server, seen: { tlsProtocol: null, serverCertificate: null } };
  const { ca, serverName } = tls === true ? {} : tls;
  const trust = ca === undefined ? {} : { ca: ca.text };
  const secured = await startTls(at, socket, { host: serverName ?? host, ...trust }, server);
  return {
    socket: secured,
    server,
    seen: { tlsProtocol: secured.getProtocol(), serverCertificate: peerFacts(secured) },
  };
}

/**
 * Ends our side (FIN, after close_notify where there is TLS) and waits until the peer ends its own: the one question that can be put
 * to any server, whatever it speaks. Rejects where the connection was reset.
 */
async function sayFarewell(socket: Socket, signal: AbortSignal): Promise<void> {
  const ended = once(socket, 'end', { signal });
  socket.end();
  await ended;
}

async function endsInTurn(socket: Socket, signal: AbortSignal): Promise<boolean> {
  socket.end();
  return stay(socket, CLOSES_WITHIN_MS, signal).then(
    () => false,
    (error) => error instanceof PeerClosed,
  );
}

/** No attempt has seen this server close when we did, so that its silence after idling would say nothing. */
class CannotBeAsked extends Error {
  override readonly name = 'CannotBeAsked';
  constructor() {
    super('this server does not close when its client does: an idle connection to it cannot be tried');
  }
}

function classify(error: unknown, stage: StageName): Classified | 'defect' {
  if (error instanceof CannotBeAsked)
    return { cause: 'not-testable', code: null, number: null, detail: detailOf(error) };
  return classifySocketError(error, stage);
}
