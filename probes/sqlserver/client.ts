import { isIP } from 'node:net';
import { z } from 'zod';
import type { AttemptHandle, Client } from '../../src/model/probe.ts';
import { peerFacts } from '../../src/net/certificate.ts';
import type { Keepalive } from '../../src/net/connect.ts';
import { holdOpen } from '../../src/net/hold.ts';
import { hostPort } from '../../src/net/resolve.ts';
import { asSocket } from './as-socket.ts';
import { classify, NotTestable } from './causes.ts';
import { type Opened, open } from './handshake.ts';
import { type LoggedIn, logIn } from './login.ts';
import type { Observation } from './observation.ts';
import { type Hop, RedirectUnreachable } from './redirect.ts';
import type { Written } from './settings.ts';
import { type Target, targetOf } from './target.ts';

/** The driver sets TCP_KEEPIDLE to 30 s (IOBuffer.java, setSocketOptions). */
const AS_DRIVER = { idleMs: 30_000 };
/** As many as the driver follows (maxNoOfRedirections). */
const MOST_REDIRECTS = 10;

/** Needs no permission, unlike sys.dm_exec_connections. */
const WHO_ARE_WE = `SELECT CAST(SERVERPROPERTY('ProductVersion') AS nvarchar(128)) AS version,
  CAST(SERVERPROPERTY('Edition') AS nvarchar(128)) AS edition,
  CAST(SERVERPROPERTY('EngineEdition') AS int) AS engineEdition,
  CAST(CONNECTIONPROPERTY('client_net_address') AS nvarchar(48)) AS clientNetAddress`;

const whoWeAre = z.object({
  version: z.string(),
  edition: z.string().nullable(),
  engineEdition: z.int().nullable(),
  clientNetAddress: z.string().nullable(),
});

type Session = LoggedIn & { readonly opened: Opened; readonly redirected: boolean };

export const client: Client<Written, Observation> = {
  async attempt(settings, at) {
    const { opened, query, redirected } = await openSession(at, targetOf(settings), AS_DRIVER);
    const row = await at.stage('request', () => query(WHO_ARE_WE), opened.server);
    const { clientNetAddress, ...server } = whoWeAre.parse(row);
    if (clientNetAddress !== null && isIP(clientNetAddress) !== 0) at.saw({ egress: clientNetAddress });
    const { encrypted, secured, verified } = opened;
    return {
      ...server,
      encrypted,
      tlsProtocol: secured?.getProtocol() ?? null,
      serverCertificate: secured === null ? null : peerFacts(secured),
      certificateVerified: verified,
      redirected,
    };
  },

  async hold(settings, at, request) {
    const { keepalive } = request;
    const chosen = keepalive === 'as-client' ? AS_DRIVER : { idleMs: keepalive.intervalMs };
    const { opened, query } = await openSession(at, targetOf(settings), chosen);
    const { carrier, server } = opened;
    const use = () => query('SELECT 1 AS one');
    await at.stage('request', use, server);
    await holdOpen(at, { socket: asSocket(carrier), server, use }, request);
  },

  classify,
};

/** Logs in, on the server that the first one sends us to if it does. */
async function openSession(at: AttemptHandle, target: Target, keepalive: Keepalive): Promise<Session> {
  let hop: Hop = { host: target.host, port: target.port, routed: false };
  for (let redirects = 0; ; redirects += 1) {
    const opened = await open(at, target, hop, keepalive);
    const { server } = opened;
    const { credential } = target;
    if (credential === null) return refuse(at, server, new NotTestable(target.untestable ?? 'no login'));
    const outcome = await logIn(at, opened, { target, credential, hop });
    if (!('redirect' in outcome)) return { ...outcome, opened, redirected: hop.routed };
    if (redirects === MOST_REDIRECTS)
      return refuse(at, server, new RedirectUnreachable(`more than ${MOST_REDIRECTS} redirects`));
    hop = outcome.redirect;
    await at.admit(hostPort(hop.host, hop.port));
  }
}

/** Ends the attempt in its stage `authenticate`. */
const refuse = (at: AttemptHandle, server: string, why: Error): Promise<never> =>
  at.stage('authenticate', () => Promise.reject(why), server);
