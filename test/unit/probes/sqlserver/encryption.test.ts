import { expect, test } from 'vitest';
import { mintAuthority } from '../../../../fixtures/kit/pki.ts';
import type { Encryption } from '../../../../fixtures/tds/prelogin.ts';
import { saidOf } from '../../../kit/attempt.ts';
import { attempt, authority, pem, start } from './lab.ts';

test.each<[offer: Encryption, encrypt: string, said: string | null, encrypted: string | null, plain: number]>([
  ['on', 'true', null, 'whole', 0],
  ['required', 'true', null, 'whole', 0],
  ['on', 'false', null, 'login', 0],
  ['login-only', 'false', null, 'login', 0],
  ['required', 'false', null, 'whole', 0],
  ['not-supported', 'false', null, 'none', 1],
  ['strict', 'strict', null, 'whole', 0],
  ['not-supported', 'true', 'negotiate encryption-not-offered', null, 0],
  ['login-only', 'true', 'negotiate encryption-not-offered', null, 0],
  ['strict', 'true', 'negotiate connection-closed', null, 0],
  ['on', 'strict', 'tls connection-closed', null, 0],
  ['not-supported', 'strict', 'tls connection-closed', null, 0],
])('a server that offers "%s" to encrypt=%s: %s', async (encryption, encrypt, said, encrypted, plain) => {
  await using server = await start({ encryption });
  const tried = await attempt(server, `encrypt=${encrypt}`);

  expect(saidOf(tried)).toBe(said);
  expect(tried.observation).toEqual(encrypted === null ? null : expect.objectContaining({ encrypted }));
  expect(server.ledger).toMatchObject({ plainPasswords: plain, accepted: said === null ? 1 : 0 });
});

const named = (commonName: string, ...altNames: string[]) => authority.issue({ commonName, altNames, usage: 'server' });
const DAY_MS = 86_400_000;

// what mssql-jdbc 13.6 says of the same server, certificate and URL
test.each<[what: string, properties: string, presented: ReturnType<typeof named>, said: string | null]>([
  ['the host in the alternative names', '', named('x', 'localhost'), null],
  ['the host as common name alone', '', named('localhost'), null],
  ['the host as common name beside another alternative name', '', named('localhost', 'other.lab'), null],
  ['another name', '', named('x', 'other.lab'), 'tls certificate-name-mismatch'],
  ['the name that the URL gives', 'hostNameInCertificate=sql.lab', named('x', 'sql.lab'), null],
  [
    'another name than the URL gives',
    'hostNameInCertificate=sql.lab',
    named('x', 'localhost'),
    'tls certificate-name-mismatch',
  ],
  ['the wildcard that the URL gives', 'hostNameInCertificate=*.lab.example', named('x', '*.lab.example'), null],
  [
    'a name under the wildcard that the URL gives',
    'hostNameInCertificate=*.lab.example',
    named('x', 'sql.lab.example'),
    'tls certificate-name-mismatch',
  ],
  [
    'a wildcard over the name that the URL gives',
    'hostNameInCertificate=sql.lab.example',
    named('x', '*.lab.example'),
    null,
  ],
  ['another name, and any is trusted', 'trustServerCertificate=true', named('x', 'other.lab'), null],
  ['another name, and only the login is encrypted', 'encrypt=false', named('x', 'other.lab'), null],
])('a certificate with %s (%s)', async (_, properties, presented, said) => {
  await using server = await start({ identity: presented });
  const tried = await attempt({ ...server, host: 'localhost' }, properties);

  expect(saidOf(tried)).toBe(said);
  expect(server.ledger.logins).toHaveLength(said === null ? 1 : 0);
});

test('a server that insists on encryption must show a good certificate even to encrypt=false', async () => {
  await using server = await start({ encryption: 'required', identity: named('x', 'other.lab') });

  expect(saidOf(await attempt(server, 'encrypt=false'))).toBe('tls certificate-name-mismatch');
  expect(saidOf(await attempt(server, 'encrypt=false;trustServerCertificate=true'))).toBeNull();
});

test('strict encryption trusts no certificate unseen, whatever trustServerCertificate says', async () => {
  await using server = await start({ encryption: 'strict', identity: named('x', 'other.lab') });
  const tried = await attempt(server, 'encrypt=strict;trustServerCertificate=true');

  expect(saidOf(tried)).toBe('tls certificate-name-mismatch');
});

test.each(['true', 'strict'])('a certificate of another authority is not trusted (encrypt=%s)', async (encrypt) => {
  await using server = await start({ encryption: encrypt === 'strict' ? 'strict' : 'on' });
  const ca = pem(mintAuthority('Lab authority').certPem);
  const tried = await attempt(server, `encrypt=${encrypt}`, { settings: { ca } });

  expect(saidOf(tried)).toBe('tls issuer-not-trusted');
  expect(server.ledger.logins).toEqual([]);
});

test('a certificate that has expired fails in the stage tls', async () => {
  const expired = authority.issue({
    commonName: 'lab',
    altNames: ['127.0.0.1'],
    usage: 'server',
    notBefore: new Date(Date.now() - 2 * DAY_MS),
    notAfter: new Date(Date.now() - DAY_MS),
  });
  await using server = await start({ identity: expired });

  expect(saidOf(await attempt(server))).toBe('tls certificate-expired');
});

test('sslProtocol is the version that is spoken', async () => {
  await using server = await start({ encryption: 'strict' });
  const tried = await attempt(server, 'encrypt=strict;sslProtocol=TLSv1.2');

  expect(tried.observation).toMatchObject({ tlsProtocol: 'TLSv1.2' });
});
