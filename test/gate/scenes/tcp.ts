import { createServer } from 'node:net';
import { startTcpEcho } from '../../../fixtures/echo/echo.ts';
import { startFtps } from '../../../fixtures/ftp/ftp.ts';
import { type Listening, listen } from '../../../fixtures/kit/listen.ts';
import type { Bench } from '../bench.ts';
import type { Staged } from '../gate.ts';
import { plantedIn } from '../row.ts';
import type { TcpRow } from '../rows/tcp.ts';
import { onTheWay } from './on-the-way.ts';

/** RFC 5246 7.2: a fatal alert, handshake_failure. */
const HANDSHAKE_FAILURE = Buffer.from([21, 3, 3, 0, 2, 2, 40]);

export async function tcpScene(row: TcpRow, bench: Bench): Promise<Staged> {
  const server = await bench.keep(start(row, bench));
  const reached = await onTheWay(server, row.forgets, bench);
  return { target: { type: 'tcp', ...bench.endpoint(row.where, reached) }, problems: () => server.problems };
}

function start(row: TcpRow, bench: Bench): Promise<Listening> {
  const { server = 'greets' } = row;
  switch (server) {
    case 'greets':
      return startTcpEcho({ stay: true, faults: plantedIn(row) });
    case 'greets-and-ends':
      return startTcpEcho();
    case 'ftps':
      return startFtps({ identity: bench.server(row.identity) });
    case 'mute':
      return listen(createServer((socket) => void socket.resume()));
    case 'refuses-tls':
      return listen(createServer((socket) => void socket.once('data', () => socket.end(HANDSHAKE_FAILURE)).resume()));
    case 'never-ends':
      return listen(createServer({ allowHalfOpen: true }, (socket) => void socket.resume()));
    default:
      return server satisfies never;
  }
}
