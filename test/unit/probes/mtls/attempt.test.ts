import { createServer } from 'node:net';
import { createServer as createTlsServer, type TLSSocket } from 'node:tls';
import { describe, expect, test, vi } from 'vitest';
import { type ApiOptions, startApi } from '../../../../fixtures/api/api.ts';
import { listen } from '../../../../fixtures/kit/listen.ts';
import { mtls } from '../../../../probes/mtls/probe.ts';
import { saidOf, tryOnce } from '../../../kit/attempt.ts';
import { authority, clients, file, server, settingsFor, stranger } from './lab.ts';

const api = (options: Partial<ApiOptions> = {}) =>
  startApi({ identity: server, clientAuthority: authority.certPem, ...options });

/** A TLS server that answers whatever is asked with these bytes. */
const raw = (answer: string | ((socket: TLSSocket) => void)) =>
  listen(
    createTlsServer({ cert: server.certPem, key: server.keyPem, ALPNProtocols: ['http/1.1'] }, (socket) => {
      socket.on('error', () => socket.destroy());
      socket.once('data', () => (typeof answer === 'string' ? socket.end(answer) : answer(socket)));
    }),
  );

describe('a healthy API', () => {
  test.each(['TLSv1.2', 'TLSv1.3'] as const)('is seen with its status and certificates under %s', async (version) => {
    await using target = await api({ tlsVersions: [version] });
    const tried = await tryOnce(mtls, settingsFor(target.port, 'known'));

    expect(saidOf(tried)).toBeNull();
    expect(tried.stages.map(({ stage, ok }) => [stage, ok])).toEqual([
      ['resolve', true],
      ['connect', true],
      ['tls', true],
      ['request', true],
    ]);
    expect(tried.observation).toMatchObject({
      status: 200,
      tlsProtocol: version,
      serverCertificate: { subject: 'CN=api.lab', issuer: 'CN=Lab authority' },
      clientCertificate: { subject: 'CN=probe', issuer: 'CN=Lab authority' },
    });
    expect(tried.resolved).toEqual(['127.0.0.1']);
    expect([...target.clients]).toEqual(['probe']);
    expect(target.problems).toEqual([]);
  });

  test('is asked over a new connection by each attempt, and none stays open', async () => {
    await using target = await api();
    await tryOnce(mtls, settingsFor(target.port, 'known'));
    await tryOnce(mtls, settingsFor(target.port, 'known'));

    expect(target.tally.openedAtMs).toHaveLength(2);
    expect(target.requests).toBe(2);
    await vi.waitFor(() => expect(target.tally.openNow).toBe(0));
  });

  test('may ask for no certificate', async () => {
    await using target = await api({ require: false });
    const tried = await tryOnce(mtls, settingsFor(target.port, 'none'));

    expect(tried.observation).toMatchObject({ status: 200, clientCertificate: null });
    expect([...target.clients]).toEqual(['anonymous']);
  });

  test('is asked by HEAD, and with headers, where the settings say so', async () => {
    let asked = '';
    await using recorder = await listen(
      createTlsServer({ cert: server.certPem, key: server.keyPem }, (socket) =>
        socket.once('data', (bytes) => {
          asked = String(bytes);
          socket.end('HTTP/1.1 204 No Content\r\n\r\n');
        }),
      ),
    );
    const more = { method: 'HEAD', headers: { 'X-Tenant': 'claims' }, url: `https://127.0.0.1:${recorder.port}/a?b=c` };
    const tried = await tryOnce(mtls, settingsFor(recorder.port, 'none', more));

    expect(tried.observation).toMatchObject({ status: 204 });
    expect(asked).toMatch(/^HEAD \/a\?b=c HTTP\/1\.1\r\n/);
    expect(asked).toContain('X-Tenant: claims\r\n');
  });
});

