// biome-ignore-all lint/suspicious/noTemplateCurlyInString: references are written in this way
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { resolveReferences } from '../../../src/config/references.ts';
import { bindings, load, refusal } from './registry.ts';

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'references-'));
  writeFileSync(join(folder, 'password'), 'from-a-file\n');
  writeFileSync(join(folder, 'empty'), '\n');
  writeFileSync(join(folder, 'binary'), Buffer.from([0xff, 0xfe, 0x00]));
});
afterAll(() => rmSync(folder, { recursive: true }));

const db = (settings: string) => `version: 1\ntargets:\n  db:\n    type: database\n    ${settings}\n`;

test('each kind of reference resolves, also within a longer string', () => {
  const env = { USER_NAME: 'svc_claims', HOST: 'claims.internal' };
  const secrets = { 'kv/db': 'from-standard-input' };
  const text = db(
    'properties: { a: "${env:USER_NAME}", b: "x-${secret:kv/db}-${file:password}-y", c: "$${env:USER_NAME}", d: "100$" }',
  );
  load(text, { env, secrets, folder });
  expect(bindings.at(-1)?.properties).toEqual({
    a: 'svc_claims',
    b: 'x-from-standard-input-from-a-file-y',
    c: '${env:USER_NAME}',
    d: '100$',
  });
});

test('what a reference yields is not read for references again', () => {
  load(db('user: ${env:OUTER}'), { env: { OUTER: '${env:INNER}', INNER: 'inner' } });
  expect(bindings.at(-1)?.user).toBe('${env:INNER}');
});

test('a reference where a number or a boolean stands becomes one', () => {
  load(db('port: ${env:PORT}\n    tls: ${env:TLS}'), { env: { PORT: '1444', TLS: 'true' } });
  expect(bindings.at(-1)).toMatchObject({ port: 1444, tls: true });
});

test.each([
  ['an unset variable', '${env:NOT_SET}', 'the environment variable NOT_SET is not set; set it before the run'],
  ['an empty variable', '${env:EMPTY}', 'the environment variable EMPTY is empty; give it a value'],
  [
    'a variable named like a method',
    '${env:toString}',
    'the environment variable toString is not set; set it before the run',
  ],
  [
    'a secret without standard input',
    '${secret:kv/db}',
    '${secret:kv/db} needs --secrets-stdin, with one JSON object { "kv/db": "…" }',
  ],
  [
    'a file that is not there',
    '${file:none}',
    'the file none cannot be read: there is none; paths start at the folder of the configuration',
  ],
  ['a folder', '${file:.}', 'the file . cannot be read: it is a folder'],
  ['an empty file', '${file:empty}', 'the file empty is empty'],
  ['a binary file', '${file:binary}', 'the file binary is not UTF-8 text'],
  ['a device that never ends', '${file:/dev/zero}', 'the file /dev/zero is no regular file'],
  [
    'an unknown kind',
    '${vault:x}',
    'expected ${env:NAME}, ${file:PATH} or ${secret:scope/key}; $${ stands for a plain ${',
  ],
  ['no kind', 'a${', 'expected ${env:NAME}, ${file:PATH} or ${secret:scope/key}; $${ stands for a plain ${'],
  [
    'a secret without its scope',
    '${secret:db}',
    'expected ${env:NAME}, ${file:PATH} or ${secret:scope/key}; $${ stands for a plain ${',
  ],
])('%s is refused with the line and what to do', (_, reference, expectation) => {
  expect(refusal(db(`user: "${reference}"`), { env: { EMPTY: '' }, folder })).toBe(
    `ERR_CONFIG\nprobe.yaml:5: targets.db.user: ${expectation}`,
  );
});

test('a secret that standard input does not have is refused', () => {
  expect(refusal(db('user: ${secret:kv/db}'), { secrets: { 'kv/other': 'x' } })).toContain(
    'targets.db.user: the secrets on standard input have no "kv/db"; add it to them',
  );
});

test('offline, a reference that does not resolve is a warning, and its target stays unbound', () => {
  const text = `${db('host: a\n    password: ${env:NOT_SET}')}  other: { type: database, host: b }\n`;
  const config = load(text, { references: 'offline' });
  expect(config.targets.map((target) => target.bound?.endpoint ?? null)).toEqual([null, 'b:1433']);
  expect(config.warnings).toEqual([
    'probe.yaml:6: targets.db.password: the environment variable NOT_SET is not set; set it before the run',
  ]);
});

test.each(['offline', 'ignore'] as const)('with references %s everything else is still checked', (references) => {
  const text = db(
    'host: 7\n    hots: a\n    port: ${env:NOT_SET}\n    source: { type: login, clientSecret: "${env:NOT_SET}" }',
  );
  expect(refusal(text, { references }).split('\n')).toEqual([
    'ERR_CONFIG',
    'probe.yaml:5: targets.db.host: expected text; put it in quotes',
    'probe.yaml:6: targets.db.hots: unknown setting of probe "database"',
    '  did you mean "host"?',
    'probe.yaml:8: targets.db.source.tokenUrl: is missing; expected text',
  ]);
});

test('when they are ignored, neither references of settings nor files are looked at, without a warning', () => {
  const text = db('host: ${env:HOST}\n    ca: none.pem\n    firewallAllows: [ "${env:RANGE}" ]');
  const config = load(text, { references: 'ignore', env: { HOST: 'set', RANGE: '203.0.113.0/24' } });
  expect(config.targets[0]).toMatchObject({ bound: null, requirement: { firewallAllows: ['203.0.113.0/24'] } });
  expect(config.warnings).toEqual([]);
});

test('a requirement is needed for judging: its reference resolves in every mode', () => {
  const text = db('host: a\n    firewallAllows: [ "${env:RANGE}" ]');
  for (const references of ['resolve', 'offline', 'ignore'] as const)
    expect(refusal(text, { references })).toContain(
      'targets.db.firewallAllows[0]: the environment variable RANGE is not set',
    );
});

test('any text survives when its ${ are escaped', () => {
  fc.assert(
    fc.property(fc.array(fc.constantFrom('$', '{', '}', 'env:A', 'x', '$${', ' ')), (parts) => {
      const text = parts.join('');
      const escaped = text.replaceAll('${', () => '$${');
      expect(resolveReferences(escaped, [], { env: {}, secrets: null, folder: '/' })).toMatchObject({
        value: text,
        references: [],
        malformed: [],
      });
    }),
  );
});
