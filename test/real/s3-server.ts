import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { createInterface } from 'node:readline';
import type { Identity } from '../../fixtures/kit/pki.ts';
import { freePorts } from '../kit/real-ports.ts';

/** Built by scripts/ci/s3-server.sh; nothing here reaches for the network. */
const GATEWAY = join(
  process.env['PROBE_CACHE'] ?? join(homedir(), '.cache', 'preflight-probe'),
  'versitygw-v1.8.0',
  'versitygw',
);

export const gatewayIsHere = (): boolean => existsSync(GATEWAY);

/** What the server was asked, by its own log: `s3_PutObject 200`. */
export type S3Request = { readonly operation: string; readonly outcome: string; readonly userAgent: string };

export type RealS3 = {
  readonly endpoint: string;
  /** Holds a folder for each bucket, in which the objects are files. */
  readonly folder: string;
  readonly bucket: string;
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  requests(): readonly S3Request[];
  [Symbol.asyncDispose](): Promise<void>;
};

export type S3Over = {
  readonly identity?: Identity;
  /** It ends each connection after an answer unless it is told to keep it. */
  readonly keepsAlive?: boolean;
};

/** Versity Gateway over a new folder, on the loopback. */
export async function startRealS3({ identity, keepsAlive = true }: S3Over = {}): Promise<RealS3> {
  const home = await mkdtemp(join(tmpdir(), 'probe-s3-'));
  const folder = join(home, 'buckets');
  const bucket = 'claims-raw';
  await mkdir(join(folder, bucket), { recursive: true });
  const [port = 0] = await freePorts(1);
  const accessKeyId = `AK${randomBytes(9).toString('hex').toUpperCase()}`;
  const secretAccessKey = randomBytes(30).toString('hex');
  const flags = [
    ...['--port', `127.0.0.1:${port}`, '--access-log', 'stdout'],
    ...(keepsAlive ? ['--keep-alive'] : []),
    ...(identity === undefined ? [] : await certificates(home, identity)),
  ];
  const child = spawn(GATEWAY, [...flags, 'posix', folder], {
    cwd: home,
    env: { PATH: process.env['PATH'], ROOT_ACCESS_KEY: accessKeyId, ROOT_SECRET_KEY: secretAccessKey },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const exited = once(child, 'exit');
  const said: string[] = [];
  const requests: S3Request[] = [];
  child.stderr.on('data', (text) => said.push(String(text)));
  await new Promise<void>((resolve, reject) => {
    createInterface({ input: child.stdout }).on('line', (line) => {
      said.push(line);
      const request = requestIn(line);
      if (request !== null) requests.push(request);
      if (line.includes(`127.0.0.1:${port}`)) resolve();
    });
    child.on('error', reject);
    child.on('exit', () => reject(new Error(`the gateway ended while starting:\n${said.join('\n')}`)));
  });
  return {
    endpoint: `${identity === undefined ? 'http' : 'https'}://127.0.0.1:${port}`,
    folder,
    bucket,
    accessKeyId,
    secretAccessKey,
    requests: () => [...requests],
    async [Symbol.asyncDispose]() {
      child.kill('SIGTERM');
      await exited;
      await rm(home, { recursive: true, force: true });
    },
  };
}

/** A line of S3's own format of access logs: operation, key, URI, status, error code, five numbers, referrer, user agent. */
function requestIn(line: string): S3Request | null {
  const [, operation, status, code, userAgent] =
    / s3_(\S+) \S+ \S+ (\d{3}) (\S+) \S+ \S+ \S+ \S+ \S+ (\S+) /.exec(line) ?? [];
  if (operation === undefined || userAgent === undefined) return null;
  return { operation, outcome: code === '-' ? `${status}` : `${code}`, userAgent };
}

async function certificates(folder: string, { certPem, keyPem }: Identity): Promise<readonly string[]> {
  const paths = { cert: join(folder, 'server.pem'), key: join(folder, 'server.key') };
  await writeFile(paths.cert, certPem);
  await writeFile(paths.key, keyPem, { mode: 0o600 });
  return ['--cert', paths.cert, '--key', paths.key];
}
