import { startHttpEcho, startTcpEcho, type TcpEcho } from '../../../fixtures/echo/echo.ts';
import type { HttpAt, HttpFixture } from '../../../fixtures/kit/http.ts';
import type { Bench } from '../bench.ts';
import type { Staged } from '../gate.ts';
import { type Planted, plantedIn } from '../row.ts';
import type { EgressRow } from '../rows/egress.ts';

export async function egressScene(row: EgressRow, bench: Bench): Promise<Staged> {
  const { scheme = 'http' } = row;
  const server = await bench.keep(start(row, bench));
  const { host, port } = bench.endpoint(row.where, server);
  const echo = `${scheme}://${host}:${port}${scheme === 'tcp' ? '' : '/ip'}`;
  return {
    target: { type: 'egress', echo: [echo], ...(scheme === 'https' ? { ca: 'ca.pem' } : {}) },
    problems: () => server.problems,
  };
}

function start(row: EgressRow, bench: Bench): Promise<HttpFixture | TcpEcho> {
  if (row.speaks === 'banner') return startTcpEcho({ stay: true, lie: '220 drop.gate' });
  const lie = row.lie === undefined ? {} : { lie: row.lie };
  if (row.scheme === 'tcp') return startTcpEcho({ ...lie, faults: plantedIn(row).flatMap(ofTcp) });
  const identity = row.scheme === 'https' ? { identity: bench.server(row.identity) } : {};
  return startHttpEcho({ ...lie, ...identity, faults: plantedIn(row) });
}

const ofTcp = ({ at, ...fault }: Planted<HttpAt>): Planted<'connect'>[] => (at === 'connect' ? [{ ...fault, at }] : []);
