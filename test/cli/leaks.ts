import { Buffer } from 'node:buffer';

// Looks for a secret in any form in which it could be read back, by undoing forms and not by making them: so it finds forms that the
// product does not know of.

/** So much of a secret is as good as all of it: a text may have been cut off within one. */
const WINDOW = 10;

/** Pieces of these secrets in a text: as they are, or encoded for JSON, URLs, in base64 or hex, or in one within another. */
export function leaksIn(text: string, secrets: Readonly<Record<string, string>>): readonly string[] {
  const once = [...new Set(text.split('\n'))].join('\n');
  const decoded = decodings(once);
  const readings = [once, ...decoded, ...decoded.flatMap(decodings)].join('\n');
  return Object.entries(secrets).flatMap(([name, secret]) => {
    const found = windowsOf(secret).find((window) => readings.includes(window));
    return found === undefined ? [] : [`${name}: ${JSON.stringify(found)}`];
  });
}

const windowsOf = (secret: string): readonly string[] =>
  Array.from({ length: Math.max(1, secret.length - WINDOW + 1) }, (_, at) => secret.slice(at, at + WINDOW));

function decodings(text: string): string[] {
  return [
    text
      .replace(/\\u([0-9a-fA-F]{4})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)))
      .replace(/\\(["\\/])/g, '$1'),
    urlDecoded(text),
    urlDecoded(text.replaceAll('+', ' ')),
    ...runs(text, /[A-Za-z0-9+/_-]{12,}={0,2}/g).flatMap(fromBase64),
    ...runs(text, /(?:[0-9a-fA-F]{2}){8,}/g).map((run) => Buffer.from(run, 'hex').toString('utf8')),
  ];
}

const runs = (text: string, of: RegExp): readonly string[] => [...new Set(text.match(of) ?? [])];

/** Wherever within the run the encoded text may begin. */
function fromBase64(run: string): string[] {
  return [0, 1, 2, 3].flatMap((from) => {
    const bytes = Buffer.from(run.slice(from), 'base64');
    return [bytes.toString('utf8'), bytes.toString('utf16le'), bytes.subarray(1).toString('utf16le')];
  });
}

const urlDecoded = (text: string): string =>
  text.replace(/(?:%[0-9a-fA-F]{2})+/g, (encoded) => {
    try {
      return decodeURIComponent(encoded);
    } catch {
      return encoded;
    }
  });
