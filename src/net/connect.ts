import { type Socket, connect as tcpConnect } from 'node:net';
import type { AttemptHandle } from '../model/probe.ts';
import { watchErrors } from './first-error.ts';
import { type Address, hostPort } from './resolve.ts';

/** SO_KEEPALIVE: off, on with the idle time of the operating system (2 h on Linux), or on with an idle time of its own. */
export type Keepalive = 'off' | 'system' | { readonly idleMs: number };

/**
 * Stage `connect`, once for each address in turn until one answers, as sequential clients (mssql-jdbc, the Java Kafka client) do. An
 * address that fails stays in the record as a failed span even where a later one works; if none works the last failure is the attempt's.
 */
export async function connect(
  at: AttemptHandle,
  addresses: readonly Address[],
  keepalive: Keepalive,
): Promise<{ readonly socket: Socket; readonly server: string; readonly address: string }> {
  let last: unknown = new Error('no address to connect to');
  for (const address of addresses) {
    const server = hostPort(address.address, address.port);
    try {
      const socket = await at.stage('connect', (signal) => open(at, address, keepalive, signal), server);
      return { socket, server, address: address.address };
    } catch (error) {
      last = error;
      if (at.signal.aborted) break;
    }
  }
  throw last;
}

function open(at: AttemptHandle, address: Address, keepalive: Keepalive, signal: AbortSignal): Promise<Socket> {
  at.saw({ resolved: address.address });
  const socket = watchErrors(tcpConnect({ host: address.address, port: address.port, noDelay: true }));
  at.defer(() => socket.destroy());
  return new Promise((done, failed) => {
    const abort = () => {
      socket.destroy();
      failed(signal.reason);
    };
    signal.addEventListener('abort', abort, { once: true });
    socket.once('error', failed);
    socket.once('connect', () => {
      signal.removeEventListener('abort', abort);
      socket.off('error', failed);
      setKeepalive(socket, keepalive);
      done(socket);
    });
  });
}

export function setKeepalive(socket: Socket, keepalive: Keepalive): void {
  if (keepalive === 'off') socket.setKeepAlive(false);
  else if (keepalive === 'system') socket.setKeepAlive(true);
  else socket.setKeepAlive(true, keepalive.idleMs);
}
