import net from 'node:net';
import { type Listening, listen } from '../../fixtures/kit/listen.ts';
import type { Endpoint } from '../../fixtures/kit/relay.ts';

export type Firewall = Endpoint & Listening;

/** Stands before a server: who is not admitted, by the address that a connection comes from, meets a reset. Asked at each connection. */
export function startFirewall(to: Endpoint, admits: (address: string) => boolean): Promise<Firewall> {
  return listen(
    net.createServer((socket) => {
      if (!admits(socket.remoteAddress ?? '')) {
        socket.resetAndDestroy();
        return;
      }
      const onward = net.connect(to);
      onward.on('error', () => void socket.destroy());
      onward.on('close', () => void socket.destroy());
      socket.on('close', () => void onward.destroy());
      socket.pipe(onward).pipe(socket);
    }),
  );
}
