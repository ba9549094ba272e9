import type { Socket } from 'node:net';

const firstErrors = new WeakMap<Socket, Error>();

/**
 * Keeps the first error of a socket: client libraries report a later, vaguer one (undici: "other side closed" in place of the TLS
 * alert). The listener also stops an error after the end of the attempt from becoming an uncaught one.
 */
export function watchErrors<S extends Socket>(socket: S): S {
  socket.on('error', (error: Error) => {
    if (!firstErrors.has(socket)) firstErrors.set(socket, error);
  });
  return socket;
}

export const firstErrorOf = (socket: Socket): Error | null => firstErrors.get(socket) ?? null;
