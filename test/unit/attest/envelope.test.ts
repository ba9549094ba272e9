import { Buffer } from 'node:buffer';
import { describe, expect, test } from 'vitest';
import { envelopeText, openEnvelope, preAuthenticationEncoding } from '../../../src/attest/envelope.ts';

const PAYLOAD = Buffer.from('{"a":"é"}', 'utf8');
// two bytes: its base64 ends in padding, with bits that say nothing
const WHOLE = envelopeText({ payload: PAYLOAD, signature: Buffer.from([0xff, 0xfe]) });
const PARTS = {
  payload: PAYLOAD.toString('base64'),
  payloadType: 'application/vnd.in-toto+json',
  signatures: [{ sig: '//4=' }],
};
const line = (value: unknown): string => `${JSON.stringify(value)}\n`;

test('what is signed is the type and the payload, each with its length in bytes', () => {
  expect(preAuthenticationEncoding(PAYLOAD).toString('utf8')).toBe(
    'DSSEv1 28 application/vnd.in-toto+json 10 {"a":"é"}',
  );
});

describe('an envelope', () => {
  test('is opened as it was written', () => {
    expect(WHOLE).toBe(line(PARTS));
    expect(openEnvelope(Buffer.from(WHOLE))).toEqual({ payload: PAYLOAD, signature: Buffer.from([0xff, 0xfe]) });
  });

  test.each([
    ['with a keyid', line({ ...PARTS, signatures: [{ keyid: '', sig: '//4=' }] })],
    ['with a key that is unknown', line({ ...PARTS, more: 1 })],
    ['with two signatures', line({ ...PARTS, signatures: [{ sig: '//4=' }, { sig: '//4=' }] })],
    ['without a signature', line({ ...PARTS, signatures: [] })],
    ['of another type', line({ ...PARTS, payloadType: 'application/json' })],
    [
      'in another order',
      line({ payloadType: PARTS.payloadType, payload: PARTS.payload, signatures: PARTS.signatures }),
    ],
    ['with a key twice', WHOLE.replace('{"payload"', '{"payload":"","payload"')],
    ['with blanks', `${JSON.stringify(PARTS, null, 1)}\n`],
    ['without its line feed', WHOLE.trimEnd()],
    ['with a line feed more', `${WHOLE}\n`],
    ['with a carriage return', WHOLE.replace('\n', '\r\n')],
    ['with a byte order mark', `\uFEFF${WHOLE}`],
    ['with an escape', WHOLE.replace('sig', '\\u0073ig')],
    ['in base64url', WHOLE.replace('//4=', '__4=')],
    ['without padding', WHOLE.replace('//4=', '//4')],
    ['with bits in the padding', WHOLE.replace('//4=', '//5=')],
    ['with a line break in the base64', WHOLE.replace('//4=', '//\\n4=')],
    ['that is a statement', PAYLOAD.toString('utf8')],
    ['that is no JSON', 'DSSE'],
    ['that is empty', ''],
  ])('%s is none', (_, text) => {
    expect(openEnvelope(Buffer.from(text, 'utf8'))).toBeNull();
  });

  test('with bytes that are no UTF-8 is none', () => {
    expect(openEnvelope(Buffer.concat([Buffer.from([0xff]), Buffer.from(WHOLE)]))).toBeNull();
  });
});
