import { createPrivateKey, type KeyObject, X509Certificate } from 'node:crypto';

const CERTIFICATE = /-----BEGIN CERTIFICATE-----[\s\S]+?-----END CERTIFICATE-----/g;

/** Every certificate of a PEM text, in its order; throws where one cannot be read. */
export const certificatesIn = (pem: string): readonly X509Certificate[] =>
  (pem.match(CERTIFICATE) ?? []).map((block) => new X509Certificate(block));

/** What is wrong with a text that should hold certificates, as the operator must hear it; null where nothing is. */
export function certificatesProblem(pem: string): string | null {
  try {
    return certificatesIn(pem).length > 0 ? null : 'holds no certificate in PEM form (BEGIN CERTIFICATE)';
  } catch {
    return 'holds a certificate that cannot be read';
  }
}

/** What is wrong with a private key for a certificate; null where they belong together. Never says what the key is. */
export function keyProblem(key: string, passphrase: string | undefined, certificatePem: string): string | null {
  if (passphrase === undefined && ENCRYPTED.test(key)) return 'is encrypted: set passphrase';
  const privateKey = read(key, passphrase);
  if (privateKey === null)
    return `is not a private key in PEM form${passphrase === undefined ? '' : ', or the passphrase is wrong'}`;
  return certificatesIn(certificatePem)[0]?.checkPrivateKey(privateKey) === true
    ? null
    : 'is not the key of the first certificate';
}

/** PKCS#8 (RFC 7468 11), or the older form of OpenSSL (RFC 1421 4.6.1.1). */
const ENCRYPTED = /-----BEGIN ENCRYPTED PRIVATE KEY-----|^Proc-Type: 4,ENCRYPTED/m;

function read(key: string, passphrase: string | undefined): KeyObject | null {
  try {
    return createPrivateKey({ key, ...(passphrase === undefined ? {} : { passphrase }) });
  } catch {
    return null;
  }
}
