import { createHash, createPublicKey, X509Certificate } from 'node:crypto';
import type { FileValue } from '../model/settings.ts';
import { nameOf } from './files.ts';

// A file enters a target's digest by what the other side can see of it: a renewed certificate is another one, a new password is not.
// A digest of a secret with few possible values would give it away, so such lines are left out, and closed stores go by their name.

const BLOCK = /-----BEGIN ([A-Z0-9 ]+)-----[\s\S]*?-----END \1-----/g;
const CERTIFICATE = '-----BEGIN CERTIFICATE-----';
const SECRET_LINE = /password|secret|jaas|token|key/i;

export function publicPart(file: FileValue): unknown {
  const text = file.text;
  const blocks = [...text.matchAll(BLOCK)].map(([pem, label = '']) => ({ pem, label }));
  if (blocks.length > 0) return blocks.map(({ pem, label }) => partOfBlock(pem, label, file)).sort();
  if (isBinary(file)) return { store: nameOf(file) };
  return { text: sha256(withoutSecretLines(text)) };
}

/** Certificates and nothing else: every handshake shows them. */
export const isCertificates = (text: string): boolean =>
  text.includes(CERTIFICATE) &&
  text.replace(BLOCK, (block) => (block.startsWith(CERTIFICATE) ? '' : block)).trim() === '';

function partOfBlock(pem: string, label: string, file: FileValue): string {
  try {
    if (label.endsWith('CERTIFICATE')) return `certificate ${sha256(new X509Certificate(pem).raw)}`;
    if (label === 'ENCRYPTED PRIVATE KEY' || pem.includes('Proc-Type: 4,ENCRYPTED')) return `key ${nameOf(file)}`;
    if (label.endsWith('PRIVATE KEY'))
      return `key ${sha256(createPublicKey(pem).export({ type: 'spki', format: 'der' }))}`;
  } catch {
    // Whether the content is any good is the probe's to say, with the place; the digest only must not depend on a secret.
  }
  return `${label.toLowerCase()} ${nameOf(file)}`;
}

const isBinary = (file: FileValue): boolean =>
  file.bytes.includes(0) || !file.bytes.equals(Buffer.from(file.text, 'utf8'));

/** A backslash at its end continues a line of Java properties: the password may stand on the second half. */
const withoutSecretLines = (text: string): string =>
  text
    .replace(/\\\r?\n\s*/g, '')
    .split(/\r?\n/)
    .map((line) => line.trim())
    .filter((line) => line !== '' && !line.startsWith('#') && !SECRET_LINE.test(line))
    .join('\n');

const sha256 = (data: string | Buffer): string => createHash('sha256').update(data).digest('hex');