describe.each(['TLSv1.2', 'TLSv1.3'] as const)('under %s a server that refuses the client', (version) => {
  const late = version === 'TLSv1.3' ? 'request' : 'tls';

  test.each([
    ['alert', 'none', late, 'client-certificate-missing'],
    ['alert', 'strange', late, 'client-certificate-rejected'],
    ['alert', 'expired', late, 'client-certificate-expired'],
    ['400', 'none', 'request', 'client-certificate-missing'],
    ['400', 'strange', 'request', 'client-certificate-rejected'],
    ['400', 'expired', 'request', 'client-certificate-expired'],
    ['close', 'none', late, 'client-certificate-missing'],
    ['close', 'strange', late, 'client-certificate-rejected'],
    ['close', 'expired', late, 'client-certificate-expired'],
  ] as const)('by %s, shown the certificate: %s, fails the stage %s', async (reject, client, stage, cause) => {
    await using target = await api({ reject, tlsVersions: [version] });
    const tried = await tryOnce(mtls, settingsFor(target.port, client));

    expect(saidOf(tried)).toBe(`${stage} ${cause}`);
    expect(target.refused).toBe(1);
  });
});

describe('of a refused certificate', () => {
  test('the alert that came first is kept, not the words of the HTTP client', async () => {
    await using target = await api({ tlsVersions: ['TLSv1.3'] });
    const { failure } = await tryOnce(mtls, settingsFor(target.port, 'none'));

    expect(failure?.classified).toMatchObject({ code: 'ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED', number: null });
  });

  test('what is only inferred is called probable', async () => {
    await using target = await api({ reject: 'close' });
    const { failure } = await tryOnce(mtls, settingsFor(target.port, 'strange'));

    expect(failure?.classified).toMatchObject({ detail: expect.stringContaining('probably it refuses') });
  });

  test('nothing but the known sentence of the answer is kept', async () => {
    await using target = await api({ reject: '400' });
    const { failure } = await tryOnce(mtls, settingsFor(target.port, 'none'));

    expect(failure?.classified).toMatchObject({
      number: 400,
      detail: 'HTTP 400: no required SSL certificate was sent',
    });
  });
});

test.each([
  [{ at: 'connect', do: 'hang' }, 'tls tls-timeout'],
  [{ at: 'connect', do: 'close' }, 'tls connection-closed'],
  [{ at: 'tls', do: 'hang' }, 'tls tls-timeout'],
  [{ at: 'tls', do: 'close' }, 'tls connection-closed'],
  [{ at: 'tls', do: 'reset' }, 'tls connection-reset'],
  [{ at: 'request', do: 'hang' }, 'request request-timeout'],
  [{ at: 'response', do: 'hang' }, 'request request-timeout'],
  [{ at: 'response', do: 'close' }, 'request connection-closed'],
  [{ at: 'request', do: 'status', status: 503 }, 'request server-error'],
  [{ at: 'request', do: 'status', status: 429 }, 'request throttled'],
] as const)('the fault %o is seen as: %s', async (fault, said) => {
  await using target = await api({ faults: [fault] });
  const deadlinesMs = { tls: 200, request: 200 };
  const tried = await tryOnce(mtls, settingsFor(target.port, 'known'), { deadlinesMs });

  expect(saidOf(tried)).toBe(said);
  expect(target.faults.fired).toBe(1);
  expect(saidOf(await tryOnce(mtls, settingsFor(target.port, 'known')))).toBeNull();
});

test.each([
  ['close', 'request connection-closed'],
  ['reset', 'request connection-reset'],
] as const)('a connection that an accepted client loses is no refusal: %s', async (how, said) => {
  await using target = await api({ tlsVersions: ['TLSv1.2'], faults: [{ at: 'request', do: how }] });

  expect(saidOf(await tryOnce(mtls, settingsFor(target.port, 'known')))).toBe(said);
});

test('a connection that is reset at once fails where the kernel notices it', async () => {
  await using target = await api({ faults: [{ at: 'connect', do: 'reset' }] });

  expect(saidOf(await tryOnce(mtls, settingsFor(target.port, 'known')))).toMatch(/^(connect|tls) connection-reset$/);
});

test('a session ticket shows that the server has accepted the certificate, whatever comes then', async () => {
  await using target = await raw((socket) => socket.end());

  expect(saidOf(await tryOnce(mtls, settingsFor(target.port, 'known')))).toBe('request connection-closed');
});

test('a mute API fails within a tenth of its deadline', async () => {
  await using target = await api({ faults: [{ at: 'request', do: 'hang' }] });
  const { stages } = await tryOnce(mtls, settingsFor(target.port, 'known'), { deadlinesMs: { request: 500 } });

  expect(stages.at(-1)?.elapsedMs).toBeGreaterThan(495);
  expect(stages.at(-1)?.elapsedMs).toBeLessThan(550);
});

