import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { type RequestOptions, request } from 'node:https';
import { text } from 'node:stream/consumers';
import { TLSSocket } from 'node:tls';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Identity, mintAuthority } from '../../fixtures/kit/pki.ts';
import { probeAll, saidOfEach } from '../kit/real-run.ts';
import { onPath, requireTool } from '../kit/requires.ts';
import { farOff, type RealNginx, startRealNginx } from './nginx-server.ts';

const VERSIONS = ['TLSv1.2', 'TLSv1.3'] as const;
type Version = (typeof VERSIONS)[number];

const skipped = requireTool('nginx', onPath('nginx'));

describe.skipIf(skipped)('a real nginx that verifies client certificates (needs nginx)', () => {
  let nginx: RealNginx;
  let right: Identity;
  let foreign: Identity;

  beforeAll(async () => {
    nginx = await startRealNginx();
    right = nginx.authority.issue({ commonName: 'client', usage: 'client', notAfter: farOff() });
    foreign = mintAuthority('Foreign CA').issue({ commonName: 'client', usage: 'client' });
  });
  afterAll(async () => {
    await nginx?.[Symbol.asyncDispose]();
  });

  describe.each(VERSIONS)('over %s', (version) => {
    test('answers the right client certificate', async () => {
      await expect(get(version, right)).resolves.toMatchObject({ status: 200, body: 'pong\n', version });
    });

    test('completes TLS without a client certificate, and then answers 400', async () => {
      const answer = await get(version, null);

      expect(answer).toMatchObject({ status: 400, version });
      expect(answer.body).toContain('No required SSL certificate was sent');
    });

    test("completes TLS with a stranger's certificate, and then answers 400", async () => {
      const answer = await get(version, foreign);

      expect(answer).toMatchObject({ status: 400, version });
      expect(answer.body).toContain('The SSL certificate error');
    });
  });

  test('the probe passes with the right certificate, and reads the 400 as a refusal of the client certificate', async () => {
    const target = (version: Version, as: Identity | null) => ({
      type: 'mtls',
      url: `${nginx.origins[version]}/v1/ping`,
      ca: { pem: nginx.authority.certPem },
      ...(as === null ? {} : { clientCertificate: { cert: { pem: as.certPem }, key: { pem: as.keyPem } } }),
    });
    const { exitCode, targets } = await probeAll(
      Object.fromEntries(
        VERSIONS.flatMap((version) => [
          [`right-${version}`, target(version, right)],
          [`foreign-${version}`, target(version, foreign)],
          [`none-${version}`, target(version, null)],
        ]),
      ),
    );

    expect(saidOfEach(targets)).toEqual({
      'right-TLSv1.2': 'pass',
      'right-TLSv1.3': 'pass',
      'foreign-TLSv1.2': 'fail request client-certificate-rejected',
      'foreign-TLSv1.3': 'fail request client-certificate-rejected',
      'none-TLSv1.2': 'fail request client-certificate-missing',
      'none-TLSv1.3': 'fail request client-certificate-missing',
    });
    expect(exitCode).toBe(1);
  });

  async function get(version: Version, as: Identity | null) {
    const client: RequestOptions = as === null ? {} : { cert: as.certPem, key: as.keyPem };
    const sent = request(nginx.origins[version], { ...client, ca: nginx.authority.certPem, agent: false }).end();
    const [response]: IncomingMessage[] = await once(sent, 'response');
    if (!(response?.socket instanceof TLSSocket)) throw new Error('the answer came without TLS');
    const protocol = response.socket.getProtocol();
    return { status: response.statusCode, body: await text(response), version: protocol };
  }
});
