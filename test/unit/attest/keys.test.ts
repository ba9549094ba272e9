import { Buffer } from 'node:buffer';
import { generateKeyPairSync } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { mintAuthority } from '../../../fixtures/kit/pki.ts';
import { isSignatureOf, signatureOf, signingKey, trustedKey } from '../../../src/attest/keys.ts';
import { PreflightError } from '../../../src/model/preflight-error.ts';
import { ecdsa, ed25519, privatePem, publicPem } from './attesting.ts';

const BYTES = Buffer.from('DSSEv1 …');
const [ONE, OTHER] = [ed25519(), ed25519()];
const P256 = ecdsa('P-256');
const RSA = generateKeyPairSync('rsa', { modulusLength: 2048 });
const ENCRYPTED = ONE.privateKey
  .export({ type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase: 'secret' })
  .toString();
const SEC1 = P256.privateKey.export({ type: 'sec1', format: 'pem' }).toString();
/** As `openssl ecparam -genkey` writes it. */
const WITH_PARAMETERS = `-----BEGIN EC PARAMETERS-----\nBggqhkjOPQMBBw==\n-----END EC PARAMETERS-----\n${SEC1}`;

const refusal = (work: () => unknown): string => {
  try {
    work();
  } catch (error) {
    if (error instanceof PreflightError) return `${error.code} ${error.message}`;
    throw error;
  }
  return 'none';
};

describe('a signature', () => {
  test.each([
    ['Ed25519', ONE],
    ['P-256', P256],
    ['P-384', ecdsa('P-384')],
    ['P-521', ecdsa('P-521')],
  ])('by %s holds for its bytes and its key, and for no other', (_, keys) => {
    const [signing, trusted] = [signingKey(privatePem(keys), 'k'), trustedKey(publicPem(keys), 'k')];
    const signature = signatureOf(BYTES, signing);
    expect(isSignatureOf(signature, BYTES, trusted)).toBe(true);
    expect(isSignatureOf(signature, Buffer.from('DSSEv1 …!'), trusted)).toBe(false);
    expect(isSignatureOf(signature, BYTES, trustedKey(publicPem(ecdsa('P-256')), 'k'))).toBe(false);
    expect(isSignatureOf(signature, BYTES, trustedKey(publicPem(OTHER), 'k'))).toBe(false);
    for (const nonsense of [Buffer.alloc(0), Buffer.alloc(64), Buffer.alloc(4096, 0x30)]) {
      expect(isSignatureOf(nonsense, BYTES, trusted)).toBe(false);
    }
  });

  test.each([
    ['the older form of OpenSSL', SEC1],
    ['that form with its parameters', WITH_PARAMETERS],
  ])('is made with a key in %s', (_, pem) => {
    expect(isSignatureOf(signatureOf(BYTES, signingKey(pem, 'k')), BYTES, P256.publicKey)).toBe(true);
  });
});

test.each([
  ['a public key', publicPem(ONE), 'is a public key'],
  ['an encrypted key', ENCRYPTED, 'is encrypted'],
  ['an RSA key', privatePem(RSA), 'is of a kind that is not used here (rsa)'],
  ['a key of another curve', privatePem(ecdsa('secp256k1')), 'is of a kind that is not used here (ec secp256k1)'],
  ['two keys', privatePem(ONE) + privatePem(OTHER), 'is not one private key in PEM form'],
  ['no key', 'hello', 'is not one private key in PEM form'],
  ['a damaged key', privatePem(ONE).replace('MC4', 'MD4'), 'cannot be read'],
])('%s does not sign', (_, pem, what) => {
  expect(refusal(() => signingKey(pem, 'signing.pem'))).toBe(`ERR_KEY the key signing.pem ${what}`);
});

test.each([
  ['a private key', privatePem(ONE), 'is a private key'],
  ['a private key beside its public one', publicPem(ONE) + privatePem(ONE), 'is a private key'],
  ['a private key in the older form', SEC1, 'is a private key'],
  ['a certificate', mintAuthority('Lab').certPem, 'is not one public key in PEM form (BEGIN PUBLIC KEY)'],
  ['an RSA key', publicPem(RSA), 'is of a kind that is not used here (rsa)'],
  ['two keys', publicPem(ONE) + publicPem(OTHER), 'is not one public key in PEM form (BEGIN PUBLIC KEY)'],
  ['no key', '', 'is not one public key in PEM form (BEGIN PUBLIC KEY)'],
  ['a damaged key', publicPem(ONE).replace('MCo', 'MDo'), 'cannot be read'],
])('%s is not trusted', (_, pem, what) => {
  expect(refusal(() => trustedKey(pem, 'trusted.pem'))).toBe(`ERR_KEY the key trusted.pem ${what}`);
});
