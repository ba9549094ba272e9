import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { mintAuthority } from '../../../../fixtures/kit/pki.ts';
import { kafka } from '../../../../probes/kafka/probe.ts';
import { FileValue } from '../../../../src/model/settings.ts';
import { saidOf, tryOnce } from '../../../kit/attempt.ts';
import { authority, start } from './cluster.ts';

describe('stores that the properties name by their path', () => {
  const clients = mintAuthority('clients');
  const own = clients.issue({ commonName: 'svc', usage: 'client' });
  let folder = '';

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'kafka-trust-'));
    await writeFile(join(folder, 'trust.pem'), authority.certPem);
    await writeFile(join(folder, 'own.pem'), own.keyPem + own.certPem);
  });
  afterAll(() => rm(folder, { recursive: true }));

  const tryWith = async (lines: readonly string[]) => {
    await using cluster = await start({ brokers: 1, security: 'SSL', clientAuthority: clients.certPem });
    const text = [`bootstrap.servers=${cluster.bootstrapServers}`, 'security.protocol=SSL', ...lines].join('\n');
    const propertiesFile = new FileValue(Buffer.from(text, 'latin1'), 'client.properties');
    return await tryOnce(kafka, { mode: 'spark', topic: 'claims', propertiesFile });
  };

  test('are read, authorities and client certificate alike', async () => {
    const tried = await tryWith([
      `ssl.truststore.location=${folder}/trust.pem`,
      'ssl.truststore.type=PEM',
      `ssl.keystore.location=${folder}/own.pem`,
      'ssl.keystore.type=PEM',
    ]);
    expect(saidOf(tried)).toBeNull();
  });

  test('fail the stage tls where they are not there', async () => {
    const tried = await tryWith([`ssl.truststore.location=${folder}/absent.p12`]);
    expect(saidOf(tried)).toBe('tls unclassified');
    expect(tried.failure?.classified).toMatchObject({ code: 'ENOENT' });
  });

  test('fail the stage tls with the way out where only Java reads them', async () => {
    await writeFile(join(folder, 'trust.jks'), Buffer.from('feedfeed00000002', 'hex'));
    const tried = await tryWith([`ssl.truststore.location=${folder}/trust.jks`]);
    expect(saidOf(tried)).toBe('tls unclassified');
    expect(tried.failure?.classified).toMatchObject({ code: 'ERR_KEYSTORE_JKS' });
  });
});
