import { Buffer } from 'node:buffer';
import { createServer, type Socket } from 'node:net';
import { createServer as createTlsServer, type TlsOptions } from 'node:tls';
import { describe, expect, test, vi } from 'vitest';
import { listen } from '../../../../fixtures/kit/listen.ts';
import { mintAuthority } from '../../../../fixtures/kit/pki.ts';
import { tcp } from '../../../../probes/tcp/probe.ts';
import { seal } from '../../../../src/model/probe.ts';
import { FileValue } from '../../../../src/model/settings.ts';
import { saidOf, tryOnce } from '../../../kit/attempt.ts';
import { judgeBy } from '../../../kit/rules.ts';

const authority = mintAuthority('Lab authority');
const identity = authority.issue({ commonName: 'drop.lab', altNames: ['127.0.0.1'], usage: 'server' });
const ca = new FileValue(Buffer.from(authority.certPem), 'inline');

const plain = (greet: (socket: Socket) => void = () => {}, allowHalfOpen = false) =>
  listen(
    createServer({ allowHalfOpen }, (socket) => {
      socket.resume();
      greet(socket);
    }),
  );

const secured = (greet: (socket: Socket) => void = () => {}, more: TlsOptions = {}) =>
  listen(
    createTlsServer({ cert: identity.certPem, key: identity.keyPem, ...more }, (socket) => {
      socket.on('error', () => socket.destroy()).resume();
      greet(socket);
    }),
  );

const at = (port: number, more: object = {}) => ({ host: '127.0.0.1', port, ...more });

describe('a port that stays open', () => {
  test('may be silent', async () => {
    await using target = await plain();
    const tried = await tryOnce(tcp, at(target.port));

    expect(saidOf(tried)).toBeNull();
    expect(tried.stages.map(({ stage }) => stage)).toEqual(['resolve', 'connect', 'request']);
    expect(tried.stages.at(-1)?.elapsedMs).toBeGreaterThan(245);
    expect(tried.observation).toEqual({
      speaksFirst: false,
      closesInTurn: true,
      tlsProtocol: null,
      serverCertificate: null,
    });
    await vi.waitFor(() => expect(target.tally.openNow).toBe(0));
  });

  test('may speak first', async () => {
    await using target = await plain((socket) => socket.write('220 ready\r\n'));

    expect((await tryOnce(tcp, at(target.port))).observation).toMatchObject({ speaksFirst: true });
  });

  test('may keep its half of the connection when we end ours', async () => {
    await using target = await plain(() => {}, true);
    const tried = await tryOnce(tcp, at(target.port));

    expect(saidOf(tried)).toBeNull();
    expect(tried.observation).toMatchObject({ closesInTurn: false });
  });

  test.each(['TLSv1.2', 'TLSv1.3'] as const)('may speak %s, and then its certificate is seen', async (version) => {
    await using target = await secured(() => {}, { minVersion: version, maxVersion: version });
    const tried = await tryOnce(tcp, at(target.port, { tls: { ca } }));

    expect(tried.stages.map(({ stage }) => stage)).toEqual(['resolve', 'connect', 'tls', 'request']);
    expect(tried.observation).toMatchObject({
      closesInTurn: true,
      tlsProtocol: version,
      serverCertificate: { subject: 'CN=drop.lab' },
    });
  });
});

describe('a connection that does not stay', () => {
  test.each<[string, (socket: Socket) => void, string]>([
    ['is closed', (socket) => socket.end(), 'connection-closed'],
    ['is closed after a banner', (socket) => socket.end('421 too many\r\n'), 'connection-closed'],
    ['is reset', (socket) => setImmediate(() => socket.resetAndDestroy()), 'connection-reset'],
  ])('%s, and fails the stage request', async (_, greet, cause) => {
    await using target = await plain(greet);

    expect(saidOf(await tryOnce(tcp, at(target.port)))).toMatch(new RegExp(`^(connect|request) ${cause}$`));
  });

  test('is closed over TLS too', async () => {
    await using target = await secured((socket) => socket.end());

    expect(saidOf(await tryOnce(tcp, at(target.port, { tls: { ca } })))).toBe('request connection-closed');
  });

  test('because a client certificate is asked for, is said to be that', async () => {
    await using target = await secured(() => {}, {
      requestCert: true,
      rejectUnauthorized: true,
      ca: authority.certPem,
    });

    expect(saidOf(await tryOnce(tcp, at(target.port, { tls: { ca } })))).toBe('request client-certificate-missing');
  });
});

describe('TLS', () => {
  test('with an authority that is not known fails the stage tls', async () => {
    await using target = await secured();

    expect(saidOf(await tryOnce(tcp, at(target.port, { tls: true })))).toBe('tls issuer-not-trusted');
  });

  test('is checked against the name that the settings give', async () => {
    await using target = await secured();
    const tls = { ca, serverName: 'other.lab' };

    expect(saidOf(await tryOnce(tcp, at(target.port, { tls })))).toBe('tls certificate-name-mismatch');
  });

  test('with a peer that stays mute ends at the deadline of the stage', async () => {
    await using target = await plain();
    const tried = await tryOnce(tcp, at(target.port, { tls: true }), { deadlinesMs: { tls: 500 } });

    expect(saidOf(tried)).toBe('tls tls-timeout');
    expect(tried.stages.at(-1)?.elapsedMs).toBeLessThan(550);
  });

  test('to a port that does not speak it is said to be that', async () => {
    await using target = await plain((socket) => socket.write('220 ready\r\n'));

    expect(saidOf(await tryOnce(tcp, at(target.port, { tls: true })))).toBe('tls not-tls');
  });
});

test('a closed port fails the stage connect', async () => {
  const closed = await plain();
  await closed.close();

  expect(saidOf(await tryOnce(tcp, at(closed.port)))).toBe('connect connection-refused');
});

test.each([
  ['a host with a port', { host: 'drop.lab:990' }, 'expected a host name'],
  ['a port that there is not', { port: 65_536 }, '65535'],
  ['an authority that is none', { tls: { ca: new FileValue(Buffer.from('x'), 'inline') } }, 'holds no certificate'],
  ['a key that is not known', { timeout: 3 }, 'timeout'],
])('settings are refused with %s', (_, wrong, said) => {
  const bound = seal(tcp).bind({ host: 'drop.lab', port: 990, ...wrong });

  expect('issues' in bound && bound.issues.map(({ message }) => message).join()).toContain(said);
});

test('an IPv6 address is a host', () => {
  const bound = seal(tcp).bind({ host: '::1', port: 990, tls: true });

  expect('bound' in bound && bound.bound.endpoint).toBe('[::1]:990');
});

test('the days of a certificate are judged only where there is one', () => {
  const without = { speaksFirst: false, closesInTurn: true, tlsProtocol: null, serverCertificate: null };
  const facts = { subject: 'CN=drop', issuer: 'CN=CA', notAfter: '2026-11-11T00:00:00.000Z', fingerprint256: 'AA' };
  const id = 'tls/server-certificate-days';

  expect(judgeBy(tcp, id, { runs: [[without]] })).toBeNull();
  expect(judgeBy(tcp, id, { runs: [[{ ...without, serverCertificate: facts }]] })).toMatchObject({ verdict: 'warn' });
});
