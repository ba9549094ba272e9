import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { type Authority, type Identity, mintAuthority } from '../../fixtures/kit/pki.ts';
import { freePorts } from '../kit/real-ports.ts';

export type RealNginx = {
  /** One origin for each version, because nginx takes ssl_protocols of a port from its first server. */
  readonly origins: { readonly 'TLSv1.2': string; readonly 'TLSv1.3': string };
  /** Issued nginx's own certificate, and is the only one whose client certificates nginx accepts. */
  readonly authority: Authority;
  [Symbol.asyncDispose](): Promise<void>;
};

/** Beyond the days at which the probe warns of a certificate's end. */
export const farOff = (): Date => new Date(Date.now() + 90 * 86_400_000);

/** The system's nginx on the loopback, with `ssl_verify_client on`. Every path answers 200. */
export async function startRealNginx(): Promise<RealNginx> {
  const authority = mintAuthority('Real nginx CA');
  const folder = await mkdtemp(join(tmpdir(), 'probe-nginx-'));
  const removeFolder = () => rm(folder, { recursive: true, force: true });
  try {
    const [port12 = 0, port13 = 0] = await freePorts(2);
    await writeCertificates(folder, authority);
    const servers = [server(port12, 'TLSv1.2'), server(port13, 'TLSv1.3')];
    await writeFile(join(folder, 'nginx.conf'), configuration(folder, servers));
    const stop = await startProcess(folder);
    return {
      origins: { 'TLSv1.2': `https://127.0.0.1:${port12}`, 'TLSv1.3': `https://127.0.0.1:${port13}` },
      authority,
      [Symbol.asyncDispose]: async () => {
        await stop();
        await removeFolder();
      },
    };
  } catch (error) {
    await removeFolder();
    throw error;
  }
}

async function writeCertificates(folder: string, authority: Authority): Promise<void> {
  const own: Identity = authority.issue({
    commonName: 'nginx',
    altNames: ['127.0.0.1'],
    usage: 'server',
    notAfter: farOff(),
  });
  const files = { 'server.crt': own.certPem, 'server.key': own.keyPem, 'clients.crt': authority.certPem };
  for (const [name, pem] of Object.entries(files)) await writeFile(join(folder, name), pem, { mode: 0o600 });
}

const server = (port: number, version: string): string => `
  server {
    listen 127.0.0.1:${port} ssl;
    ssl_protocols ${version};
    ssl_certificate server.crt;
    ssl_certificate_key server.key;
    ssl_client_certificate clients.crt;
    ssl_verify_client on;
    location / { return 200 "pong\\n"; }
  }`;

/** In the foreground and as one process, with every path of its own, so that it needs neither root nor what the package configures. */
const configuration = (folder: string, servers: readonly string[]): string => `
daemon off;
master_process off;
pid ${folder}/nginx.pid;
error_log stderr notice;
events {}
http {
  access_log off;
  ${['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map((name) => `${name}_temp_path ${folder}/${name};`).join(' ')}
  ${servers.join('\n')}
}
`;

async function startProcess(folder: string): Promise<() => Promise<void>> {
  const nginx = spawn('nginx', ['-p', folder, '-e', 'stderr', '-c', 'nginx.conf'], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const exited = once(nginx, 'exit');
  const said: string[] = [];
  await new Promise<void>((resolve, reject) => {
    createInterface({ input: nginx.stderr }).on('line', (line) => {
      said.push(line);
      // nginx binds its ports before it chooses how to wait for events.
      if (line.includes('event method')) resolve();
    });
    nginx.on('error', reject);
    nginx.on('exit', () => reject(new Error(`nginx ended while starting:\n${said.join('\n')}`)));
  });
  return async () => {
    nginx.kill('SIGTERM');
    await exited;
  };
}
