// biome-ignore-all lint/suspicious/noTemplateCurlyInString: references are written in this way
import { generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { stringify } from 'yaml';
import { mintAuthority } from '../../../fixtures/kit/pki.ts';
import { REGISTRY } from '../../../probes/index.ts';
import { loadConfig } from '../../../src/config/load.ts';
import { load } from './registry.ts';

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'canonical-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

const canonical = (text: string, env: Record<string, string> = {}) => load(text, { env, folder }).targets[0]?.canonical;

const db = (settings: string) => `version: 1\ntargets:\n  db:\n    type: database\n    ${settings}\n`;

test('the canonical form is the settings as written, with sorted keys and references unresolved', () => {
  expect(canonical(db('user: "${env:U}"\n    host: "h"'), { U: 'svc_claims' })).toBe(
    '{"settings":{"host":"h","user":"${env:U}"},"type":"database"}',
  );
});

test('comments, order, layout, other targets and all that is required change no digest of what connects', () => {
  const plain = canonical(db('host: h\n    port: 99'));
  const other = `# a comment
version: 1
policy: { maxRuns: 60 }
targets:
  db: { port: 99, host: "h", type: database, path: private, control: true, firewallAllows: [ 203.0.113.0/24 ],
        expect: { status: 200, p95: { connect: 1s } }, sampling: { attempts: 40 } }
  another: { type: database }
`;
  expect(canonical(other)).toBe(plain);
});

test('any other setting changes the canonical form, and no order of keys does', () => {
  const settings = fc.record({ host: fc.stringMatching(/^[a-z]{1,8}$/), port: fc.integer({ min: 1, max: 65_535 }) });
  const text = (entries: readonly (readonly [string, unknown])[]) =>
    stringify({ version: 1, targets: { db: { type: 'database', ...Object.fromEntries(entries) } } });
  fc.assert(
    fc.property(settings, settings, (a, b) => {
      const [first, second] = [Object.entries(a), Object.entries(b)];
      expect(canonical(text(first.toReversed()))).toBe(canonical(text(first)));
      expect(canonical(text(first)) === canonical(text(second))).toBe(a.host === b.host && a.port === b.port);
    }),
  );
});

test('a secret that is written out enters no digest, neither by its value nor by a change of it', () => {
  for (const [one, two] of [
    ['password: first-secret', 'password: second-secret'],
    ['url: db://me:first-secret@host', 'url: db://me:second-secret@host'],
  ] as const) {
    expect(canonical(db(one))).toBe(canonical(db(two)));
    expect(canonical(db(one))).not.toContain('first-secret');
    expect(load(db(one)).digest).toBe(load(db(two)).digest);
  }
});

test('the value behind a reference enters no digest, but another reference does', () => {
  const text = db('password: ${env:A}');
  expect(canonical(text, { A: 'claims-1' })).toBe(canonical(text, { A: 'claims-2' }));
  expect(canonical(db('password: ${env:B}'), { B: 'claims-1' })).not.toBe(canonical(text, { A: 'claims-1' }));
  // A password that happens to equal another setting must not show in a changed digest.
  const same = db('user: claims\n    password: ${env:A}');
  expect(canonical(same, { A: 'claims' })).toBe(canonical(same, { A: 'another' }));
  const inUrl = db('user: claims\n    url: "db://me:${env:A}@host"');
  expect(canonical(inUrl, { A: 'claims' })).toBe(canonical(inUrl, { A: 'another' }));
});

test('a certificate and its key enter by what the other side can see of them', () => {
  const authority = mintAuthority('test');
  const identity = authority.issue({ commonName: 'one', usage: 'client' });
  const write = (cert: string, key: string) => {
    writeFileSync(join(folder, 'c.pem'), cert);
    writeFileSync(join(folder, 'k.pem'), key);
    return canonical(db('certificate: { cert: c.pem, key: k.pem }'));
  };
  const first = write(identity.certPem, identity.keyPem);
  expect(first).toMatch(/"cert":\["certificate [0-9a-f]{64}"\],"key":\["key [0-9a-f]{64}"\]/);
  expect(write(`# renamed\n${identity.certPem}`, identity.keyPem)).toBe(first);
  const other = authority.issue({ commonName: 'one', usage: 'client' });
  expect(write(other.certPem, identity.keyPem)).not.toBe(first);
  expect(write(identity.certPem, other.keyPem)).not.toBe(first);
});

test('a key that is locked by a passphrase enters by its name', () => {
  const { privateKey } = generateKeyPairSync('rsa', {
    modulusLength: 2048,
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase: 'locked' },
  });
  writeFileSync(join(folder, 'locked.pem'), privateKey);
  expect(canonical(db('ca: locked.pem'))).toBe('{"settings":{"ca":["key locked.pem"]},"type":"database"}');
});

