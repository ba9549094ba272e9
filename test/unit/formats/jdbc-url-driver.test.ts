import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseJdbcUrl } from '../../../src/formats/jdbc-url.ts';
import { driverIsHere, readUrls } from '../../fixtures/jdbc/driver.ts';
import { requireTool } from '../../kit/requires.ts';

const names = fc.constantFrom(
  'user',
  'uid',
  'PASSWORD',
  'Database',
  'pwd',
  'app',
  'connectTimeout',
  'encrypt',
  'nonsense',
);
const value = fc.oneof(
  fc.string({ maxLength: 6 }),
  fc.string({ maxLength: 6 }).map((text) => `{${text.replaceAll('}', '}}')}}`),
  fc.string({ maxLength: 6, unit: fc.constantFrom(...'ab{}=; \t') }),
);
const property = fc.tuple(names, fc.constantFrom('=', ' = ', ''), value).map((parts) => parts.join(''));
const server = fc.constantFrom('h', ' h ', 'h:1433', 'h\\inst', 'h\\inst:1433', '');
const url = fc
  .tuple(server, fc.array(property, { maxLength: 4 }))
  .map(([host, properties]) => `jdbc:sqlserver://${[host, ...properties].join(';')}`);

function read(text: string): string {
  const parsed = parseJdbcUrl(text);
  if ('problem' in parsed) return 'problem';
  const sorted = [...parsed.properties].sort(([a], [b]) => (a < b ? -1 : 1));
  return ['ok', ...sorted.map(([name, each]) => `${name}=${Buffer.from(each).toString('base64')}`)].join(' ');
}

describe.skipIf(requireTool('mssql-jdbc', driverIsHere()))('mssql-jdbc', () => {
  test('reads every URL as we do', () => {
    const urls = fc.sample(url, 3000);
    const theirs = readUrls(urls);

    expect(urls.map((each) => [each, read(each)])).toEqual(urls.map((each, index) => [each, theirs[index]]));
    // a comparison of nothing but problems would prove little
    expect(theirs.filter((line) => line.startsWith('ok ')).length).toBeGreaterThan(500);
  });
});
