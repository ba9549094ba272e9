import { Buffer } from 'node:buffer';
import type { KeyObject } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { preAuthenticationEncoding } from '../../../src/attest/envelope.ts';
import { signatureOf, trustedKey } from '../../../src/attest/keys.ts';
import { payloadOf } from '../../../src/attest/statement.ts';
import { PreflightError } from '../../../src/model/preflight-error.ts';
import { attested, ecdsa, ed25519, KEYS, type Keys, publicPem, SMALL, sealed, stated, verifying } from './attesting.ts';

const smallEnvelope = (keys: Keys): Buffer => attested({ decision: SMALL, evidence: [] }, keys);

/** Nothing in it can be trusted: not one word of the statement is believed. */
async function isRefused(envelope: Buffer, keys: Keys): Promise<boolean> {
  const { statement, placed, objections } = await verifying(envelope, { key: keys.publicKey, asked: null });
  return statement === null && placed.length === 0 && objections.length === 1 && objections[0]?.kind === 'refused';
}

const flipped = (bytes: Buffer, at: number, mask: number): Buffer => {
  const copy = Buffer.from(bytes);
  copy[at] = (copy[at] ?? 0) ^ mask;
  return copy;
};

describe('an envelope that was tampered with never verifies', () => {
  test.each([
    ['Ed25519', KEYS],
    ['ECDSA', ecdsa('P-256')],
  ])('in any bit of any byte (%s)', { timeout: 120_000 }, async (_, keys) => {
    const envelope = smallEnvelope(keys);
    expect(await isRefused(envelope, keys)).toBe(false);
    const believed: string[] = [];
    for (let at = 0; at < envelope.length; at += 1) {
      for (let bit = 0; bit < 8; bit += 1) {
        if (!(await isRefused(flipped(envelope, at, 1 << bit), keys))) believed.push(`byte ${at}, bit ${bit}`);
      }
    }
    expect(believed).toEqual([]);
  });

  test('cut off at any length, or continued', async () => {
    const envelope = smallEnvelope(KEYS);
    const believed: number[] = [];
    for (let length = 0; length < envelope.length; length += 1) {
      if (!(await isRefused(envelope.subarray(0, length), KEYS))) believed.push(length);
    }
    expect(believed).toEqual([]);
    for (const more of ['\n', ' ', '\0', envelope.toString('utf8')]) {
      expect(await isRefused(Buffer.concat([envelope, Buffer.from(more)]), KEYS)).toBe(true);
    }
  });

  test('with another statement under its signature, or another signature over its statement', async () => {
    const [one, other] = [stated(), stated({ commit: '0123abc' })].map(payloadOf);
    const [first = '', second = ''] = [one, other].map((payload) => sealed(payload ?? Buffer.alloc(0)).toString());
    const [signature, another] = [first, second].map((text) => /"sig":"(.*?)"/.exec(text)?.[1] ?? '');
    const swapped = first.replace(signature ?? '', another ?? '');
    expect(swapped).not.toBe(first);
    expect(await isRefused(Buffer.from(swapped), KEYS)).toBe(true);
  });

  test('or signed with a key that is not the trusted one', async () => {
    expect(await isRefused(smallEnvelope(ed25519()), KEYS)).toBe(true);
  });

  test('or signed over the payload alone', async () => {
    const payload = payloadOf(stated({ decision: SMALL }));
    const bare = signatureOf(payload, KEYS.privateKey).toString('base64');
    const right = signatureOf(preAuthenticationEncoding(payload), KEYS.privateKey).toString('base64');
    expect(await isRefused(Buffer.from(sealed(payload).toString().replace(right, bare)), KEYS)).toBe(true);
  });
});

describe('a key that was tampered with', () => {
  test.each([
    ['Ed25519', KEYS],
    ['ECDSA', ecdsa('P-256')],
  ])('in any bit verifies nothing, or is the same key (%s)', { timeout: 60_000 }, async (_, keys) => {
    const envelope = smallEnvelope(keys);
    const pem = Buffer.from(publicPem(keys));
    const trusted: string[] = [];
    for (let at = 0; at < pem.length * 8; at += 1) {
      const key = keyIn(flipped(pem, Math.floor(at / 8), 1 << (at % 8)).toString('latin1'));
      if (key === null || key.equals(keys.publicKey)) continue;
      if (!(await isRefused(envelope, { ...keys, publicKey: key }))) trusted.push(`bit ${at}`);
    }
    expect(trusted).toEqual([]);
  });

  function keyIn(pem: string): KeyObject | null {
    try {
      return trustedKey(pem, 'trusted.pem');
    } catch (error) {
      if (error instanceof PreflightError) return null;
      throw error;
    }
  }
});
