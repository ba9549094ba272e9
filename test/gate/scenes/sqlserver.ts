import { startHttpEcho } from '../../../fixtures/echo/echo.ts';
import type { Listening } from '../../../fixtures/kit/listen.ts';
import type { TdsOptions } from '../../../fixtures/tds/options.ts';
import { startTdsServer } from '../../../fixtures/tds/server.ts';
import type { Bench, Endpoint } from '../bench.ts';
import { SECRET, type Staged } from '../gate.ts';
import { plantedIn } from '../row.ts';
import type { SqlServerRow } from '../rows/sqlserver.ts';

const USER = 'svc_gate';

export async function sqlServerScene(row: SqlServerRow, bench: Bench): Promise<Staged> {
  const server = await bench.keep(start(row, bench));
  const { host, port } = bench.endpoint(row.where, server);
  const login = { user: USER, password: row.password ?? `\${env:GATE_SECRET}` };
  return {
    target: {
      type: 'sqlserver',
      url: `jdbc:sqlserver://${host}:${port};databaseName=Claims;${row.url ?? 'encrypt=true'}`,
      ca: 'ca.pem',
      ...(row.url?.includes('integratedSecurity') === true ? {} : login),
    },
    problems: () => server.problems,
  };
}

async function start(row: SqlServerRow, bench: Bench): Promise<Listening> {
  if (row.speaks !== undefined) return startHttpEcho(row.speaks === 'tls' ? { identity: bench.server() } : {});
  const own = { host: '127.0.0.1', port: 0 };
  const options: TdsOptions = {
    encryption: 'on',
    identity: bench.server(row.identity),
    users: { [USER]: SECRET },
    ...row.server,
    ...(row.redirectsTo === undefined ? {} : { routeTo: await routeOf(row.redirectsTo, bench, own) }),
    faults: plantedIn(row),
  };
  const server = await startTdsServer(options);
  own.port = server.port;
  return server;
}

/** `own` is filled in when the server stands: read at each login, it sends in a circle. */
async function routeOf(to: NonNullable<SqlServerRow['redirectsTo']>, bench: Bench, own: Endpoint): Promise<Endpoint> {
  if (to === 'itself') return own;
  const another = () =>
    bench.keep(startTdsServer({ encryption: 'on', identity: bench.server(), users: { [USER]: SECRET } }));
  return to === 'another' ? await another() : bench.endpoint(to, { host: '127.0.0.1', port: 1_433 });
}
