import type { TLSSocket } from 'node:tls';
import type { AttemptHandle, Client } from '../../src/model/probe.ts';
import { peerFacts } from '../../src/net/certificate.ts';
import { connect, type Keepalive } from '../../src/net/connect.ts';
import { holdOpen } from '../../src/net/hold.ts';
import { resolve } from '../../src/net/resolve.ts';
import { startTls } from '../../src/net/tls.ts';
import { type Asked, acceptable } from './answer.ts';
import { classify, refusalIn } from './causes.ts';
import { openApi } from './http.ts';
import { identityOf } from './identity.ts';
import type { Observation } from './probe.ts';
import { authorizationOf, hostOf, type MtlsSettings, portOf } from './settings.ts';

export const client: Client<MtlsSettings, Observation> = {
  async attempt(settings, at) {
    const { secured, server, asked, facts } = await open(settings, at, 'off');
    const ask = openApi(at, secured, settings, { ...asked, rest: 'unread' });
    const { status } = await at.stage('request', async (signal) => acceptable(await ask(signal), asked), server);
    return { status, ...facts };
  },

  async hold(settings, at, request) {
    const { keepalive } = request;
    // The JVM's HTTP client sets no SO_KEEPALIVE.
    const chosen = keepalive === 'as-client' ? 'off' : { idleMs: keepalive.intervalMs };
    const { secured, server, asked } = await open(settings, at, chosen);
    const ask = openApi(at, secured, settings, { ...asked, rest: 'dropped' });
    await at.stage('request', async (signal) => acceptable(await ask(signal), asked), server);
    // Any answer shows that the connection lives.
    await holdOpen(at, { socket: secured, server, use: ask }, request);
  },

  classify,
};

type Opened = {
  readonly secured: TLSSocket;
  readonly server: string;
  readonly asked: Asked;
  readonly facts: Omit<Observation, 'status'>;
};

async function open(settings: MtlsSettings, at: AttemptHandle, keepalive: Keepalive): Promise<Opened> {
  const url = new URL(settings.url);
  const { tls, certificatePem, facts } = await identityOf(settings);
  const addresses = await resolve(at, hostOf(url), portOf(url));
  const { socket, server } = await connect(at, addresses, keepalive);
  const handshake = {
    ...tls,
    host: settings.serverName ?? hostOf(url),
    ALPNProtocols: ['http/1.1'],
    explain: (error: Error, judged: boolean) => refusalIn(error, judged, certificatePem) ?? error,
  };
  const secured = await startTls(at, socket, handshake, server);
  return {
    secured,
    server,
    asked: { authorization: authorizationOf(settings), certificatePem },
    facts: { tlsProtocol: secured.getProtocol(), serverCertificate: peerFacts(secured), clientCertificate: facts },
  };
}
