import { Buffer } from 'node:buffer';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Identity, mintAuthority } from '../../fixtures/kit/pki.ts';
import { mtls } from '../../probes/mtls/probe.ts';
import { FileValue } from '../../src/model/settings.ts';
import { saidOf, tryOnce } from '../kit/attempt.ts';
import { onPath, requireTool } from '../kit/requires.ts';

const HOUR_MS = 3_600_000;

describe.skipIf(requireTool('openssl', onPath('openssl')))(
  'a real openssl that demands client certificates (needs openssl)',
  () => {
    const authority = mintAuthority('Lab authority');
    const server = authority.issue({ commonName: 'openssl.lab', altNames: ['127.0.0.1'], usage: 'server' });
    const clients: Readonly<Record<string, Identity | null>> = {
      right: authority.issue({ commonName: 'probe', usage: 'client' }),
      foreign: mintAuthority('Somebody else').issue({ commonName: 'probe', usage: 'client' }),
      expired: authority.issue({
        commonName: 'probe',
        usage: 'client',
        notBefore: new Date(Date.now() - 2 * HOUR_MS),
        notAfter: new Date(Date.now() - HOUR_MS),
      }),
      none: null,
    };
    const file = (pem: string) => new FileValue(Buffer.from(pem), 'inline');
    let folder = '';

    beforeAll(async () => {
      folder = await mkdtemp(join(tmpdir(), 'probe-openssl-'));
      const files = { 'server.crt': server.certPem, 'server.key': server.keyPem, 'ca.crt': authority.certPem };
      for (const [name, pem] of Object.entries(files)) await writeFile(join(folder, name), pem, { mode: 0o600 });
    });
    afterAll(() => rm(folder, { recursive: true }));

    /** Answers each GET with a page about its connection. */
    async function start(version: string) {
      const files = ['-cert', 'server.crt', '-key', 'server.key', '-CAfile', 'ca.crt'];
      const demands = ['-Verify', '2', '-verify_return_error', '-www', version];
      const child = spawn('openssl', ['s_server', '-accept', '127.0.0.1:0', ...files, ...demands], {
        cwd: folder,
        stdio: ['pipe', 'pipe', 'ignore'],
      });
      const exited = once(child, 'exit');
      const port = await new Promise<number>((found, failed) => {
        child.once('exit', () => failed(new Error('openssl ended while starting')));
        createInterface({ input: child.stdout }).on('line', (line) => {
          const [, accepted] = /^ACCEPT 127\.0\.0\.1:(\d+)/.exec(line) ?? [];
          if (accepted !== undefined) found(Number(accepted));
        });
      });
      return {
        port,
        async [Symbol.asyncDispose]() {
          child.kill('SIGTERM');
          await exited;
        },
      };
    }

    test.each([
      ['-tls1_2', 'right', null],
      ['-tls1_2', 'foreign', 'tls client-certificate-rejected'],
      ['-tls1_2', 'expired', 'tls client-certificate-expired'],
      ['-tls1_2', 'none', 'tls client-certificate-missing'],
      ['-tls1_3', 'right', null],
      ['-tls1_3', 'foreign', 'request client-certificate-rejected'],
      ['-tls1_3', 'expired', 'request client-certificate-expired'],
      ['-tls1_3', 'none', 'request client-certificate-missing'],
    ])('under %s, shown the certificate that is %s, is seen as: %s', async (version, client, said) => {
      await using target = await start(version);
      const shown = clients[client] ?? null;
      const tried = await tryOnce(mtls, {
        url: `https://127.0.0.1:${target.port}/`,
        ca: file(authority.certPem),
        ...(shown === null ? {} : { clientCertificate: { cert: file(shown.certPem), key: file(shown.keyPem) } }),
      });

      expect(saidOf(tried)).toBe(said);
    });
  },
);
