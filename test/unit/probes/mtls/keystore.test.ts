import { Buffer } from 'node:buffer';
import forge from 'node-forge';
import { expect, test } from 'vitest';
import { startApi } from '../../../../fixtures/api/api.ts';
import type { Identity } from '../../../../fixtures/kit/pki.ts';
import { mtls } from '../../../../probes/mtls/probe.ts';
import { FileValue } from '../../../../src/model/settings.ts';
import { saidOf, tryOnce } from '../../../kit/attempt.ts';
import { authority, clients, file, server } from './lab.ts';

const PASSWORD = 'opensesame';

/** A store with the encryption that Java wrote for decades and OpenSSL 3 refuses. */
function pkcs12({ certPem, keyPem }: Identity): FileValue {
  const chain = [certPem, authority.certPem].map((pem) => forge.pki.certificateFromPem(pem));
  const options = { algorithm: '3des', friendlyName: 'probe' } as const;
  const asn1 = forge.pkcs12.toPkcs12Asn1(forge.pki.privateKeyFromPem(keyPem), chain, PASSWORD, options);
  return new FileValue(Buffer.from(forge.asn1.toDer(asn1).getBytes(), 'latin1'), 'client.p12');
}

const store = { path: pkcs12(clients.known), password: PASSWORD };

test.each([
  ['as the client certificate', { clientCertificate: { keystore: store } }],
  ['in the place of it', { keystore: store }],
  ['with its type and alias', { keystore: { ...store, type: 'PKCS12', alias: 'probe' } }],
])('a keystore is shown: %s', async (_, shown) => {
  await using target = await startApi({ identity: server, clientAuthority: authority.certPem });
  const url = `https://127.0.0.1:${target.port}/v1/ping`;
  const tried = await tryOnce(mtls, { url, ca: file(authority.certPem), ...shown });

  expect(saidOf(tried)).toBeNull();
  expect(tried.observation).toMatchObject({ clientCertificate: { subject: 'CN=probe' } });
  expect([...target.clients]).toEqual(['probe']);
});

test('the authorities of a truststore are the ones that are trusted', async () => {
  await using target = await startApi({ identity: server, clientAuthority: authority.certPem, require: false });
  const url = `https://127.0.0.1:${target.port}/v1/ping`;
  const trusting = await tryOnce(mtls, { url, truststore: { path: file(authority.certPem), type: 'PEM' } });
  const mistrusting = await tryOnce(mtls, { url });

  expect(saidOf(trusting)).toBeNull();
  expect(saidOf(mistrusting)).toBe('tls issuer-not-trusted');
});

test.each([
  ['does not open', { ...store, password: 'wrong' }, /password/],
  ['holds authorities alone', { path: file(authority.certPem) }, /holds no private key/],
])('a keystore that %s is for the operator to mend, before anything is dialled', async (_, keystore, message) => {
  await using target = await startApi({ identity: server, clientAuthority: authority.certPem });
  const url = `https://127.0.0.1:${target.port}/v1/ping`;

  await expect(tryOnce(mtls, { url, keystore })).rejects.toThrow(message);
  expect(target.tally.openedAtMs).toEqual([]);
});
