import { Buffer } from 'node:buffer';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Redaction } from '../../../src/model/redaction.ts';

const SECRET = 'S3cret "pass"/wörd+~!';

function knowing(...secrets: readonly string[]): Redaction {
  const redaction = new Redaction();
  for (const secret of secrets) redaction.add(secret, false);
  return redaction;
}

const base64 = (text: string, encoding: 'utf8' | 'utf16le' = 'utf8') => Buffer.from(text, encoding).toString('base64');
const basic = (user: string, password: string) => base64(`${user}:${password}`);
const form = (text: string) => new URLSearchParams([['', text]]).toString().slice(1);
const lower = (text: string) => text.replace(/%[0-9A-F]{2}/g, (hex) => hex.toLowerCase());

describe('a secret', () => {
  test.each([
    ['as it is', SECRET],
    ['escaped for JSON', JSON.stringify(SECRET).slice(1, -1)],
    ['escaped for JSON in ASCII', JSON.stringify(SECRET).slice(1, -1).replace('ö', '\\u00f6')],
    ['percent-encoded', encodeURIComponent(SECRET)],
    ['percent-encoded in lower case', lower(encodeURIComponent(SECRET))],
    ['percent-encoded to RFC 3986', encodeURIComponent(SECRET).replaceAll('!', '%21')],
    ['percent-encoded to RFC 3986 in lower case', lower(encodeURIComponent(SECRET).replaceAll('!', '%21'))],
    ['percent-encoded with + for a space', encodeURIComponent(SECRET).replaceAll('%20', '+')],
    ['percent-encoded as Python does', encodeURIComponent(SECRET).replaceAll('%20', '+').replaceAll('!', '%21')],
    ['as a form carries it', form(SECRET)],
    ['as a form carries it, in lower case', lower(form(SECRET))],
    ['in base64', base64(SECRET)],
    ['in base64url', Buffer.from(SECRET).toString('base64url')],
    ['in hexadecimal', Buffer.from(SECRET).toString('hex')],
    ['in hexadecimal, upper case', Buffer.from(SECRET).toString('hex').toUpperCase()],
    ['in UTF-16LE and base64', base64(SECRET, 'utf16le')],
    ['in UTF-16LE and hexadecimal', Buffer.from(SECRET, 'utf16le').toString('hex')],
    ['in basic credentials', basic('svc', SECRET)],
    ['in basic credentials as RFC 6749 2.3.1 has them', basic('svc', form(SECRET))],
  ])('is redacted %s', (_, spelled) => {
    const output = knowing(SECRET).text(`before ${spelled} after`);
    expect(output).toMatch(/^before \S*\[redacted\]\S* after$/);
    // what base64 shares with its neighbours stays: at most a character and its padding on either side, and the user before it
    expect(output.length).toBeLessThanOrEqual('before [redacted] after'.length + 10);
  });

  test.each([0, 1, 2])('is redacted in base64 behind %i bytes of something else', (offset) => {
    const output = knowing(SECRET).text(base64(`${'#'.repeat(offset)}${SECRET}#`));
    expect(output).toContain('[redacted]');
    expect(output.length).toBeLessThanOrEqual('[redacted]'.length + 8);
  });

  const secrets = fc
    .string({ unit: 'binary', minLength: 8, maxLength: 40 })
    .filter((text) => !/\p{Surrogate}/u.test(text));
  const plain = fc.string({ unit: 'grapheme' });
  const around = fc.uint8Array({ maxLength: 50 });

  test('at any place of a larger text in base64 leaves nothing of its own code', () => {
    fc.assert(
      fc.property(
        secrets,
        around,
        around,
        fc.constantFrom('base64', 'base64url'),
        (secret, before, after, encoding) => {
          const inner = Buffer.from(secret);
          const text = Buffer.concat([before, inner, after]).toString(encoding);
          // the characters that the secret alone decides
          const first = Math.ceil((before.length * 8) / 6);
          const last = Math.floor(((before.length + inner.length) * 8) / 6);
          expect(knowing(secret).text(text)).not.toContain(text.slice(first, last));
        },
      ),
      { numRuns: 500 },
    );
  });

  test('at any place of plain text, of JSON and of an address leaves nothing of itself', () => {
    fc.assert(
      fc.property(secrets, plain, plain, (secret, before, after) => {
        const redaction = knowing(secret);
        for (const spell of [(text: string) => text, JSON.stringify, encodeURIComponent, form]) {
          const core = spell(secret).replace(/^"|"$/g, '');
          fc.pre(!`[redacted]`.includes(core));
          expect(redaction.text(spell(`${before} ${secret} ${after}`))).not.toContain(core);
        }
      }),
      { numRuns: 300 },
    );
  });

  test('is redacted however often and closely it comes', () => {
    expect(knowing('abababab').text('abababababab, abababab')).toBe('[redacted], [redacted]');
    expect(knowing('abcdefgh').text('abcdefghabcdefgh')).toBe('[redacted]');
    expect(knowing('password-one', 'one-and-more').text('password-one-and-more')).toBe('[redacted]');
    expect(knowing('longersecret', 'longersecret-still').text('longersecret-still')).toBe('[redacted]');
  });

  test('never makes another out of what is already masked', () => {
    const redaction = knowing('hunter2hunter2');
    redaction.add('red', true);
    redaction.add('act', true);
    expect(redaction.text('hunter2hunter2 acts')).toBe('[redacted] [redacted]s');
  });

  test('that is no Unicode at all is redacted too', () => {
    const odd = 'lone \ud800 surrogate';
    expect(knowing(odd).text(`a ${odd} b`)).toBe('a [redacted] b');
  });

  test('with space around it is redacted without it', () => {
    expect(knowing('hunter2hunter2\n').text('hunter2hunter2')).toBe('[redacted]');
  });
});

