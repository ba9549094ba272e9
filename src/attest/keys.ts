import type { Buffer } from 'node:buffer';
import { createPrivateKey, createPublicKey, type KeyObject, sign, verify } from 'node:crypto';
import { PreflightError } from '../model/preflight-error.ts';

/** The digest that goes with each curve (RFC 5656 6.2.1); Ed25519 has its own. */
const DIGESTS: Readonly<Record<string, string>> = { prime256v1: 'sha256', secp384r1: 'sha384', secp521r1: 'sha512' };

const KINDS = 'The keys are Ed25519 and ECDSA on P-256, P-384 or P-521.';

/** `shown` names the key in messages, which never quote it. */
export function signingKey(pem: string, shown: string): KeyObject {
  const refuse = refusing(shown);
  const labels = labelsIn(pem).filter((label) => label !== 'EC PARAMETERS');
  if (labels.includes('PUBLIC KEY')) throw refuse('is a public key', 'Signing takes the private one.');
  if (/ENCRYPTED/.test(pem)) {
    throw refuse('is encrypted', `Keep it in a secret store as it is, and name it by a reference: \${env:NAME}.`);
  }
  if (labels.length !== 1 || !labels[0]?.endsWith('PRIVATE KEY')) {
    throw refuse('is not one private key in PEM form', 'Make one: openssl genpkey -algorithm ed25519');
  }
  return usable(
    readable(() => createPrivateKey(pem)),
    refuse,
  );
}

/** Node.js would take a private key or a certificate for the public key within it; neither is what a verifier should hold. */
export function trustedKey(pem: string, shown: string): KeyObject {
  const refuse = refusing(shown);
  const labels = labelsIn(pem);
  if (labels.some((label) => label.endsWith('PRIVATE KEY'))) {
    throw refuse('is a private key', 'Who verifies must not be able to sign: openssl pkey -in KEY -pubout');
  }
  if (labels.length !== 1 || labels[0] !== 'PUBLIC KEY') {
    throw refuse('is not one public key in PEM form (BEGIN PUBLIC KEY)', 'Make it: openssl pkey -in KEY -pubout');
  }
  return usable(
    readable(() => createPublicKey(pem)),
    refuse,
  );
}

export const signatureOf = (bytes: Buffer, key: KeyObject): Buffer => sign(digestOf(key), bytes, key);

/** ECDSA signatures are in DER, as OpenSSL and every key store write them. */
export const isSignatureOf = (signature: Buffer, bytes: Buffer, key: KeyObject): boolean =>
  verify(digestOf(key), bytes, key, signature);

const labelsIn = (pem: string): readonly string[] =>
  [...pem.matchAll(/-----BEGIN ([A-Z0-9 ]+)-----/g)].map(([, label = '']) => label);

function readable(read: () => KeyObject): KeyObject | null {
  try {
    return read();
  } catch {
    return null;
  }
}

type Refuse = (what: string, hint: string) => PreflightError;

const refusing =
  (shown: string): Refuse =>
  (what, hint) =>
    new PreflightError('ERR_KEY', `the key ${shown} ${what}`, hint);

function usable(key: KeyObject | null, refuse: Refuse): KeyObject {
  if (key === null) throw refuse('cannot be read', 'It is damaged, or no PEM file.');
  if (key.asymmetricKeyType === 'ed25519') return key;
  const curve = key.asymmetricKeyDetails?.namedCurve ?? '';
  if (key.asymmetricKeyType === 'ec' && Object.hasOwn(DIGESTS, curve)) return key;
  throw refuse(
    `is of a kind that is not used here (${key.asymmetricKeyType}${curve === '' ? '' : ` ${curve}`})`,
    KINDS,
  );
}

const digestOf = (key: KeyObject): string | null => DIGESTS[key.asymmetricKeyDetails?.namedCurve ?? ''] ?? null;
