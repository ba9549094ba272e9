import { isIP, type Socket } from 'node:net';
import { type ConnectionOptions, type TLSSocket, connect as tlsConnect } from 'node:tls';
import type { AttemptHandle } from '../model/probe.ts';
import { watchErrors } from './first-error.ts';

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
  const { host, ...options } = settings;
  return at.stage(
    'tls',
    (signal) => {
      const secured = watchErrors(
        tlsConnect({ ...options, socket, host, ...(isIP(host) === 0 ? { servername: host } : {}) }),
      );
      at.defer(() => secured.destroy());
      return new Promise<TLSSocket>((done, failed) => {
        const abort = () => {
          secured.destroy();
          failed(signal.reason);
        };
        signal.addEventListener('abort', abort, { once: true });
        secured.once('error', failed);
        secured.once('secureConnect', () => {
          signal.removeEventListener('abort', abort);
          secured.off('error', failed);
          done(secured);
        });
      });
    },
    server,
  );
}
