import { X509Certificate } from 'node:crypto';
import { PreflightError } from '../../src/model/preflight-error.ts';
import { type CertificateFacts, factsOf } from '../../src/net/certificate.ts';
import type { TlsSettings } from '../../src/net/tls.ts';
import { type Keystore, type MtlsSettings, ownCertificate } from './settings.ts';

/** What the TLS handshake needs of the settings, with keystores opened. */
export type TlsIdentity = {
  readonly tls: Pick<TlsSettings, 'ca' | 'cert' | 'key' | 'passphrase'>;
  /** Our own certificate, and what is kept of it. */
  readonly certificatePem: string | null;
  readonly facts: CertificateFacts | null;
};

const opened = new WeakMap<MtlsSettings, Promise<TlsIdentity>>();

/** Opening a keystore derives keys for a good part of a second: done once, not in every attempt. */
export function identityOf(settings: MtlsSettings): Promise<TlsIdentity> {
  const known = opened.get(settings) ?? open(settings);
  opened.set(settings, known);
  return known;
}

async function open(settings: MtlsSettings): Promise<TlsIdentity> {
  const ca =
    settings.truststore === undefined ? settings.ca?.text : (await read(settings.truststore)).caPems.join('\n');
  const shown = await shownBy(settings);
  const certificatePem = shown?.cert ?? null;
  return {
    tls: { ...(ca === undefined ? {} : { ca }), ...shown },
    certificatePem,
    facts: certificatePem === null ? null : factsOf(new X509Certificate(certificatePem)),
  };
}

async function shownBy(settings: MtlsSettings): Promise<{ cert: string; key: string; passphrase?: string } | null> {
  const own = ownCertificate(settings);
  switch (own.form) {
    case 'none':
      return null;
    case 'pem': {
      const { cert, key, passphrase } = own;
      return { cert: cert.text, key: key.text, ...(passphrase === undefined ? {} : { passphrase }) };
    }
    case 'keystore': {
      const { certPem, keyPem, caPems } = await read(own.keystore);
      if (certPem === null || keyPem === null)
        throw new PreflightError(
          'ERR_KEYSTORE_KEY',
          'the keystore of the client certificate holds no private key',
          'a store of authorities alone belongs into truststore',
        );
      return { cert: [certPem, ...caPems.filter(isIntermediate)].join('\n'), key: keyPem };
    }
    default:
      return own satisfies never;
  }
}

/** A server trusts its own roots and needs none to be shown (RFC 8446 4.4.2). */
const isIntermediate = (pem: string): boolean => {
  const certificate = new X509Certificate(pem);
  return !certificate.checkIssued(certificate);
};

/** The reader of PKCS#12 brings its own cryptography, which few need. */
async function read({ path, type, password, alias }: Keystore) {
  const { readKeystore } = await import('../../src/formats/keystore.ts');
  return readKeystore(path.bytes, { type: type ?? null, password: password ?? null, alias: alias ?? null });
}