test('a properties file enters without its secret lines, a binary store by its name', () => {
  const properties = (text: string) => {
    writeFileSync(join(folder, 'client.properties'), text);
    return canonical(db('ca: client.properties'));
  };
  const first = properties('bootstrap.servers=a:9093\nsasl.jaas.config=Plain \\\n  user="u" \\\n  password="one";\n');
  expect(first).toMatch(/"text":"[0-9a-f]{64}"/);
  expect(properties('# moved\nbootstrap.servers=a:9093\nssl.key.password=two\n')).toBe(first);
  expect(properties('bootstrap.servers=b:9093\n')).not.toBe(first);
  writeFileSync(join(folder, 'client.p12'), Buffer.from([0x30, 0x82, 0x00, 0xff]));
  expect(canonical(db('ca: client.p12'))).toBe('{"settings":{"ca":{"store":"client.p12"}},"type":"database"}');
});

test('the digest of the configuration changes with any part of it, and with no comment', () => {
  const digest = (text: string) => load(text, { env: { U: 'svc_claims' } }).digest;
  const text = db('user: ${env:U}');
  expect(digest(text)).toMatch(/^sha256:[0-9a-f]{64}$/);
  expect(digest(`# comment\n${text}`)).toBe(digest(text));
  expect(digest(`${text}policy: { maxRuns: 60 }\n`)).not.toBe(digest(text));
  expect(digest(`${text}    firewallAllows: [ 203.0.113.7 ]\n`)).not.toBe(digest(text));
});

test('with nothing resolved and no file read a target is written alike, whether its references resolve or not', () => {
  const authority = mintAuthority('Some authority').certPem;
  const text = stringify({
    version: 1,
    targets: {
      drop: { type: 'tcp', host: 'drop', port: 990, tls: { ca: { pem: '${env:CA}' } } },
      api: {
        type: 'mtls',
        url: 'https://api/x',
        ca: { pem: authority },
        clientCertificate: { cert: { pem: '${env:CERT}' }, key: { pem: '${env:KEY}' } },
      },
      db: {
        type: 'sqlserver',
        url: 'jdbc:sqlserver://db:1433',
        user: 'u',
        password: '${env:PW}',
        ca: { pem: '${env:CA}' },
      },
    },
  });
  const client = mintAuthority('Clients').issue({ commonName: 'c', usage: 'client' });
  const env = { CA: authority, CERT: client.certPem, KEY: client.keyPem, PW: 'a password of it' };
  const source = { path: 'probe.yaml', text };
  const written = (references: 'resolve' | 'offline' | 'ignore', known: Record<string, string>) =>
    loadConfig(source, { registry: REGISTRY, env: known, secrets: null, references }).targets.map((target) => [
      target.bound === null,
      target.unresolved,
    ]);
  const resolved = written('resolve', env);
  expect(resolved.map(([isOpen]) => isOpen)).toEqual([false, false, false]);
  for (const open of [written('ignore', {}), written('offline', {}), written('ignore', env)]) {
    expect(open.map(([, text]) => text)).toEqual(resolved.map(([, text]) => text));
  }
  expect(JSON.stringify(resolved)).not.toContain('a password of it');
});
