import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseJdbcUrl } from '../../../src/formats/jdbc-url.ts';

const P = 'jdbc:sqlserver://';
const read = (url: string) => {
  const parsed = parseJdbcUrl(url);
  return 'problem' in parsed ? parsed : { ...Object.fromEntries(parsed.properties), unknown: parsed.unknown };
};

test.each<[string, object]>([
  ['', { unknown: [] }],
  ['sql.lab', { serverName: 'sql.lab', unknown: [] }],
  ['sql.lab:1434', { serverName: 'sql.lab', portNumber: '1434', unknown: [] }],
  ['sql.lab\\claims:1434;', { serverName: 'sql.lab', instanceName: 'claims', portNumber: '1434', unknown: [] }],
  [
    ' sql.lab \\ claims ; encrypt = strict ',
    { serverName: 'sql.lab', instanceName: 'claims', encrypt: 'strict', unknown: [] },
  ],
  [';serverName=::1;port=1433', { serverName: '::1', portNumber: '1433', unknown: [] }],
  ['a;server=b;SERVERNAME=c', { serverName: 'c', unknown: [] }],
  ['a;UserName=u;uid=v', { serverName: 'a', user: 'v', unknown: [] }],
  ['a;connectTimeout=60', { serverName: 'a', loginTimeout: '60', unknown: [] }],
  ['a;;; ;user=u', { serverName: 'a', user: 'u', unknown: [] }],
  ['a;password={p;w}}d= }  ;user=u', { serverName: 'a', password: 'p;w}d= ', user: 'u', unknown: [] }],
  ['a;password={}', { serverName: 'a', password: '', unknown: [] }],
  ['a;password={ab}}}', { serverName: 'a', password: 'ab}', unknown: [] }],
  ['a;password=', { serverName: 'a', password: '', unknown: [] }],
  ['a;password=a=b}c', { serverName: 'a', password: 'a=b}c', unknown: [] }],
  ['a;nonsense=1;user=u', { serverName: 'a', user: 'u', unknown: ['nonsense'] }],
])('"%s" is read as the driver reads it', (rest, expected) => {
  expect(read(P + rest)).toEqual(expected);
});

test.each<[string, string, string]>([
  ['another prefix', 'jdbc:postgresql://a', 'begins with jdbc:sqlserver://'],
  ['a prefix in capitals', 'JDBC:sqlserver://a', 'begins with jdbc:sqlserver://'],
  ['a property in the place of the server', `${P}databaseName=Claims`, 'before the first ";"'],
  ['a port without a server', `${P}:1433`, 'no server'],
  ['a name without a value at the end', `${P}a;user=u;encrypt`, 'text without "=" after user'],
  ['a name without a value', `${P}a;encrypt;user=u`, 'text without "=" at property 1'],
  ['a value without a name', `${P}a;=true`, '"=" without a name'],
  ['text before a brace', `${P}a;password=x{y}`, 'text before "{"'],
  ['text after a brace', `${P}a;password={y}z`, 'text after "}"'],
  ['a brace that is never closed', `${P}a;password={y}}`, 'no "}" to the "{"'],
])('%s is a problem', (_, url, problem) => {
  expect(read(url)).toEqual({ problem: expect.stringContaining(problem) });
});

test('a problem quotes nothing of what may be a password', () => {
  for (const tail of ['hunter2{x', '{hunter2', '{a}hunter2', 'a;hunter2', 'a;hunter2=b;c']) {
    const parsed = read(`${P}a;user=u;password=${tail}`);
    expect(parsed).toHaveProperty('problem');
    expect(JSON.stringify(parsed)).not.toContain('hunter2');
  }
});

describe('for any text', () => {
  test('a value in braces comes back as it was', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.string({ unit: 'binary' }), (user, password) => {
        const escaped = (value: string) => `{${value.replaceAll('}', '}}')}}`;
        expect(read(`${P}a;user=${escaped(user)};password=${escaped(password)}`)).toEqual({
          serverName: 'a',
          user,
          password,
          unknown: [],
        });
      }),
    );
  });

  test('a value without ; and { is trimmed and otherwise the same', () => {
    const plain = fc.string().filter((value) => !/[;{]/.test(value));
    fc.assert(
      fc.property(plain, (value) => {
        expect(read(`${P}a;user=${value};encrypt=true`)).toMatchObject({ user: value.trim(), encrypt: 'true' });
      }),
    );
  });

  test('the case of a name does not matter', () => {
    const mixed = fc.mixedCase(fc.constantFrom('databaseName', 'hostNameInCertificate', 'trustStore'));
    fc.assert(
      fc.property(mixed, (name) => {
        expect(read(`${P}a;${name}=x`)).toMatchObject({ unknown: [] });
        expect(Object.values(read(`${P}a;${name}=x`))).toContain('x');
      }),
    );
  });

  test('reading never throws, and says either a problem or the properties', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom(...'a;={}\\: ') }), (rest) => {
        const parsed = parseJdbcUrl(P + rest);
        expect('problem' in parsed).not.toBe('properties' in parsed);
      }),
      { numRuns: 1000 },
    );
  });
});
