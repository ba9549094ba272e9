// biome-ignore-all lint/suspicious/noTemplateCurlyInString: references are written in this way
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { mintAuthority } from '../../../fixtures/kit/pki.ts';
import { parseSecrets } from '../../../src/config/secrets.ts';
import { PreflightError } from '../../../src/model/preflight-error.ts';
import { load, refusal } from './registry.ts';

const db = (settings: string) => `version: 1\ntargets:\n  db:\n    type: database\n    ${settings}\n`;

test('what came out of a reference and what is marked are secrets, with the places they came from', () => {
  const text = db(
    'user: ${env:LOGIN}\n    password: literal-password\n    source: { type: login, clientSecret: "${env:LOGIN}", tokenUrl: u }',
  );
  expect(load(text, { env: { LOGIN: 'svc_claims' } }).secrets).toEqual([
    { value: 'literal-password', source: 'targets.db.password', weak: false },
    { value: 'svc_claims', source: 'targets.db.source.clientSecret, ${env:LOGIN}', weak: false },
  ]);
});

test('a marked value around a reference is a secret as a whole, and the reference alone too', () => {
  const config = load(db('password: "pre-${env:PART}-post"'), { env: { PART: 'middle-part' } });
  expect(config.secrets.map((secret) => secret.value)).toEqual(['pre-middle-part-post', 'middle-part']);
});

test('what a probe finds within a setting is a secret', () => {
  expect(load(db('url: db://me:in-the-url@host')).secrets).toEqual([
    { value: 'in-the-url', source: 'targets.db', weak: false },
  ]);
});

test("the target's own host and port stay readable, unless they are also a marked secret", () => {
  const env = { HOST: 'claims.internal', PORT: '1444', PAIR: 'claims.internal:1444', OTHER: 'other.internal' };
  const readable = db(
    'host: ${env:HOST}\n    port: ${env:PORT}\n    properties: { a: "${env:PAIR}", b: "${env:OTHER}" }',
  );
  expect(load(readable, { env }).secrets.map((secret) => secret.value)).toEqual(['other.internal']);
  const reused = db('host: ${env:HOST}\n    password: ${env:HOST}');
  expect(load(reused, { env }).secrets.map((secret) => secret.value)).toEqual(['claims.internal']);
});

test('a mode or a number out of a reference is no secret', () => {
  expect(load(db('mode: ${env:MODE}'), { env: { MODE: 'fast' } }).secrets).toEqual([]);
});

test('a private key is a secret, a certificate is none, wherever they come from', () => {
  const { certPem, keyPem } = mintAuthority('test').issue({ commonName: 'client', usage: 'client' });
  const inline = db(
    `certificate: { cert: { pem: ${JSON.stringify(certPem)} }, key: { pem: ${JSON.stringify(keyPem)} } }`,
  );
  const key = keyPem.trim();
  expect(load(inline).secrets.map(({ value }) => value.trim())).toEqual([key]);
  const referred = db('certificate: { cert: { pem: "${env:CERT}" }, key: { pem: "${env:KEY}" } }');
  const secrets = load(referred, { env: { CERT: certPem, KEY: keyPem } }).secrets.map(({ value }) => value.trim());
  expect(new Set(secrets)).toEqual(new Set([key]));
  const both = load(db('ca: { pem: "${env:BOTH}" }'), { env: { BOTH: `${certPem}${keyPem}` } });
  expect(both.secrets.some(({ value }) => value.includes(key))).toBe(true);
});

test.each([
  ['short', 'seven77', 'is shorter than 8 characters'],
  ['equal to a name', 'claims-ingest', 'equals a name in this file'],
])('a secret that is %s is weak, and said to be', (_, value, why) => {
  const text = `${db('password: ${env:P}')}workloads: { claims-ingest: {} }\n`;
  const config = load(text, { env: { P: value } });
  expect(config.secrets.map((secret) => secret.weak)).toEqual([true]);
  expect(config.warnings).toEqual([
    `probe.yaml:5: targets.db.password: this secret ${why}: it is redacted in free text only`,
  ]);
  expect(config.warnings.join()).not.toContain(`"${value}"`);
});

test('no message of a refused configuration shows a value out of a reference or a marked one', () => {
  const value = fc.stringMatching(/^[A-Za-z0-9+/=:@ -]{8,24}$/);
  fc.assert(
    fc.property(value, (text) => {
      const planted = `QQ${text}`;
      const config = `version: 1
targets:
  db:
    type: database
    url: \${env:SECRET}
    tls: \${env:SECRET}
    mode: \${env:SECRET}
    password: [ ${JSON.stringify(planted)} ]
    ca: \${env:SECRET}/ca.pem
    source: { type: login, clientSecret: ${JSON.stringify(planted)} }
    firewallAllows: [ "\${env:SECRET}" ]
sampling: { profile: "\${env:SECRET}" }
policy: { warn: "\${env:SECRET}" }
workloads: { w: { uses: [ "\${env:SECRET}" ], duration: "\${env:SECRET}" } }
`;
      const message = refusal(config, { env: { SECRET: planted } });
      expect(message).not.toContain(planted);
      expect(message).not.toContain(JSON.stringify(planted).slice(1, -1));
    }),
  );
});

test('secrets are read from one JSON object', () => {
  expect({ ...parseSecrets('\uFEFF{ "kv/db": "a", "kv/a/b": "" }') }).toEqual({ 'kv/db': 'a', 'kv/a/b': '' });
});

test.each([
  ['nothing', ' \n', 'standard input is empty, and --secrets-stdin reads the secrets from it'],
  ['no JSON', '{ "kv/db": hunter2 }', 'standard input is not one JSON object'],
  ['a list', '["hunter2"]', 'standard input is not one JSON object'],
  ['two objects', '{"kv/db":"hunter2"}{}', 'standard input is not one JSON object'],
  ['a key without its scope', '{"kv/a":"x","hunter2":"x"}', 'the key of secret 2 on standard input is not scope/key'],
  ['a number', '{"kv/a":"x","kv/hunter2":2}', 'the value of secret 2 on standard input is no text'],
])('%s on standard input is refused without showing it', (_, text, message) => {
  const refused = () => parseSecrets(text);
  expect(refused).toThrow(PreflightError);
  expect(refused).toThrow(message);
  expect(refused).not.toThrow(/hunter2/);
});
