import type { Buffer } from 'node:buffer';
import { isIP, type Socket } from 'node:net';
import { type ConnectionOptions, type TLSSocket, connect as tlsConnect } from 'node:tls';
import type { AttemptHandle } from '../model/probe.ts';
import { watchErrors } from './first-error.ts';
import { PeerClosed } from './stay.ts';

export type TlsSettings = Pick<
  ConnectionOptions,
  | 'ca'
  | 'cert'
  | 'key'
  | 'passphrase'
  | 'minVersion'
  | 'maxVersion'
  | 'ALPNProtocols'
  | 'checkServerIdentity'
  | 'rejectUnauthorized'
> & {
  /** The name that the certificate must carry; sent as SNI unless it is an address (RFC 6066 3). */
  readonly host: string;
  /** Names an error of the handshake better, where the caller knows more than the socket. */
  readonly explain?: (error: Error, judged: boolean) => Error;
};

/**
 * Stage `tls` over a connected socket. Under TLS 1.3 the server judges a client certificate only after this stage: a pass needs the
 * first application byte as well (RFC 8446 4.4.2).
 */
export function startTls(
  at: AttemptHandle,
  socket: Socket,
  settings: TlsSettings,
  server?: string,
): Promise<TLSSocket> {
  const { host, explain, ...options } = settings;
  return at.stage(
    'tls',
    (signal) => {
      const secured = watchErrors(
        tlsConnect({ ...options, socket, host, ...(isIP(host) === 0 ? { servername: host } : {}) }),
      );
      at.defer(() => secured.destroy());
      return finished(secured, signal, explain ?? ((error) => error));
    },
    server,
  );
}

function finished(
  secured: TLSSocket,
  signal: AbortSignal,
  explain: NonNullable<TlsSettings['explain']>,
): Promise<TLSSocket> {
  return new Promise((done, failed) => {
    let judged = false;
    const abort = () => {
      secured.destroy();
      failed(signal.reason);
    };
    signal.addEventListener('abort', abort, { once: true });
    // Under TLS 1.2 the master secret stands when our own certificate goes out: what comes after is the server's judgement of it.
    secured.on('keylog', (line: Buffer) => {
      judged ||= line.toString('latin1').startsWith('CLIENT_RANDOM ');
    });
    secured.once('error', (error) => {
      signal.removeEventListener('abort', abort);
      failed(explain(isEnd(error) ? new PeerClosed() : error, judged));
    });
    secured.once('secureConnect', () => {
      signal.removeEventListener('abort', abort);
      done(secured);
    });
  });
}

/** Node reports an orderly end within the handshake as ECONNRESET too, but no system call has failed then. */
const isEnd = (error: Error): boolean =>
  'code' in error && error.code === 'ECONNRESET' && !('syscall' in error && error.syscall !== undefined);
