import type { IdentityName } from '../bench.ts';
import { fails, HEALTHY, judged, passes, type Row, UNANSWERED } from '../row.ts';

export type TcpRow = Row<'connect'> & {
  /**
   * `greets` speaks first and stays, and so does `ftps` over TLS; `greets-and-ends` closes after that; `mute` says nothing;
   * `refuses-tls` answers with the alert handshake_failure; `never-ends` leaves its side open when the client ends.
   */
  readonly server?: 'greets' | 'greets-and-ends' | 'mute' | 'ftps' | 'refuses-tls' | 'never-ends';
  readonly identity?: IdentityName;
  /** A device on the way that forgets idle flows, and what it then does. */
  readonly forgets?: 'silent' | 'reset';
};

const TLS = { target: { tls: { ca: 'ca.pem' } } };
const FTPS = { server: 'ftps', ...TLS } as const;
const IDLES = {
  target: { expect: { survivesIdle: '3s' } },
  sampling: { deadlines: { reuse: '1s' }, holds: { sockets: 1 } },
};

export const TCP: readonly TcpRow[] = [
  passes(HEALTHY, {}),
  passes('nothing is wrong, with TLS', FTPS),
  fails(UNANSWERED, 'connect', 'connect-timeout', { where: 'unanswered' }),
  fails('nothing listens', 'connect', 'connection-refused', { where: 'closed' }),
  fails('no such name', 'resolve', 'name-not-found', { where: 'no-such-name' }),
  fails('no route', 'connect', 'host-unreachable', { where: 'no-route' }),

  // no word of a protocol is spoken: a server that stays mute has done all that is asked of it
  passes({ at: 'connect', do: 'hang' }, {}),
  fails({ at: 'connect', do: 'close' }, 'request', 'connection-closed', {}),
  fails({ at: 'connect', do: 'reset' }, 'request', 'connection-reset', { orStage: 'connect' }),
  passes({ at: 'connect', do: 'delay', delayMs: 20 }, {}),
  fails('greets and ends', 'request', 'connection-closed', { server: 'greets-and-ends' }),

  fails('TLS to plaintext', 'tls', 'not-tls', TLS),
  fails('TLS to a mute server', 'tls', 'tls-timeout', { server: 'mute', ...TLS }),
  fails('the handshake is refused', 'tls', 'tls-handshake-failed', { server: 'refuses-tls', ...TLS }),
  fails('expired certificate', 'tls', 'certificate-expired', { ...FTPS, identity: 'expired' }),
  fails('certificate of tomorrow', 'tls', 'certificate-not-yet-valid', { ...FTPS, identity: 'not-yet-valid' }),
  fails('certificate for another name', 'tls', 'certificate-name-mismatch', { ...FTPS, identity: 'wrong-name' }),
  fails('untrusted issuer', 'tls', 'issuer-not-trusted', { ...FTPS, identity: 'foreign' }),
  judged('certificate ends before it may', 'fail', 'certificate-ends-soon', {
    server: 'ftps',
    target: { ...TLS.target, expect: { certificateDays: 365 } },
  }),

  judged('does not tell whom it sees', 'inconclusive', 'egress-not-seen', {
    target: { firewallAllows: ['127.0.0.0/8'] },
  }),

  passes('idle flow kept', IDLES),
  judged('idle flow forgotten in silence', 'fail', 'idle-dropped', { ...IDLES, forgets: 'silent' }),
  judged('idle flow reset', 'fail', 'idle-dropped', { ...IDLES, forgets: 'reset' }),
  judged('idle flow reset, where nobody says how long it idles', 'warn', 'idle-limited', {
    sampling: { holds: { rungs: ['3s'], sockets: 1 } },
    forgets: 'reset',
  }),
  judged('cannot be asked after idling', 'inconclusive', 'idle-not-tested', { ...IDLES, server: 'never-ends' }),
];
