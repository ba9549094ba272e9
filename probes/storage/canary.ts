import { Buffer } from 'node:buffer';
import { createHash } from 'node:crypto';

// A canary is a small text file. Its name tells whose it is, and its bytes follow from its name: whoever reads it can tell whether
// it has arrived whole without having seen what was written.

export type Canary = {
  /** The writer's. */
  readonly context: string;
  readonly run: string;
};

export const CANARY_PREFIX = 'preflight-probe-';
const SUFFIX = '.canary';
const NAME = /^preflight-probe-(.+)-([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})\.canary$/;
/** A canary is filled up to whole blocks, so that one that is cut short is seen. */
const BLOCK_BYTES = 512;

export const nameOf = ({ context, run }: Canary): string => `${CANARY_PREFIX}${written(context)}-${run}${SUFFIX}`;

/** Whose canary the name is; null where it is none. */
export function canaryNamed(name: string): Canary | null {
  const [, of, run] = NAME.exec(name) ?? [];
  if (of === undefined || run === undefined) return null;
  const context = read(of);
  return context !== null && nameOf({ context, run }) === name ? { context, run } : null;
}

/** Its first line says whose it is, the second what it is for; the rest is filling, which no other canary has. */
export function bytesOf(canary: Canary): Buffer {
  const { context, run } = canary;
  const head = [
    JSON.stringify({ canary: 'preflight-probe', context, run }),
    'Written to see whether what one context writes is read in another. It may be deleted.',
    '',
  ].join('\n');
  const length = Math.ceil((Buffer.byteLength(head) + 1) / BLOCK_BYTES) * BLOCK_BYTES;
  const filling = createHash('sha512').update(head).digest('base64url');
  const missing = length - Buffer.byteLength(head) - 1;
  return Buffer.from(`${head}${filling.repeat(Math.ceil(missing / filling.length)).slice(0, missing)}\n`);
}

export const digestOf = (bytes: Uint8Array): string => `sha256:${createHash('sha256').update(bytes).digest('hex')}`;

/** Only what every storage takes in a name, so that another context's name is never mistaken for ours. */
const written = (context: string): string =>
  context.replace(/[^A-Za-z0-9._-]/gu, (sign) => `~${(sign.codePointAt(0) ?? 0).toString(16)}~`);

function read(of: string): string | null {
  const codes = [...of.matchAll(/~([^~]*)~/g)].map(([, code]) => code ?? '');
  if (codes.some((code) => !/^[0-9a-f]{1,6}$/.test(code) || Number.parseInt(code, 16) > 0x10ffff)) return null;
  return of.replace(/~([0-9a-f]{1,6})~/g, (_, code: string) => String.fromCodePoint(Number.parseInt(code, 16)));
}
