import type { Socket } from 'node:net';

/** The peer ended the connection in order (FIN) where it should have stayed. */
export class PeerClosed extends Error {
  override readonly name = 'PeerClosed';
  readonly code = 'EPEERCLOSED';
  constructor() {
    super('the peer closed the connection');
  }
}

/**
 * Keeps a connection open without a word for `forMs`; rejects with the socket's error, or `PeerClosed`, as soon as it ends. The caller
 * must be reading (`resume`, or a client library), or a FIN would not be seen.
 */
export function stay(socket: Socket, forMs: number, signal: AbortSignal): Promise<void> {
  return new Promise((done, failed) => {
    const settle = (action: () => void) => () => {
      clearTimeout(timer);
      socket.off('error', onError).off('end', onEnd).off('close', onEnd);
      signal.removeEventListener('abort', onAbort);
      action();
    };
    let cause: Error | null = null;
    const onError = (error: Error) => {
      cause = error;
      settle(() => failed(error))();
    };
    const onEnd = settle(() => failed(cause ?? new PeerClosed()));
    const onAbort = settle(() => failed(signal.reason));
    const timer = setTimeout(
      settle(() => done()),
      forMs,
    );
    if (socket.destroyed) onEnd();
    socket.once('error', onError).once('end', onEnd).once('close', onEnd);
    signal.addEventListener('abort', onAbort, { once: true });
  });
}
