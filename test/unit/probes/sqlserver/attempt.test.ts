import { expect, test } from 'vitest';
import { saidOf } from '../../../kit/attempt.ts';
import { attempt, authority, course, identity, PASSWORD, start, USER } from './lab.ts';

test('an attempt logs in once under our name, and learns the version and the address that the server saw', async () => {
  await using server = await start({ clientAddress: () => '203.0.113.9', version: '16.0.4135.4' });
  const tried = await attempt(server, 'databaseName=Claims;applicationIntent=ReadOnly;workstationID=job-7');

  expect(course(tried)).toBe('resolve connect negotiate tls authenticate request');
  expect(tried.observation).toMatchObject({
    version: '16.0.4135.4',
    edition: 'Developer Edition (64-bit)',
    engineEdition: 3,
    encrypted: 'whole',
    tlsProtocol: 'TLSv1.2',
    serverCertificate: { subject: 'CN=lab', issuer: 'CN=Lab authority' },
    redirected: false,
  });
  expect(tried.egress).toEqual(['203.0.113.9']);
  expect(tried.resolved).toEqual(['127.0.0.1']);
  expect(tried.admitted).toEqual([]);
  expect(server.ledger).toMatchObject({ accepted: 1, rejected: 0, plainPasswords: 0 });
  expect(server.ledger.logins).toMatchObject([
    {
      user: USER,
      database: 'Claims',
      readOnlyIntent: true,
      hostName: 'job-7',
      packetBytes: 8000,
      appName: expect.stringMatching(/^preflight-probe\//),
    },
  ]);
  expect(server.problems).toEqual([]);
});

test('every connection is closed when the attempt is over', async () => {
  await using server = await start();
  await attempt(server);

  await expect.poll(() => server.tally.openNow).toBe(0);
});

test('two attempts against one server observe the same', async () => {
  await using server = await start();
  const [first, second] = [await attempt(server), await attempt(server)];

  expect(second.observation).toEqual(first.observation);
});

test('strict encryption does TLS before PRELOGIN, and logs in with TDS 8.0', async () => {
  await using server = await start({ encryption: 'strict' });
  const tried = await attempt(server, 'encrypt=strict');

  expect(course(tried)).toBe('resolve connect tls negotiate authenticate request');
  expect(tried.observation).toMatchObject({ encrypted: 'whole', tlsProtocol: 'TLSv1.3' });
  expect(server.ledger.logins).toMatchObject([{ tdsVersion: 0x08000000 }]);
});

test('user and password stand in the URL, or over it', async () => {
  await using server = await start();
  const inUrl = `user=${USER};password={${PASSWORD.replaceAll('}', '}}')}}`;
  const alone = await attempt(server, inUrl, { settings: { user: undefined, password: undefined } });
  const over = await attempt(server, 'user=other;password=wrong');

  expect([saidOf(alone), saidOf(over)]).toEqual([null, null]);
});

test('the certificate is checked for the host, without an address as server name', async () => {
  await using server = await start();
  await attempt(server);
  await attempt({ ...server, host: 'localhost' });

  expect([...server.ledger.serverNames]).toEqual(['localhost']);
});

test('nothing is written to standard error', async () => {
  const warnings: unknown[] = [];
  const listener = (warning: Error): void => void warnings.push(warning);
  process.on('warning', listener);
  await using server = await start();
  await using strict = await start({ encryption: 'strict' });
  await attempt(server);
  await attempt(strict, 'encrypt=strict');
  await new Promise((resolve) => setImmediate(resolve));
  process.off('warning', listener);

  expect(warnings).toEqual([]);
});

test('a redirect is followed on a connection of its own, after it was admitted', async () => {
  await using node = await start({ clientAddress: () => '203.0.113.10' });
  await using gateway = await start({ routeTo: { host: 'localhost', port: node.port } });
  const tried = await attempt(gateway);

  expect(course(tried)).toBe(
    'resolve connect negotiate tls authenticate resolve connect negotiate tls authenticate request',
  );
  expect(tried.admitted).toEqual([`localhost:${node.port}`]);
  expect(tried.observation).toMatchObject({ redirected: true });
  expect(tried.egress).toEqual(['203.0.113.10']);
  expect([gateway.ledger.accepted, node.ledger.accepted]).toEqual([1, 1]);
  expect(node.ledger.logins).toMatchObject([{ serverName: 'localhost' }]);
});

test('the certificate of the server that was named in a redirect is checked under that name', async () => {
  const other = authority.issue({ commonName: 'other', altNames: ['other.lab'], usage: 'server' });
  await using node = await start({ identity: other });
  await using gateway = await start({ routeTo: node });
  const tried = await attempt(gateway);

  expect(saidOf(tried)).toBe('tls certificate-name-mismatch');
  expect(tried.failure?.server).toBe(`127.0.0.1:${node.port}`);
  expect(node.ledger.logins).toEqual([]);
});

test('a redirect to a closed port says that it is the redirect', async () => {
  const closed = await start();
  await closed.close();
  await using gateway = await start({ routeTo: closed });
  const tried = await attempt(gateway);

  expect(saidOf(tried)).toBe('connect redirect-unreachable');
  expect(tried.failure?.classified).toMatchObject({
    code: 'ECONNREFUSED',
    detail: expect.stringContaining('ECONNREFUSED'),
  });
});

test('a redirect in a circle ends', async () => {
  const routeTo = { host: '127.0.0.1', port: 0 };
  await using gateway = await start({ routeTo, identity });
  routeTo.port = gateway.port;
  const tried = await attempt(gateway);

  expect(saidOf(tried)).toBe('authenticate redirect-unreachable');
  expect(gateway.ledger.accepted).toBe(11);
});
