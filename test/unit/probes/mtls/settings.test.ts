import { describe, expect, test } from 'vitest';
import { mtls } from '../../../../probes/mtls/probe.ts';
import { seal } from '../../../../src/model/probe.ts';
import { clients, file, settingsFor, stranger } from './lab.ts';

const probe = seal(mtls);

/** What is said of settings that cannot be: the path and the message of each. */
function objections(settings: unknown): readonly string[] {
  const bound = probe.bind(settings);
  if ('bound' in bound) return [];
  return bound.issues.map(({ path, message }) => `${path.join('.')}: ${message}`);
}

function describeSettings(settings: unknown) {
  const bound = probe.bind(settings);
  if (!('bound' in bound)) throw new Error(objections(settings).join('\n'));
  return bound.bound;
}

const { known, strange } = clients;
const pem = (cert: string, key: string, more: object = {}) => ({
  clientCertificate: { cert: file(cert), key: file(key), ...more },
});

describe('settings that cannot be are refused where they are written', () => {
  test.each<[string, object, readonly string[]]>([
    ['plain HTTP', { url: 'http://api.lab/' }, ['url: expected an https URL']],
    ['no URL', { url: 'api.lab' }, ['url: expected an https URL']],
    [
      'a password in the URL',
      { url: 'https://svc:pw@api.lab/' },
      ['url: put a user and a password into headers.Authorization'],
    ],
    ['an unknown key', { retries: 3 }, [': Unrecognized key: "retries"']],
    ['no key', { clientCertificate: { cert: file(known.certPem) } }, ['clientCertificate.key: is missing']],
    ['no certificate', { clientCertificate: { key: file(known.keyPem) } }, ['clientCertificate.cert: is missing']],
    [
      'a key in the place of the certificate',
      pem(known.keyPem, known.keyPem),
      ['clientCertificate.cert: holds no certificate in PEM form (BEGIN CERTIFICATE)'],
    ],
    [
      'the key of another certificate',
      pem(known.certPem, strange.keyPem),
      ['clientCertificate.key: is not the key of the first certificate'],
    ],
    [
      'a certificate in the place of the key',
      pem(known.certPem, known.certPem),
      ['clientCertificate.key: is not a private key in PEM form'],
    ],
    [
      'a damaged authority',
      { ca: file('-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n') },
      ['ca: holds a certificate that cannot be read'],
    ],
    [
      'PEM files beside a keystore',
      pem(known.certPem, known.keyPem, { keystore: { path: file('x') } }),
      ['clientCertificate: takes cert and key, or a keystore, not both'],
    ],
    [
      'two keystores',
      { clientCertificate: { keystore: { path: file('x') } }, keystore: { path: file('y') } },
      ['keystore: takes the place of clientCertificate: give one of them'],
    ],
    [
      'ca beside a truststore',
      { truststore: { path: file('x') } },
      ['truststore: takes the place of ca: give one of them'],
    ],
    ['a header that frames the message', { headers: { Host: 'other' } }, ['headers.Host: is set by the client itself']],
  ])('%s', (_, wrong, said) => {
    expect(objections({ ...settingsFor(443, 'none'), ...wrong })).toEqual(said);
  });

  test('a key that is encrypted, and what it needs', async () => {
    const { createPrivateKey } = await import('node:crypto');
    const options = { type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase: 'opensesame' } as const;
    const locked = String(createPrivateKey(known.keyPem).export(options));

    expect(objections(settingsFor(443, 'none', pem(known.certPem, locked)))).toEqual([
      'clientCertificate.key: is encrypted: set passphrase',
    ]);
    expect(objections(settingsFor(443, 'none', pem(known.certPem, locked, { passphrase: 'open' })))).toEqual([
      'clientCertificate.key: is not a private key in PEM form, or the passphrase is wrong',
    ]);
    expect(objections(settingsFor(443, 'none', pem(known.certPem, locked, { passphrase: 'opensesame' })))).toEqual([]);
  });
});

describe('of its settings', () => {
  test('the query of the URL is not shown, and what looks like a key in it is a secret', () => {
    const url = 'https://API.lab/v1/ping?api_key=0123456789abcdef&page=2';
    const { endpoint, secrets } = describeSettings({ url });

    expect(endpoint).toBe('https://api.lab/v1/ping');
    expect(secrets).toEqual(['0123456789abcdef']);
  });

  test('the private key and each part of the credentials are secrets', () => {
    const { secrets } = describeSettings({
      url: 'https://api.lab/',
      headers: { Authorization: `Basic ${btoa('svc:opensesame')}` },
      ...pem(known.certPem, known.keyPem),
    });

    expect(secrets).toEqual([known.keyPem, btoa('svc:opensesame'), 'opensesame']);
  });

  test.each([
    ['a certificate alone', {}, null, 0],
    ['a user', { headers: { authorization: `Basic ${btoa('svc:pw')}` } }, 'svc@api.lab:8443', 1],
    ['a token', { headers: { Authorization: 'Bearer abc.def.ghi' } }, 'bearer@api.lab:8443', 1],
  ])('%s makes an identity that could be locked, or none', (_, more, identity, logins) => {
    const { footprint } = describeSettings({ url: 'https://api.lab:8443/', ...more });

    expect(footprint.identity).toBe(identity);
    expect(footprint.servers).toMatchObject([{ address: 'api.lab:8443', connections: 1, logins }]);
  });

  test('an IPv6 address keeps its brackets in the name of the server', () => {
    expect(describeSettings({ url: 'https://[::1]/' }).footprint.servers).toMatchObject([{ address: '[::1]:443' }]);
  });

  test('the authorities of the JVM are named as a difference where none are given', () => {
    const without = describeSettings({ url: 'https://api.lab/' }).differences.join('\n');
    const given = describeSettings({ url: 'https://api.lab/', ca: file(stranger.certPem) }).differences.join('\n');

    expect(without).toContain('cacerts');
    expect(given).not.toContain('cacerts');
  });
});
