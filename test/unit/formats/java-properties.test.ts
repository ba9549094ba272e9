import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { PropertiesError, parseJavaProperties } from '../../../src/formats/java-properties.ts';

const parse = (text: string) => Object.fromEntries(parseJavaProperties(text));

describe('the grammar of a .properties file', () => {
  test.each([
    ['an equals sign', 'Truth = Beauty', { Truth: 'Beauty' }],
    ['a colon without space', 'Truth:Beauty', { Truth: 'Beauty' }],
    ['a colon after white space', ' Truth                    :Beauty', { Truth: 'Beauty' }],
    ['white space alone', 'Truth\tBeauty', { Truth: 'Beauty' }],
    ['a form feed', 'Truth\fBeauty', { Truth: 'Beauty' }],
    ['nothing', 'cheeses', { cheeses: '' }],
    ['the first separator only', 'url=jdbc:x=1', { url: 'jdbc:x=1' }],
    ['a second separator as part of the value', 'a==b', { a: '=b' }],
  ])('a key ends at %s', (_, text, expected) => {
    expect(parse(text)).toEqual(expected);
  });

  test('a line continues after an odd number of backslashes, and its indentation is dropped', () => {
    expect(parse('fruits  apple, banana, pear, \\\n          cantaloupe, \\\n  mango\nnext=1')).toEqual({
      fruits: 'apple, banana, pear, cantaloupe, mango',
      next: '1',
    });
    expect(parse('path=c:\\\\\nnext=1')).toEqual({ path: 'c:\\', next: '1' });
  });

  test('comments and blank lines are skipped, but not within a continued line', () => {
    expect(parse('# one\n  ! two\n\n\t\na=1\\\n# part of the value\n')).toEqual({ a: '1# part of the value' });
  });

  test.each(['\n', '\r', '\r\n'])('lines end at %j', (end) => {
    expect(parse(['a=1', 'b=2\\', '  3', 'c=4'].join(end))).toEqual({ a: '1', b: '23', c: '4' });
  });

  test('escapes stand for themselves in keys and values', () => {
    expect(parse('a\\:b\\=c\\ d=1')).toEqual({ 'a:b=c d': '1' });
    expect(parse('k=\\t\\n\\u0041\\u00e4\\z\\"')).toEqual({ k: '\t\nAäz"' });
  });

  test('white space at the end of a value is kept, as Java keeps it', () => {
    expect(parse('password = secret  ')).toEqual({ password: 'secret  ' });
  });

  test('the last of two values counts, and a last continuation needs no line', () => {
    expect(parse('a=1\na=2\nb=3\\')).toEqual({ a: '2', b: '3' });
  });

  test('a broken \\u is an error with its line', () => {
    expect(() => parse('a=1\nb=\\u12g4')).toThrow(new PropertiesError(2, 'malformed \\uxxxx encoding'));
  });

  test('whatever Java would store is read back', () => {
    const escaped = (text: string, isKey: boolean) =>
      text.replace(/[\\\t\n\r\f=:#! ]/g, (char, at: number) => {
        const letter = { '\t': 't', '\n': 'n', '\r': 'r', '\f': 'f' }[char] ?? char;
        return char === ' ' && !isKey && at > 0 ? char : `\\${letter}`;
      });
    fc.assert(
      fc.property(
        fc.dictionary(fc.string({ unit: 'grapheme', minLength: 1 }), fc.string({ unit: 'grapheme' })),
        (written) => {
          const text = Object.entries(written).map(([key, value]) => `${escaped(key, true)}=${escaped(value, false)}`);
          expect(parseJavaProperties(text.join('\n'))).toEqual(new Map(Object.entries(written)));
        },
      ),
    );
  });
});
