import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';

/** Keepalive is set where the real socket is made. */
type Below = Duplex & { setKeepAlive(): unknown };

const servesAsSocket = (stream: Below): stream is Below & Socket => 'setKeepAlive' in stream;

/** tedious and our own net/ are typed for net.Socket, and use no more of it than this. */
export function asSocket(stream: Below): Socket {
  if (servesAsSocket(stream)) return stream;
  throw new Error('a stream without setKeepAlive');
}
