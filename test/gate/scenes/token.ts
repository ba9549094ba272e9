import { startIssuer } from '../../../fixtures/issuer/issuer.ts';
import { makeSigner } from '../../../fixtures/issuer/jwt.ts';
import type { Bench } from '../bench.ts';
import { SECRET, type Staged } from '../gate.ts';
import { plantedIn, targetName } from '../row.ts';
import type { TokenRow } from '../rows/token.ts';

const CLIENT = 'svc_gate';
const SCOPE = 'lake.read';
const LONG_SECONDS = 86_400;

export async function tokenScene(row: TokenRow, bench: Bench): Promise<Staged> {
  switch (row.source) {
    case 'file':
      return { target: { type: 'token', source: { type: 'file', path: fileOf(row, bench) } } };
    case 'env':
      return inVariable(row);
    default:
      return fromIssuer(row, bench);
  }
}

async function fromIssuer(row: TokenRow, bench: Bench): Promise<Staged> {
  const { lifetimeSeconds = 3_600, clockSkewSeconds = 0 } = row;
  const server = await bench.keep(
    startIssuer({
      identity: bench.server(row.identity),
      clients: [{ id: CLIENT, secret: SECRET }],
      scopes: [SCOPE],
      lifetimeSeconds,
      clockSkewSeconds,
      opaque: row.isOpaque === true,
      faults: plantedIn(row),
    }),
  );
  const { host, port } = bench.endpoint(row.where, server);
  const target = {
    type: 'token',
    source: {
      type: 'client-credentials',
      tokenUrl: `https://${host}:${port}/token`,
      clientId: CLIENT,
      clientSecret: `\${env:GATE_SECRET}${row.isWrongSecret === true ? '-not' : ''}`,
      scope: row.scope ?? SCOPE,
      ca: 'ca.pem',
    },
  };
  const beside = row.isSecondOfIdentity === true ? { before: { [`${targetName(row)}-before`]: target } } : {};
  return { target, ...beside, problems: () => server.problems };
}

function fileOf(row: TokenRow, bench: Bench): string {
  const name = `${targetName(row)}.jwt`;
  const token = handedOver(row);
  if (token !== null) bench.workspace.write(name, token);
  return name;
}

function inVariable(row: TokenRow): Staged {
  const name = `GATE_${targetName(row).toUpperCase().replaceAll('-', '_')}`;
  const token = handedOver(row);
  return {
    target: { type: 'token', source: { type: 'env', name } },
    ...(token === null ? {} : { env: { [name]: token } }),
  };
}

const signer = makeSigner();

function handedOver({ handedOver: kind }: TokenRow): string | null {
  const nowSeconds = Math.floor(Date.now() / 1_000);
  const lasting = (seconds: number) =>
    signer.token({ iss: 'https://issuer.gate', iat: nowSeconds - LONG_SECONDS, exp: nowSeconds + seconds });
  switch (kind) {
    case undefined:
      return null;
    case 'empty':
      return '';
    case 'opaque':
      return 'b3BhcXVlIHRva2VuIG9mIG5vYm9keQ';
    case 'long-lived':
      return lasting(LONG_SECONDS);
    case 'expired':
      return lasting(-60);
    default:
      return kind satisfies never;
  }
}
