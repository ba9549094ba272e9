import { once } from 'node:events';
import { createServer } from 'node:net';
import { type Authority, type Identity, mintAuthority } from '../../fixtures/kit/pki.ts';
import { openWorkspace, type Workspace } from '../kit/cli.ts';
import type { Where } from './row.ts';
import { startUnanswered } from './unanswered.ts';

export type Endpoint = { readonly host: string; readonly port: number };

export const IDENTITIES = ['good', 'expired', 'not-yet-valid', 'wrong-name', 'foreign'] as const;
/** Certificates of servers, by what is wrong with them. `foreign` is of an authority that no target trusts. */
export type IdentityName = (typeof IDENTITIES)[number];
export const CLIENT_IDENTITIES = ['good', 'expired', 'foreign'] as const;
export type ClientIdentityName = (typeof CLIENT_IDENTITIES)[number];

/** What the scenes of one probe share. */
export type Bench = {
  readonly workspace: Workspace;
  /** PEM of the authority that targets and servers trust; `ca.pem` in the workspace. */
  readonly authorityPem: string;
  server(name?: IdentityName): Identity;
  /** Paths in the workspace. */
  client(name: ClientIdentityName): { readonly cert: string; readonly key: string };
  endpoint(where: Where | undefined, server: Endpoint): Endpoint;
  readonly closed: Endpoint;
  readonly unanswered: Endpoint;
  /** Keeps a fixture until the bench goes, and gives it back. */
  keep<T extends AsyncDisposable>(starting: Promise<T>): Promise<T>;
  [Symbol.asyncDispose](): Promise<void>;
};

const DAY_MS = 86_400_000;
const HERE = ['localhost', '127.0.0.1'];
/** RFC 1035 2.3.4: no label is longer than 63 octets, so that no resolver need be asked. */
const NO_SUCH_NAME = `${'x'.repeat(64)}.invalid`;
/** TCP knows no broadcast: the kernel itself refuses, and nothing leaves. */
const NO_ROUTE = '255.255.255.255';

export async function openBench(): Promise<Bench> {
  const started: AsyncDisposable[] = [];
  const keep = async <T extends AsyncDisposable>(starting: Promise<T>): Promise<T> => {
    const one = await starting;
    started.push(one);
    return one;
  };
  const workspace = await keep(openWorkspace());
  const authority = mintAuthority('Gate authority');
  const foreign = mintAuthority('Foreign authority');
  workspace.write('ca.pem', authority.certPem);
  const servers = onceEach((name: IdentityName) => serverIdentity(name, { authority, foreign }));
  const clients = onceEach((name: ClientIdentityName) => {
    const { certPem, keyPem } = clientIdentity(name, { authority, foreign });
    workspace.write(`client-${name}.pem`, certPem);
    workspace.write(`client-${name}.key`, keyPem);
    return { cert: `client-${name}.pem`, key: `client-${name}.key` };
  });
  const unanswered = await keep(startUnanswered());
  const closed = await closedPort();
  return {
    workspace,
    authorityPem: authority.certPem,
    server: (name = 'good') => servers(name),
    client: clients,
    closed,
    unanswered,
    endpoint(where = 'server', server) {
      const hosts = { 'no-such-name': NO_SUCH_NAME, 'no-route': NO_ROUTE } as const;
      if (where === 'closed') return closed;
      if (where === 'unanswered') return unanswered;
      const { host, port } = server;
      return { host: where === 'server' ? host : hosts[where], port };
    },
    keep,
    async [Symbol.asyncDispose]() {
      for (const one of started.reverse()) await one[Symbol.asyncDispose]();
    },
  };
}

type Authorities = { readonly authority: Authority; readonly foreign: Authority };

function serverIdentity(name: IdentityName, { authority, foreign }: Authorities): Identity {
  const issue = { commonName: 'gate', altNames: HERE, usage: 'server' } as const;
  switch (name) {
    case 'good':
      return authority.issue(issue);
    case 'expired':
      return authority.issue({ ...issue, ...daysFromNow(-30, -1) });
    case 'not-yet-valid':
      return authority.issue({ ...issue, ...daysFromNow(1, 30) });
    case 'wrong-name':
      return authority.issue({ ...issue, altNames: ['elsewhere.example'] });
    case 'foreign':
      return foreign.issue(issue);
    default:
      return name satisfies never;
  }
}

function clientIdentity(name: ClientIdentityName, { authority, foreign }: Authorities): Identity {
  const issue = { commonName: 'svc_gate', usage: 'client' } as const;
  if (name === 'expired') return authority.issue({ ...issue, ...daysFromNow(-30, -1) });
  return (name === 'foreign' ? foreign : authority).issue(issue);
}

const daysFromNow = (from: number, to: number) => ({
  notBefore: new Date(Date.now() + from * DAY_MS),
  notAfter: new Date(Date.now() + to * DAY_MS),
});

/** RSA keys take a good part of a second: none is made that no row asks for. */
function onceEach<Name extends string, Value>(make: (name: Name) => Value): (name: Name) => Value {
  const made = new Map<Name, Value>();
  return (name) => {
    const value = made.get(name) ?? make(name);
    made.set(name, value);
    return value;
  };
}

/** On an address of its own: fixtures that start later are given ports of another one. */
async function closedPort(): Promise<Endpoint> {
  const server = createServer().listen(0, '127.0.0.9');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('a TCP server has a port');
  server.close();
  await once(server, 'close');
  return { host: address.address, port: address.port };
}
