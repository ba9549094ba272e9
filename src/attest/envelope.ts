import { Buffer } from 'node:buffer';
import { z } from 'zod';

// DSSE v1 (github.com/secure-systems-lab/dsse), in the one form that is written here: one signature, no `keyid`, compact JSON.

export const PAYLOAD_TYPE = 'application/vnd.in-toto+json';

/** The bytes that are signed (DSSE protocol, "Signature Definition"). */
export const preAuthenticationEncoding = (payload: Buffer): Buffer =>
  Buffer.concat([
    Buffer.from(`DSSEv1 ${Buffer.byteLength(PAYLOAD_TYPE)} ${PAYLOAD_TYPE} ${payload.length} `, 'utf8'),
    payload,
  ]);

export type Envelope = { readonly payload: Buffer; readonly signature: Buffer };

const envelope = z.strictObject({
  payload: z.base64(),
  payloadType: z.literal(PAYLOAD_TYPE),
  signatures: z.tuple([z.strictObject({ sig: z.base64() })]),
});

export function envelopeText({ payload, signature }: Envelope): string {
  const written: z.infer<typeof envelope> = {
    payload: payload.toString('base64'),
    payloadType: PAYLOAD_TYPE,
    signatures: [{ sig: signature.toString('base64') }],
  };
  return `${JSON.stringify(written)}\n`;
}

/**
 * Null unless these are the very bytes that would be written again: JSON and base64 have other ways to say the same, and what can be said
 * in two ways can be changed without anyone noticing.
 */
export function openEnvelope(bytes: Buffer): Envelope | null {
  const read = envelope.safeParse(jsonIn(bytes));
  if (!read.success) return null;
  const [{ sig }] = read.data.signatures;
  const opened = { payload: Buffer.from(read.data.payload, 'base64'), signature: Buffer.from(sig, 'base64') };
  return Buffer.from(envelopeText(opened), 'utf8').equals(bytes) ? opened : null;
}

/** Undefined where these bytes are no JSON. */
export function jsonIn(bytes: Buffer): unknown {
  try {
    return JSON.parse(bytes.toString('utf8'));
  } catch {
    return undefined;
  }
}
