import { describe, expect, test } from 'vitest';
import { parseJaas, simpleName } from '../../../src/formats/jaas.ts';

const PLAIN = 'org.apache.kafka.common.security.plain.PlainLoginModule';

describe('a value of sasl.jaas.config', () => {
  test('gives its module and its options', () => {
    const entry = parseJaas(`${PLAIN} required username="svc" password="p a=s;s";`);
    expect(entry).toEqual({ loginModule: PLAIN, options: { username: 'svc', password: 'p a=s;s' } });
  });

  test('may have its module in the package of a vendor', () => {
    const entry = parseJaas(
      'kafkashaded.org.apache.kafka.common.security.scram.ScramLoginModule required username=u password=p;',
    );
    expect(simpleName(entry)).toBe('ScramLoginModule');
    expect(entry.options).toEqual({ username: 'u', password: 'p' });
  });

  test.each([
    ['escapes within quotes', `password="a\\"b\\\\c\\n\\101"`, { password: 'a"b\\c\nA' }],
    ['single quotes', `password='a"b'`, { password: 'a"b' }],
    [
      'words with digits, dots, dashes and underscores',
      'refresh.seconds=x30 a_b=c-d',
      { 'refresh.seconds': 'x30', a_b: 'c-d' },
    ],
    ['a value that is empty', 'username=""', { username: '' }],
    ['a user that begins with a dollar sign', 'username="$ConnectionString"', { username: '$ConnectionString' }],
    ['options on lines of their own, with comments', 'a="1" // one\n /* two */ b="2"', { a: '1', b: '2' }],
    ['white space around the equals sign', 'a = "1"', { a: '1' }],
  ])('takes %s', (_, options, expected) => {
    expect(parseJaas(`${PLAIN} Required ${options} ;`).options).toEqual(expected);
  });

  test.each([
    ['', /begin with the class/],
    [`${PLAIN}`, /not followed by one of required/],
    [`${PLAIN} username="u";`, /not followed by one of required/],
    [`${PLAIN} required username="u"`, /semicolon/],
    [`${PLAIN} required username;`, /"username" has no value/],
    [`${PLAIN} required password=123;`, /begins like a number/],
    [`${PLAIN} required password=pa$$/word;`, /cannot be read from character/],
    [`${PLAIN} required password="open;`, /cannot be read from character/],
    [`${PLAIN} required; ${PLAIN} required;`, /more than one login module/],
  ])('%j is refused with the reason', (text, message) => {
    expect(() => parseJaas(text)).toThrow(message);
  });

  test('an error does not repeat a password', () => {
    expect(() => parseJaas(`${PLAIN} required password=hunter2/x;`)).toThrow(/^((?!hunter2).)*$/s);
  });
});
