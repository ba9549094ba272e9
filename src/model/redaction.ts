import { Buffer } from 'node:buffer';

// Every output passes here. A secret is searched for in each form in which a program might repeat it.

const MASK = '[redacted]';

/** Base64 of the value at each of the three alignments, less the characters that its neighbours share. */
function base64Forms(bytes: Buffer): string[] {
  return [0, 1, 2].map((shift) => {
    const text = Buffer.concat([Buffer.alloc(shift), bytes]).toString('base64');
    const start = Math.ceil((shift * 8) / 6);
    const end = Math.floor(((shift + bytes.length) * 8) / 6);
    return text.slice(start, end);
  });
}

function formsOf(value: string): string[] {
  const bytes = Buffer.from(value, 'utf8');
  const wide = Buffer.from(value, 'utf16le');
  const base64 = [...base64Forms(bytes), ...base64Forms(wide)];
  const encoded = encodeURIComponent(value);
  return [
    value,
    JSON.stringify(value).slice(1, -1),
    encoded,
    encoded.replace(/%[0-9A-F]{2}/g, (hex) => hex.toLowerCase()),
    encoded.replace(/%20/g, '+'),
    encoded.replace(/[!'()*]/g, (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`),
    ...base64,
    ...base64.map((text) => text.replaceAll('+', '-').replaceAll('/', '_')),
    bytes.toString('hex'),
    bytes.toString('hex').toUpperCase(),
  ].filter((form) => form.length >= Math.min(4, value.length));
}

export type RedactOptions = {
  /** Free text (messages, details) is also cleared of short secrets, which elsewhere would garble names. */
  readonly freeText: boolean;
};

export class Redaction {
  readonly #strong = new Set<string>();
  readonly #weak = new Set<string>();
  #sorted: { strong: readonly string[]; all: readonly string[] } = { strong: [], all: [] };

  /** Registers a secret; its lines too, since a PEM block is often quoted in part. */
  add(value: string, weak: boolean): void {
    const pieces = value.includes('\n')
      ? [value, ...value.split(/\r?\n/).filter((line) => line.length >= 16 && !line.startsWith('-----'))]
      : [value];
    for (const piece of pieces) {
      if (piece.length === 0) continue;
      for (const form of formsOf(piece)) (weak ? this.#weak : this.#strong).add(form);
    }
    const longestFirst = (forms: Iterable<string>) => [...forms].sort((a, b) => b.length - a.length);
    this.#sorted = {
      strong: longestFirst(this.#strong),
      all: longestFirst(new Set([...this.#strong, ...this.#weak])),
    };
  }

  text(input: string, options: RedactOptions = { freeText: true }): string {
    let output = input;
    for (const form of options.freeText ? this.#sorted.all : this.#sorted.strong) {
      if (output.includes(form)) output = output.replaceAll(form, MASK);
    }
    return output;
  }

  /** A copy of plain data with every string (keys too) redacted; the values of `freeTextKeys` also of short secrets. */
  data(input: unknown, freeTextKeys: ReadonlySet<string> = FREE_TEXT_KEYS, freeText = false): unknown {
    if (typeof input === 'string') return this.text(input, { freeText });
    if (Array.isArray(input)) return input.map((item) => this.data(item, freeTextKeys, freeText));
    if (input === null || typeof input !== 'object') return input;
    return Object.fromEntries(
      Object.entries(input).map(([key, value]) => [
        this.text(key, { freeText: false }),
        this.data(value, freeTextKeys, freeText || freeTextKeys.has(key)),
      ]),
    );
  }
}

const FREE_TEXT_KEYS: ReadonlySet<string> = new Set(['detail', 'observed', 'action', 'message']);
