import { Buffer } from 'node:buffer';
import { basename } from 'node:path';
import { FileValue } from '../model/settings.ts';
import { isMapping } from './plain.ts';
import { readSmallFile } from './references.ts';

type Read = { readonly file: FileValue } | { readonly missing: string };

const EXPECTED = 'expected a path, { pem: … } or { base64: … }';

/** The content of a file-valued setting: a path from the configuration's folder, or the content itself. */
export function readFileValue(value: unknown, written: unknown, folder: string): Read {
  if (typeof value === 'string') {
    const shown = typeof written === 'string' ? written : value;
    const read = readSmallFile(value, folder, shown);
    return 'missing' in read ? read : { file: new FileValue(read.bytes, shown) };
  }
  if (!isMapping(value) || Object.keys(value).length !== 1) return { missing: EXPECTED };
  if (typeof value['pem'] === 'string') return inlinePem(value['pem']);
  return typeof value['base64'] === 'string' ? inlineBase64(value['base64']) : { missing: EXPECTED };
}

function inlinePem(text: string): Read {
  if (!text.includes('-----BEGIN ')) return { missing: 'expected PEM text, with a line -----BEGIN …-----' };
  // Secret stores and CI variables like to turn line ends into the two signs \n, which no TLS library reads.
  if (!text.trim().includes('\n')) return { missing: 'expected PEM text with its line breaks' };
  return { file: new FileValue(Buffer.from(text, 'utf8'), 'inline') };
}

function inlineBase64(text: string): Read {
  const packed = text.replace(/\s/g, '');
  if (!/^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}(?:==)?|[A-Za-z0-9+/]{3}=?)?$/.test(packed) || packed === '')
    return { missing: 'expected base64' };
  return { file: new FileValue(Buffer.from(packed, 'base64'), 'inline') };
}

/** Content that names it in a digest where the content itself cannot be looked into. */
export const nameOf = (file: FileValue): string => basename(file.origin);
