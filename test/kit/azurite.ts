import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import type { IncomingMessage } from 'node:http';
import { request } from 'node:https';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { createInterface } from 'node:readline';
import {
  AccountSASPermissions,
  ContainerClient,
  ContainerSASPermissions,
  generateAccountSASQueryParameters,
  generateBlobSASQueryParameters,
  SASProtocol,
  StorageSharedKeyCredential,
} from '@azure/storage-blob';
import type { Identity } from '../../fixtures/kit/pki.ts';

const require = createRequire(import.meta.url);
const MAIN = require.resolve('azurite/dist/src/blob/main.js');

export type AzuriteAccount = {
  readonly name: string;
  readonly key: string;
  /** As `endpoint` takes it. */
  readonly endpoint: string;
  readonly credential: StorageSharedKeyCredential;
  /** What the permissions allow on a container, as `sasToken` takes it. */
  sas(container: string, permissions: string): string;
};

export type Azurite = {
  readonly host: string;
  readonly port: number;
  readonly accounts: readonly AzuriteAccount[];
  /** The status of every request since the start, in their order. */
  statuses(): readonly number[];
  [Symbol.asyncDispose](): Promise<void>;
};

/** Microsoft's own emulator of Azure Blob Storage, on the loopback and in memory. */
export async function startAzurite(
  options: { readonly accounts?: number; readonly identity?: Identity } = {},
): Promise<Azurite> {
  const folder = await mkdtemp(join(tmpdir(), 'probe-azurite-'));
  const given = Array.from({ length: options.accounts ?? 1 }, (_, index) => ({
    name: `account${index}`,
    key: randomBytes(64).toString('base64'),
  }));
  const flags = ['--blobHost', '127.0.0.1', '--blobPort', '0', '--inMemoryPersistence', '--disableTelemetry'];
  const tls = options.identity === undefined ? [] : await certificates(folder, options.identity);
  // the client speaks a newer version of the API than this release knows, and asks for nothing that is new in it
  const child = spawn(process.execPath, [MAIN, ...flags, '--skipApiVersionCheck', ...tls], {
    cwd: folder,
    env: {
      PATH: process.env['PATH'],
      AZURITE_ACCOUNTS: given.map(({ name, key }) => `${name}:${key}`).join(';'),
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const exited = once(child, 'exit');
  const statuses: number[] = [];
  const said: string[] = [];
  const stop = async () => {
    child.kill('SIGTERM');
    await exited;
    await rm(folder, { recursive: true, force: true });
  };
  child.stderr.on('data', (text) => said.push(String(text)));
  const base = await new Promise<string>((resolve, reject) => {
    createInterface({ input: child.stdout }).on('line', (line) => {
      said.push(line);
      const status = /HTTP\/1\.[01]" (\d{3})/.exec(line)?.[1];
      if (status !== undefined) statuses.push(Number(status));
      const address = / successfully listens on (\S+)/.exec(line)?.[1];
      if (address !== undefined) resolve(address);
    });
    child.on('error', reject);
    child.on('exit', () => reject(new Error(`Azurite ended while starting:\n${said.join('\n')}`)));
  });
  const { hostname, port } = new URL(base);
  return {
    host: hostname,
    port: Number(port),
    accounts: given.map(({ name, key }) => accountOf(name, key, base)),
    statuses: () => [...statuses],
    [Symbol.asyncDispose]: stop,
  };
}

function accountOf(name: string, key: string, base: string): AzuriteAccount {
  const credential = new StorageSharedKeyCredential(name, key);
  return {
    name,
    key,
    endpoint: `${base}/${name}`,
    credential,
    sas: (containerName, permissions) =>
      generateBlobSASQueryParameters(
        {
          containerName,
          permissions: ContainerSASPermissions.parse(permissions),
          protocol: SASProtocol.HttpsAndHttp,
          expiresOn: new Date(Date.now() + 3_600_000),
        },
        credential,
      ).toString(),
  };
}

/** Azure's own client, for what the probe is to find there or to have left. */
export const containerIn = ({ endpoint, credential }: AzuriteAccount, name: string): ContainerClient =>
  new ContainerClient(`${endpoint}/${name}`, credential);

/** Azure's client takes no authority of its own to trust. */
export async function createContainerOverTls(account: AzuriteAccount, name: string, caPem: string): Promise<void> {
  const sas = generateAccountSASQueryParameters(
    {
      services: 'b',
      resourceTypes: 'c',
      permissions: AccountSASPermissions.parse('c'),
      expiresOn: new Date(Date.now() + 3_600_000),
    },
    account.credential,
  );
  const created = request(`${account.endpoint}/${name}?restype=container&${sas}`, {
    method: 'PUT',
    ca: caPem,
    agent: false,
    headers: { 'content-length': 0, 'x-ms-version': '2024-11-04' },
  }).end();
  const [response]: IncomingMessage[] = await once(created, 'response');
  response?.resume();
  // 409: it is there
  if (response?.statusCode !== 201 && response?.statusCode !== 409)
    throw new Error(`Azurite answered ${response?.statusCode}`);
}

async function certificates(folder: string, { certPem, keyPem }: Identity): Promise<readonly string[]> {
  const paths = { cert: join(folder, 'server.pem'), key: join(folder, 'server.key') };
  await writeFile(paths.cert, certPem);
  await writeFile(paths.key, keyPem, { mode: 0o600 });
  return ['--cert', paths.cert, '--key', paths.key];
}
