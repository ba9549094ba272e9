import { Buffer } from 'node:buffer';

// Every output passes here. A secret is searched for in each form in which a program might repeat it.

const MASK = '[redacted]';

/** A shorter piece of an encoded value is found in any text. */
const SHORTEST_ENCODED = 4;
/** A shorter line of a longer secret is not known by itself. */
const SHORTEST_LINE = 16;

/** Base64 of the value at each of the three alignments, less the characters that its neighbours share. */
function base64Forms(bytes: Buffer): string[] {
  return [0, 1, 2].map((shift) => {
    const text = Buffer.concat([Buffer.alloc(shift), bytes]).toString('base64');
    const start = Math.ceil((shift * 8) / 6);
    const end = Math.floor(((shift + bytes.length) * 8) / 6);
    return text.slice(start, end);
  });
}

/** As URLs and forms carry it; what need not be escaped is escaped by some. */
function urlForms(value: string): string[] {
  const percent = encodeURIComponent(value.replace(/\p{Surrogate}/gu, '\ufffd'));
  // RFC 3986 2.2
  const strict = percent.replace(/[!'()*]/g, (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`);
  return [
    percent,
    strict,
    percent.replaceAll('%20', '+'),
    strict.replaceAll('%20', '+'),
    new URLSearchParams([['', value]]).toString().slice(1),
  ];
}

const lowerCaseEscapes = (text: string): string => text.replace(/%[0-9A-F]{2}/g, (hex) => hex.toLowerCase());

/** JSON as it is written by those that keep to ASCII. */
const asciiOnly = (json: string): string =>
  json.replace(/[\u0080-\uffff]/g, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`);

function formsOf(value: string): string[] {
  const json = JSON.stringify(value).slice(1, -1);
  const inUrl = urlForms(value);
  const wide = Buffer.from(value, 'utf16le');
  // basic credentials may hold the value as a form carries it (RFC 6749 2.3.1)
  const base64 = [...[value, ...inUrl].map((text) => Buffer.from(text, 'utf8')), wide].flatMap(base64Forms);
  const hex = [Buffer.from(value, 'utf8'), wide].map((bytes) => bytes.toString('hex'));
  const encoded = [
    json,
    asciiOnly(json),
    ...inUrl,
    ...inUrl.map(lowerCaseEscapes),
    ...base64,
    ...base64.map((text) => text.replaceAll('+', '-').replaceAll('/', '_')),
    ...hex,
    ...hex.map((text) => text.toUpperCase()),
  ];
  return [value, ...encoded.filter((form) => form.length >= SHORTEST_ENCODED)];
}

/** A PEM block is often quoted in part, and a value without the line feed of its file. */
function piecesOf(value: string): string[] {
  const lines = value.split(/\r?\n/).filter((line) => line.length >= SHORTEST_LINE && !line.startsWith('-----'));
  return [value, value.trim(), ...lines].filter((piece) => piece !== '');
}

const allFormsOf = (value: string): readonly string[] => piecesOf(value).flatMap(formsOf);

type Span = { readonly start: number; readonly end: number };

/** Together, so that secrets which overlap leave nothing of each other, and no mask is searched again. */
function mask(input: string, spans: readonly Span[]): string {
  let output = '';
  let done = 0;
  let open: Span | null = null;
  const close = () => {
    if (open === null) return;
    output += input.slice(done, open.start) + MASK;
    done = open.end;
  };
  for (const span of [...spans].sort((a, b) => a.start - b.start)) {
    if (open !== null && span.start <= open.end) {
      open = { start: open.start, end: Math.max(open.end, span.end) };
      continue;
    }
    close();
    open = span;
  }
  close();
  return output + input.slice(done);
}

export type RedactOptions = {
  /** Free text (messages, details) is also cleared of short secrets, which elsewhere would garble names. */
  readonly freeText: boolean;
};

/** Far more than attempts are ever under way at once: what repeats a token of a run is written within its attempt. */
const MOST_PASSING = 50;

export class Redaction {
  readonly #strong = new Set<string>();
  readonly #weak = new Set<string>();
  /** The forms of each secret that was met in the run, the latest last. */
  readonly #passing = new Map<string, ReadonlySet<string>>();

  /** Registers a secret; a weak one (short, or the name of something) is redacted in free text only. */
  add(value: string, weak: boolean): void {
    const known = weak ? this.#weak : this.#strong;
    for (const form of allFormsOf(value)) known.add(form);
  }

  /** Registers a secret that a run meets on its way, such as a fresh token at each attempt: only the latest are kept. */
  addPassing(value: string): void {
    if (this.#strong.has(value)) return;
    const forms = this.#passing.get(value) ?? new Set(allFormsOf(value));
    this.#passing.delete(value);
    this.#passing.set(value, forms);
    for (const oldest of this.#passing.keys()) {
      if (this.#passing.size <= MOST_PASSING) break;
      this.#passing.delete(oldest);
    }
  }

  text(input: string, options: RedactOptions = { freeText: true }): string {
    const spans: Span[] = [];
    // a mask that stands there already is whole: a secret that is part of the word would show itself by what is left of it
    for (const forms of [[MASK], this.#strong, ...this.#passing.values(), ...(options.freeText ? [this.#weak] : [])]) {
      for (const form of forms) {
        if (form.length > input.length) continue;
        for (let start = input.indexOf(form); start !== -1; start = input.indexOf(form, start + 1))
          spans.push({ start, end: start + form.length });
      }
    }
    return spans.length === 0 ? input : mask(input, spans);
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
