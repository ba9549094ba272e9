import { once } from 'node:events';
import { createServer } from 'node:net';

// Targets as a configuration writes them.

// References, as a configuration writes them.
export const fromEnv = (name: string): string => `\${env:${name}}`;
export const fromStdin = (name: string): string => `\${secret:${name}}`;

export type Place = { readonly host: string; readonly port: number };

export const sqlserver = ({ host, port }: Place, over: object = {}) => ({
  type: 'sqlserver',
  url: `jdbc:sqlserver://${host}:${port};databaseName=Claims;encrypt=true`,
  user: 'svc_claims',
  password: 'a password of svc_claims',
  ...over,
});

export const kafka = ({ host, port }: Place, properties: object = {}, over: object = {}) => ({
  type: 'kafka',
  mode: 'spark',
  properties: { 'bootstrap.servers': `${host}:${port}`, ...properties },
  topic: 'claims',
  ...over,
});

export const mtls = ({ host, port }: Place, over: object = {}) => ({
  type: 'mtls',
  url: `https://${host}:${port}/v1/ping`,
  ...over,
});

export const egress = ({ host, port }: Place, over: object = {}) => ({
  type: 'egress',
  echo: [`tcp://${host}:${port}`],
  ...over,
});

export const token = ({ host, port }: Place, source: object = {}, scheme: 'http' | 'https' = 'http') => ({
  type: 'token',
  source: {
    type: 'client-credentials',
    tokenUrl: `${scheme}://${host}:${port}/token`,
    clientId: 'svc_claims',
    clientSecret: 'a secret of svc_claims',
    ...source,
  },
});

export const tcp = ({ host, port }: Place, over: object = {}) => ({ type: 'tcp', host, port, ...over });

/** One of each type, all at one place. */
export const oneOfEach = (place: Place) => ({
  'claims-db': sqlserver(place),
  'claims-events': kafka(place),
  'eligibility-api': mtls(place),
  'partner-egress': egress(place),
  'lake-identity': token(place, {}, 'https'),
  'ftp-drop': tcp(place),
});

/** A place on the loopback where nothing listens. */
export async function closedPlace(host = '127.0.0.1'): Promise<Place> {
  const server = createServer().listen(0, host);
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (address === null || typeof address === 'string') throw new Error('a TCP server has a port');
  return { host, port: address.port };
}