describe('the certificate of the server', () => {
  const wrong = {
    'for another name': authority.issue({ commonName: 'other', altNames: ['other.lab'], usage: 'server' }),
    'from a stranger': stranger.issue({ commonName: 'api.lab', altNames: ['127.0.0.1'], usage: 'server' }),
    expired: authority.issue({
      commonName: 'api.lab',
      altNames: ['127.0.0.1'],
      usage: 'server',
      notBefore: new Date(Date.now() - 7_200_000),
      notAfter: new Date(Date.now() - 3_600_000),
    }),
  };

  test.each([
    ['for another name', 'certificate-name-mismatch'],
    ['from a stranger', 'issuer-not-trusted'],
    ['expired', 'certificate-expired'],
  ] as const)('%s fails the stage tls', async (which, cause) => {
    await using target = await api({ identity: wrong[which] });

    expect(saidOf(await tryOnce(mtls, settingsFor(target.port, 'known')))).toBe(`tls ${cause}`);
    expect(target.requests).toBe(0);
  });

  test('may carry the name that the settings give', async () => {
    await using target = await api({ identity: wrong['for another name'] });
    const tried = await tryOnce(mtls, settingsFor(target.port, 'known', { serverName: 'other.lab' }));

    expect(saidOf(tried)).toBeNull();
  });
});

test('a closed port fails the stage connect', async () => {
  const closed = await listen(createServer());
  await closed.close();

  expect(saidOf(await tryOnce(mtls, settingsFor(closed.port, 'known')))).toBe('connect connection-refused');
});

test('a port that does not speak TLS is said to be one', async () => {
  await using plain = await listen(createServer((socket) => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n')));

  expect(saidOf(await tryOnce(mtls, settingsFor(plain.port, 'known')))).toBe('tls not-tls');
});

test('an answer that is not HTTP violates the protocol', async () => {
  await using target = await raw('220 drop.lab FTP server ready\r\n');

  expect(saidOf(await tryOnce(mtls, settingsFor(target.port, 'known')))).toBe('request protocol-violation');
});

test('a redirect is an answer, and is not followed', async () => {
  await using target = await api({ faults: [{ at: 'request', do: 'status', status: 302 }] });
  const tried = await tryOnce(mtls, settingsFor(target.port, 'known'));

  expect(tried.observation).toMatchObject({ status: 302 });
  expect(target.requests).toBe(1);
});

test('a long body is not read to its end', async () => {
  let sentBytes = Number.NaN;
  await using target = await raw((socket) => {
    socket.write('HTTP/1.1 200 OK\r\nContent-Length: 100000000\r\n\r\n');
    const more = () => {
      while (!socket.destroyed && socket.write('x'.repeat(65_536)));
    };
    socket.on('drain', more).on('close', () => {
      sentBytes = socket.bytesWritten;
    });
    more();
  });
  const tried = await tryOnce(mtls, settingsFor(target.port, 'known'));

  expect(tried.observation).toMatchObject({ status: 200 });
  await vi.waitFor(() => expect(sentBytes).toBeLessThan(50_000_000));
});

describe('an answer of 401', () => {
  const unauthorized = 'HTTP/1.1 401 Unauthorized\r\nContent-Length: 0\r\n\r\n';

  test('rejects the account that was shown', async () => {
    await using target = await raw(unauthorized);
    const headers = { authorization: `Basic ${btoa('svc:pw')}` };
    const tried = await tryOnce(mtls, settingsFor(target.port, 'known', { headers }));

    expect(saidOf(tried)).toBe('request login-rejected');
  });

  test('is an answer like any other where no account was shown', async () => {
    await using target = await raw(unauthorized);

    expect((await tryOnce(mtls, settingsFor(target.port, 'known'))).observation).toMatchObject({ status: 401 });
  });
});

test('a key with a passphrase is opened by it', async () => {
  const { createPrivateKey } = await import('node:crypto');
  const key = createPrivateKey(clients.known.keyPem).export({
    type: 'pkcs8',
    format: 'pem',
    cipher: 'aes-256-cbc',
    passphrase: 'opensesame',
  });
  await using target = await api();
  const clientCertificate = { cert: file(clients.known.certPem), key: file(String(key)), passphrase: 'opensesame' };

  expect(saidOf(await tryOnce(mtls, settingsFor(target.port, 'none', { clientCertificate })))).toBeNull();
});