describe('a PEM block', () => {
  const lines = [
    'MIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSjAgEAAoIBAQC7',
    'VJTUt9Us8cKjMzEfYyjiWA4R4/M2bS1GB4t7NXp98C3SC6dVMvDu',
  ];
  const pem = `-----BEGIN PRIVATE KEY-----\n${lines.join('\n')}\nQmFzZQ==\n-----END PRIVATE KEY-----\n`;

  test.each(lines)('is redacted line by line: %s', (line) => {
    expect(knowing(pem).text(`near ${line}`)).toBe('near [redacted]');
    expect(knowing(pem.replaceAll('\n', '\r\n')).text(`near ${line}`)).toBe('near [redacted]');
  });

  test('is redacted whole, also within JSON', () => {
    expect(knowing(pem).text(pem)).toBe('[redacted]');
    expect(knowing(pem).text(JSON.stringify({ pem }))).toBe('{"pem":"[redacted]"}');
  });

  test('leaves the words that every key has', () => {
    const text = 'expected -----BEGIN PRIVATE KEY-----';
    expect(knowing(pem).text(text)).toBe(text);
  });
});

describe('a weak secret', () => {
  const weak = (value: string) => {
    const redaction = new Redaction();
    redaction.add(value, true);
    return redaction;
  };

  test('is redacted in free text only: elsewhere it would garble names', () => {
    const redaction = weak('sa');
    expect(redaction.text('login of sa failed')).toBe('login of [redacted] failed');
    expect(redaction.text('sales-db', { freeText: false })).toBe('sales-db');
    expect(redaction.data({ name: 'sales-db', failure: { detail: 'login of sa failed', code: 'sa' } })).toEqual({
      name: 'sales-db',
      failure: { detail: 'login of [redacted] failed', code: 'sa' },
    });
  });

  test('is weak for its registration and not for its length', () => {
    expect(knowing('1234567').text('port-1234567', { freeText: false })).toBe('port-[redacted]');
  });

  test('is strong once it was registered as strong', () => {
    const redaction = weak('claims-events');
    redaction.add('claims-events', false);
    expect(redaction.text('claims-events', { freeText: false })).toBe('[redacted]');
  });

  test('that is empty redacts nothing', () => {
    expect(weak('').text('anything')).toBe('anything');
  });
});

describe('secrets that a run meets on its way', () => {
  const token = (n: number) => `token-${n}-of-the-run`;
  const met = (count: number) => {
    const redaction = knowing(SECRET);
    for (let n = 0; n < count; n += 1) redaction.addPassing(token(n));
    return redaction;
  };
  const isRedacted = (redaction: Redaction, value: string) => redaction.text(`is ${value}`) === 'is [redacted]';

  test('are redacted in every form, outside free text too', () => {
    const redaction = met(1);
    const encoded = Buffer.from(token(0)).toString('hex');
    expect(redaction.text(`${token(0)} ${encoded}`, { freeText: false })).toBe('[redacted] [redacted]');
  });

  test('are forgotten but for the latest, and those of the configuration never', () => {
    const redaction = met(1_000);
    const known = Array.from({ length: 1_000 }, (_, n) => n).filter((n) => isRedacted(redaction, token(n)));
    expect(known).toEqual(Array.from({ length: 50 }, (_, n) => 950 + n));
    expect(isRedacted(redaction, SECRET)).toBe(true);
  });

  test('count as met when they were met last', () => {
    const redaction = met(50);
    redaction.addPassing(token(0));
    redaction.addPassing('one more token');
    expect([0, 1, 2].map((n) => isRedacted(redaction, token(n)))).toEqual([true, false, true]);
  });
});

describe('data', () => {
  test('is redacted in every string and key, at any depth, and copied', () => {
    const input = { 'hunter2-hunter2': [1, null, true, { a: 'is hunter2-hunter2' }] };
    expect(knowing('hunter2-hunter2').data(input)).toEqual({ '[redacted]': [1, null, true, { a: 'is [redacted]' }] });
    expect(input).toEqual({ 'hunter2-hunter2': [1, null, true, { a: 'is hunter2-hunter2' }] });
  });

  test('keeps its order and all that is no secret', () => {
    const input = { b: 'x', a: [{ z: 1, y: 'text' }] };
    expect(JSON.stringify(knowing(SECRET).data(input))).toBe(JSON.stringify(input));
  });
});

test('a mask that stands there already is not searched: a secret which is part of the word would show itself', () => {
  const redaction = new Redaction();
  redaction.add('red', true);
  redaction.add('secret', true);
  const once = redaction.text('this secret is red');
  expect(once).toBe('this [redacted] is [redacted]');
  expect(redaction.text(once)).toBe(once);
});
