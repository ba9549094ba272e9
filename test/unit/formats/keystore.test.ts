import { spawnSync } from 'node:child_process';
import { createPrivateKey, X509Certificate } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createSecureContext } from 'node:tls';
import forge from 'node-forge';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Identity, mintAuthority } from '../../../fixtures/kit/pki.ts';
import { readKeystore } from '../../../src/formats/keystore.ts';
import { onPath, requireTool } from '../../kit/requires.ts';

const PASSWORD = 'store-password';
const authority = mintAuthority('test authority');
const identity = authority.issue({ commonName: 'client', usage: 'client' });
const other = authority.issue({ commonName: 'other', usage: 'client' });

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'keystore-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

function pkcs12(of: Identity, options: Parameters<typeof forge.pkcs12.toPkcs12Asn1>[3]): Buffer {
  const chain = [authority.certPem, of.certPem].map((pem) => forge.pki.certificateFromPem(pem)).reverse();
  const made = forge.pkcs12.toPkcs12Asn1(forge.pki.privateKeyFromPem(of.keyPem), chain, PASSWORD, options);
  return Buffer.from(forge.asn1.toDer(made).getBytes(), 'latin1');
}

const open = (bytes: Buffer, password: string | null = PASSWORD, alias: string | null = null) =>
  readKeystore(bytes, { type: null, password, alias });

const sameCertificate = (pem: string | null | undefined, expected: string) =>
  expect(new X509Certificate(pem ?? '').fingerprint256).toBe(new X509Certificate(expected).fingerprint256);

const fits = ({ certPem, keyPem }: { certPem: string | null; keyPem: string | null }) =>
  new X509Certificate(certPem ?? '').checkPrivateKey(createPrivateKey(keyPem ?? ''));

test.each(['aes256', '3des'] as const)('a PKCS#12 store with %s gives key, certificate and chain', (algorithm) => {
  const store = open(pkcs12(identity, { algorithm }));
  sameCertificate(store.certPem, identity.certPem);
  expect(fits(store)).toBe(true);
  expect(store.keyPem).toMatch(/^-----BEGIN PRIVATE KEY-----/);
  expect(store.caPems).toHaveLength(1);
  sameCertificate(store.caPems[0], authority.certPem);
  expect(() =>
    createSecureContext({ cert: store.certPem ?? '', key: store.keyPem ?? '', ca: [...store.caPems] }),
  ).not.toThrow();
});

test('a wrong password is told as such, without showing it', () => {
  const store = pkcs12(identity, { algorithm: 'aes256' });
  expect(() => open(store, 'not-this-one')).toThrow(
    expect.objectContaining({
      name: 'PreflightError',
      code: 'ERR_KEYSTORE_PASSWORD',
      message: 'this keystore does not open with this password',
    }),
  );
  expect(() => open(store, null)).toThrow('this keystore needs a password');
});

test('a store without a MAC and with a wrong password is refused too', () => {
  expect(() => open(pkcs12(identity, { algorithm: '3des', useMac: false }), 'not-this-one')).toThrow(
    expect.objectContaining({ name: 'PreflightError' }),
  );
});

test('the alias is found without regard to case, and a wrong one is told with those that are there', () => {
  const store = pkcs12(identity, { algorithm: 'aes256', friendlyName: 'Claims-Client' });
  expect(fits(open(store, PASSWORD, 'claims-client'))).toBe(true);
  expect(() => open(store, PASSWORD, 'other')).toThrow(
    expect.objectContaining({ code: 'ERR_KEYSTORE_ALIAS', hint: 'it holds: Claims-Client' }),
  );
});

test.each([
  ['JKS', 'feedfeed00000002'],
  ['JCEKS', 'cececece00000002'],
])('a %s store is refused with the command that converts it', (_, hex) => {
  expect(() => open(Buffer.from(hex, 'hex'))).toThrow(
    expect.objectContaining({ code: 'ERR_KEYSTORE_JKS', hint: expect.stringContaining('-deststoretype PKCS12') }),
  );
});

test.each([
  ['a store that was cut off', pkcs12(identity, { algorithm: 'aes256' }).subarray(0, 500)],
  ['DER that is no PKCS#12', Buffer.from([0x30, 0x03, 0x02, 0x01, 0x05])],
  ['no store at all', Buffer.from('hello')],
  ['an empty file', Buffer.alloc(0)],
  ['PEM with a damaged certificate', Buffer.from('-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n')],
])('%s is refused as a format', (_, bytes) => {
  expect(() => open(bytes)).toThrow(expect.objectContaining({ name: 'PreflightError', code: 'ERR_KEYSTORE_FORMAT' }));
});

test('a PEM store gives the certificate that fits its key, wherever it stands', () => {
  const store = open(Buffer.from(`${authority.certPem}${other.certPem}${identity.keyPem}${identity.certPem}`), null);
  sameCertificate(store.certPem, identity.certPem);
  sameCertificate(store.caPems[0], authority.certPem);
});

test('a locked PEM key opens with its password only', () => {
  const locked = createPrivateKey(identity.keyPem).export({
    type: 'pkcs8',
    format: 'pem',
    cipher: 'aes-256-cbc',
    passphrase: PASSWORD,
  });
  const bytes = Buffer.from(`${locked}${identity.certPem}`);
  expect(fits(open(bytes))).toBe(true);
  for (const password of ['not-this-one', null])
    expect(() => open(bytes, password)).toThrow(expect.objectContaining({ code: 'ERR_KEYSTORE_PASSWORD' }));
});

