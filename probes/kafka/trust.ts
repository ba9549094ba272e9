import { readFile } from 'node:fs/promises';
import type { Keystore } from '../../src/formats/keystore.ts';
import { PreflightError } from '../../src/model/preflight-error.ts';
import { codeOf } from '../../src/net/causes.ts';
import type { TlsSettings } from '../../src/net/tls.ts';
import type { JavaClient } from './java-client.ts';
import { type Properties, propertiesOf } from './properties.ts';
import type { KafkaSettings } from './settings.ts';

export type TlsMaterial = Pick<TlsSettings, 'ca' | 'cert' | 'key' | 'passphrase' | 'minVersion' | 'maxVersion'> &
  Pick<TlsSettings, 'checkServerIdentity'>;

const opened = new WeakMap<KafkaSettings, Promise<TlsMaterial>>();

/** What the handshake needs of the ssl.* properties. Opening a keystore takes a good part of a second, so that it is done once. */
export function tlsMaterial(settings: KafkaSettings, client: JavaClient): Promise<TlsMaterial> {
  const known = opened.get(settings) ?? open(settings, client);
  opened.set(settings, known);
  // what failed is tried again by the next attempt, as by the next process of the workload
  known.catch(() => opened.delete(settings));
  return known;
}

async function open(settings: KafkaSettings, client: JavaClient): Promise<TlsMaterial> {
  const properties = propertiesOf(settings);
  const ca = settings.ca?.text ?? (await trusted(properties));
  return {
    ...(ca === null ? {} : { ca }),
    ...(await shown(settings, properties)),
    ...versions(client.tlsVersions),
    ...(client.verifiesHostName ? {} : { checkServerIdentity: () => undefined }),
  };
}

/** SslConfigs: certificates in the properties themselves (KIP-651), or a store, whose content says what it is. */
async function trusted(properties: Properties): Promise<string | null> {
  const inline = properties['ssl.truststore.certificates'];
  if (inline !== undefined) return inline;
  const location = properties['ssl.truststore.location'];
  if (location === undefined) return null;
  return (await store(location, properties['ssl.truststore.password'])).caPems.join('\n');
}

async function shown(
  { clientCertificate }: KafkaSettings,
  properties: Properties,
): Promise<Pick<TlsSettings, 'cert' | 'key' | 'passphrase'>> {
  if (clientCertificate !== undefined) {
    const { cert, key, passphrase } = clientCertificate;
    return { cert: cert.text, key: key.text, ...(passphrase === undefined ? {} : { passphrase }) };
  }
  const keyPassword = properties['ssl.key.password'];
  const cert = properties['ssl.keystore.certificate.chain'];
  const key = properties['ssl.keystore.key'];
  if (cert !== undefined && key !== undefined)
    return { cert, key, ...(keyPassword === undefined ? {} : { passphrase: keyPassword }) };
  const location = properties['ssl.keystore.location'];
  if (location === undefined) return {};
  const { certPem, keyPem, caPems } = await store(location, properties['ssl.keystore.password'] ?? keyPassword);
  return certPem === null || keyPem === null ? {} : { cert: [certPem, ...caPems].join('\n'), key: keyPem };
}

/** The reader of PKCS#12 brings its own cryptography, which few need. */
async function store(location: string, password: string | undefined): Promise<Keystore> {
  const { readKeystore } = await import('../../src/formats/keystore.ts');
  return readKeystore(await contentOf(location), { type: null, password: password ?? null, alias: null });
}

async function contentOf(location: string): Promise<Buffer> {
  try {
    return await readFile(location);
  } catch (error) {
    const why = codeOf(error) ?? 'unknown error';
    throw new PreflightError(
      'ERR_KEYSTORE_FILE',
      `the store ${location} cannot be read (${why})`,
      'Correct ssl.keystore.location or ssl.truststore.location.',
      { cause: error },
    );
  }
}

/** OpenSSL 3 speaks none of the older ones, whatever is enabled. */
function versions(enabled: readonly string[]): Pick<TlsSettings, 'minVersion' | 'maxVersion'> {
  const has12 = enabled.includes('TLSv1.2');
  const has13 = enabled.includes('TLSv1.3');
  return { minVersion: has12 || !has13 ? 'TLSv1.2' : 'TLSv1.3', maxVersion: has13 ? 'TLSv1.3' : 'TLSv1.2' };
}
