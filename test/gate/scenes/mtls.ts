import { startApi } from '../../../fixtures/api/api.ts';
import { startHttpEcho } from '../../../fixtures/echo/echo.ts';
import { startFtps } from '../../../fixtures/ftp/ftp.ts';
import type { Listening } from '../../../fixtures/kit/listen.ts';
import type { Bench } from '../bench.ts';
import type { Staged } from '../gate.ts';
import { plantedIn } from '../row.ts';
import type { MtlsRow } from '../rows/mtls.ts';
import { onTheWay } from './on-the-way.ts';

const CLOSES_IDLE_AFTER_MS = 1_500;

export async function mtlsScene(row: MtlsRow, bench: Bench): Promise<Staged> {
  const { client = 'good' } = row;
  const server = await bench.keep(start(row, bench));
  const { host, port } = bench.endpoint(row.where, await onTheWay(server, row.forgets, bench));
  return {
    target: {
      type: 'mtls',
      url: `https://${host}:${port}/v1/ping`,
      ca: 'ca.pem',
      ...(client === 'none' ? {} : { clientCertificate: bench.client(client) }),
    },
    problems: () => server.problems,
  };
}

function start(row: MtlsRow, bench: Bench): Promise<Listening> {
  if (row.speaks === 'plain HTTP') return startHttpEcho();
  if (row.speaks === 'FTP over TLS') return startFtps({ identity: bench.server() });
  return startApi({
    identity: bench.server(row.identity),
    clientAuthority: bench.authorityPem,
    require: row.isLenient !== true,
    reject: row.rejects ?? 'alert',
    ...(row.tlsVersion === undefined ? {} : { tlsVersions: [row.tlsVersion] }),
    ...(row.closesIdle === true ? { closeIdleAfterMs: CLOSES_IDLE_AFTER_MS } : {}),
    ...(row.isJsse === true ? { alert: 'bad_certificate' as const } : {}),
    faults: plantedIn(row),
  });
}