test('a store of authorities has no key, and a key without its certificate is refused', () => {
  expect(open(Buffer.from(authority.certPem), null)).toMatchObject({ certPem: null, keyPem: null });
  expect(() => open(Buffer.from(`${identity.keyPem}${other.certPem}`), null)).toThrow(
    'it holds no certificate for its private key',
  );
});

function run(command: string, args: readonly string[]): string {
  const done = spawnSync(command, args, { cwd: folder, encoding: 'utf8' });
  if (done.status !== 0) throw new Error(`${command} ${args[0]}: ${done.stderr}${done.stdout}`);
  return done.stdout;
}

describe.skipIf(requireTool('openssl', onPath('openssl')))('with openssl', () => {
  beforeAll(() => {
    writeFileSync(join(folder, 'cert.pem'), identity.certPem);
    writeFileSync(join(folder, 'key.pem'), identity.keyPem);
    writeFileSync(join(folder, 'ca.pem'), authority.certPem);
  });

  const pack = (...extra: readonly string[]) => {
    run('openssl', [
      'pkcs12',
      '-export',
      '-in',
      'cert.pem',
      '-inkey',
      'key.pem',
      '-certfile',
      'ca.pem',
      '-name',
      'me',
      '-passout',
      `pass:${PASSWORD}`,
      '-out',
      'made.p12',
      ...extra,
    ]);
    return readFileSync(join(folder, 'made.p12'));
  };

  test('a store with its present defaults opens', () => {
    const store = open(pack(), PASSWORD, 'me');
    expect(fits(store)).toBe(true);
    sameCertificate(store.caPems[0], authority.certPem);
  });

  test('a store with RC2-40 and 3DES opens, which Node itself refuses', () => {
    const bytes = pack('-legacy', '-certpbe', 'PBE-SHA1-RC2-40', '-keypbe', 'PBE-SHA1-3DES');
    expect(() => createSecureContext({ pfx: bytes, passphrase: PASSWORD })).toThrow(/unsupported/i);
    expect(fits(open(bytes))).toBe(true);
  });

  test('a store with an elliptic-curve key opens', () => {
    run('openssl', [
      'req',
      '-x509',
      '-newkey',
      'ec',
      '-pkeyopt',
      'ec_paramgen_curve:prime256v1',
      '-nodes',
      '-subj',
      '/CN=ec',
      '-keyout',
      'ec.key',
      '-out',
      'ec.pem',
      '-days',
      '1',
    ]);
    run('openssl', [
      'pkcs12',
      '-export',
      '-in',
      'ec.pem',
      '-inkey',
      'ec.key',
      '-passout',
      `pass:${PASSWORD}`,
      '-out',
      'ec.p12',
    ]);
    expect(fits(open(readFileSync(join(folder, 'ec.p12'))))).toBe(true);
  });
});

describe.skipIf(requireTool('keytool', onPath('keytool')))('with keytool', () => {
  const generate = (alias: string, store: string, type: string) =>
    run('keytool', [
      '-genkeypair',
      '-alias',
      alias,
      '-keyalg',
      'RSA',
      '-dname',
      `CN=${alias}`,
      '-keystore',
      store,
      '-storetype',
      type,
      '-storepass',
      PASSWORD,
      '-keypass',
      PASSWORD,
      '-validity',
      '1',
    ]);

  test('a store of Java with two keys asks for an alias, and gives the one that is named', () => {
    generate('one', 'java.p12', 'PKCS12');
    generate('Two', 'java.p12', 'PKCS12');
    const bytes = readFileSync(join(folder, 'java.p12'));
    expect(() => open(bytes)).toThrow(
      expect.objectContaining({ code: 'ERR_KEYSTORE_ALIAS', message: 'it holds 2 private keys: one, two' }),
    );
    expect(new X509Certificate(open(bytes, PASSWORD, 'Two').certPem ?? '').subject).toBe('CN=Two');
  });

  test('a JKS store of Java is refused, and opens once converted as the hint says', () => {
    generate('one', 'OLD.jks', 'JKS');
    const bytes = readFileSync(join(folder, 'OLD.jks'));
    let hint = '';
    expect(() => open(bytes)).toThrow(expect.objectContaining({ code: 'ERR_KEYSTORE_JKS' }));
    try {
      open(bytes);
    } catch (error) {
      hint = error instanceof Error && 'hint' in error ? String(error.hint) : '';
    }
    const args = hint.replace('convert it: keytool ', '').split(' ');
    run('keytool', [...args, '-srcstorepass', PASSWORD, '-deststorepass', PASSWORD, '-noprompt']);
    expect(fits(open(readFileSync(join(folder, 'NEW.p12'))))).toBe(true);
  });

  test('a truststore of Java gives its authorities', () => {
    writeFileSync(join(folder, 'root.pem'), authority.certPem);
    run('keytool', [
      '-importcert',
      '-noprompt',
      '-alias',
      'root',
      '-file',
      'root.pem',
      '-keystore',
      'trust.p12',
      '-storetype',
      'PKCS12',
      '-storepass',
      PASSWORD,
    ]);
    const store = open(readFileSync(join(folder, 'trust.p12')));
    expect(store).toMatchObject({ certPem: null, keyPem: null });
    sameCertificate(store.caPems[0], authority.certPem);
  });
});
