import { createServer } from 'node:net';
import { describe, expect, test } from 'vitest';
import { startHttpEcho, startTcpEcho } from '../../../../fixtures/echo/echo.ts';
import { listen } from '../../../../fixtures/kit/listen.ts';
import { mintAuthority } from '../../../../fixtures/kit/pki.ts';
import { startRelay } from '../../../../fixtures/kit/relay.ts';
import { egress } from '../../../../probes/egress/probe.ts';
import { FileValue } from '../../../../src/model/settings.ts';
import { saidOf, tryOnce } from '../../../kit/attempt.ts';

const authority = mintAuthority('Lab authority');
const identity = authority.issue({ commonName: 'echo.lab', altNames: ['127.0.0.1'], usage: 'server' });
const pem = (text: string) => new FileValue(Buffer.from(text), 'inline');
const ca = pem(authority.certPem);
const http = ({ port }: { port: number }) => `http://127.0.0.1:${port}/ip`;
const https = ({ port }: { port: number }) => `https://127.0.0.1:${port}/ip`;
const tcp = ({ port }: { port: number }) => `tcp://127.0.0.1:${port}`;
const stagesOf = ({ stages }: Awaited<ReturnType<typeof tryOnce>>) => stages.map(({ stage }) => stage);

describe('one attempt', () => {
  test('learns the address over HTTPS', async () => {
    await using echo = await startHttpEcho({ identity });
    await using relay = await startRelay({ to: echo, from: ['127.0.1.10'] });
    const tried = await tryOnce(egress, { echo: [https(relay)], ca });
    expect(saidOf(tried)).toBeNull();
    expect(stagesOf(tried)).toEqual(['resolve', 'connect', 'tls', 'request']);
    expect(tried.egress).toEqual(['127.0.1.10']);
    expect(tried.observation).toEqual({ scheme: 'https', family: 'IPv4', translated: true });
    expect(echo.problems).toEqual([]);
  });

  test('learns it over plain HTTP, where nothing stands between', async () => {
    await using echo = await startHttpEcho();
    const tried = await tryOnce(egress, { echo: [http(echo)] });
    expect(stagesOf(tried)).toEqual(['resolve', 'connect', 'request']);
    expect(tried.egress).toEqual(['127.0.0.1']);
    expect(tried.observation).toEqual({ scheme: 'http', family: 'IPv4', translated: false });
  });

  test.each([true, false])('learns it over TCP, from a server that stays: %s', async (stay) => {
    await using echo = await startTcpEcho({ stay });
    await using relay = await startRelay({ to: echo, from: ['127.0.1.10'] });
    const tried = await tryOnce(egress, { echo: [tcp(relay)] });
    expect(saidOf(tried)).toBeNull();
    expect(tried.egress).toEqual(['127.0.1.10']);
    expect(tried.observation).toEqual({ scheme: 'tcp', family: 'IPv4', translated: true });
  });

  test('takes a TCP address that no newline ends', async () => {
    await using echo = await listen(createServer((socket) => socket.end('203.0.113.9')));
    expect((await tryOnce(egress, { echo: [tcp(echo)] })).egress).toEqual(['203.0.113.9']);
  });

  test('asks the endpoints in turn, one an attempt and each on a connection of its own', async () => {
    await using web = await startHttpEcho();
    await using line = await startTcpEcho();
    const settings = { echo: [http(web), tcp(line)] };
    for (let n = 1; n <= 5; n += 1) expect(saidOf(await tryOnce(egress, settings, { n }))).toBeNull();
    expect(web.tally.openedAtMs).toHaveLength(3);
    expect(line.tally.openedAtMs).toHaveLength(2);
  });

  test('sends our name', async () => {
    let heard = '';
    const server = createServer((socket) => {
      socket.on('data', (bytes) => {
        heard += bytes;
        socket.end('HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\n127.0.0.1');
      });
    });
    await using echo = await listen(server);
    expect(saidOf(await tryOnce(egress, { echo: [http(echo)] }))).toBeNull();
    expect(heard).toMatch(/^user-agent: preflight-probe\/[0-9a-f-]+\r$/im);
  });
});

describe('a failed attempt', () => {
  test.each([
    ['no address', '<html>welcome</html>'],
    ['a list of what proxies claim', '203.0.113.9, 10.0.0.7'],
  ])('is unreadable where the echo answers %s, and repeats nothing of it', async (_, lie) => {
    await using web = await startHttpEcho({ lie });
    await using line = await startTcpEcho({ lie });
    for (const echo of [http(web), tcp(line)]) {
      const tried = await tryOnce(egress, { echo: [echo] });
      expect(saidOf(tried)).toBe('request echo-unreadable');
      expect(tried.egress).toEqual([]);
      expect(JSON.stringify(tried.failure)).not.toContain(lie);
    }
  });

  test('does not read on where the answer has no end', async () => {
    const endless = createServer((socket) => {
      socket.on('error', () => {});
      socket.once('data', () => {
        socket.write('HTTP/1.1 200 OK\r\n\r\n');
        socket.write('x'.repeat(4096));
      });
    });
    await using echo = await listen(endless);
    expect(saidOf(await tryOnce(egress, { echo: [http(echo)] }))).toBe('request echo-unreadable');
  });

  test.each([
    [503, 'request server-error'],
    [404, 'request status-unexpected'],
    [302, 'request status-unexpected'],
    [429, 'request throttled'],
  ])('names the status %i', async (status, said) => {
    await using echo = await startHttpEcho({ faults: [{ at: 'request', do: 'status', status }] });
    const tried = await tryOnce(egress, { echo: [http(echo)] });
    expect(saidOf(tried)).toBe(said);
    expect(tried.failure?.classified).toMatchObject({ number: status });
  });

  test.each([
    [{ at: 'connect', do: 'hang' }, 'tls tls-timeout'],
    [{ at: 'connect', do: 'close' }, 'tls connection-closed'],
    [{ at: 'tls', do: 'hang' }, 'tls tls-timeout'],
    [{ at: 'tls', do: 'reset' }, 'tls connection-reset'],
    [{ at: 'request', do: 'hang' }, 'request request-timeout'],
    [{ at: 'request', do: 'close' }, 'request connection-closed'],
    [{ at: 'request', do: 'reset' }, 'request connection-reset'],
    [{ at: 'response', do: 'hang' }, 'request request-timeout'],
    [{ at: 'response', do: 'close' }, 'request connection-closed'],
  ] as const)('over HTTPS: %o is %s', async (fault, said) => {
    await using echo = await startHttpEcho({ identity, faults: [fault] });
    const deadlinesMs = fault.do === 'hang' ? { [said.split(' ')[0] ?? '']: 400 } : {};
    expect(saidOf(await tryOnce(egress, { echo: [https(echo)], ca }, { deadlinesMs }))).toBe(said);
    expect(saidOf(await tryOnce(egress, { echo: [https(echo)], ca }))).toBeNull();
  });

  test.each([
    ['hang', 'request request-timeout'],
    ['close', 'request connection-closed'],
  ] as const)('over TCP: %s is %s', async (does, said) => {
    await using echo = await startTcpEcho({ faults: [{ at: 'connect', do: does }] });
    expect(saidOf(await tryOnce(egress, { echo: [tcp(echo)] }, { deadlinesMs: { request: 1000 } }))).toBe(said);
  });

  test('names a closed port', async () => {
    const gone = await startTcpEcho();
    await gone.close();
    expect(saidOf(await tryOnce(egress, { echo: [tcp(gone)] }))).toBe('connect connection-refused');
  });

  test('does not believe an echo that it cannot authenticate', async () => {
    await using echo = await startHttpEcho({ identity });
    const other = pem(mintAuthority('Somebody else').certPem);
    const tried = await tryOnce(egress, { echo: [https(echo)], ca: other });
    expect(saidOf(tried)).toBe('tls issuer-not-trusted');
    expect(echo.requests).toBe(0);
  });

  test('names an answer that is no HTTP', async () => {
    await using echo = await listen(
      createServer((socket) => socket.once('data', () => socket.end('220 ftp ready\r\n'))),
    );
    expect(saidOf(await tryOnce(egress, { echo: [http(echo)] }))).toBe('request protocol-violation');
  });
});

describe('the settings', () => {
  test.each([
    [{}, ['echo']],
    [{ echo: [] }, ['echo']],
    [{ echo: ['echo.example:7000'] }, ['echo', 0]],
    [{ echo: ['tcp://echo.example:7000'], retries: 3 }, []],
    [{ echo: ['https://echo.example/ip'], ca: pem('no certificate') }, ['ca']],
  ])('%j is refused', (given, path) => {
    expect(egress.settings.safeParse(given).error?.issues[0]?.path).toEqual(path);
  });

  test('describe the load on each server once, and hide what a query may carry', () => {
    const echo = ['https://echo.example/ip?key=k3y', 'tcp://echo.example:443', 'tcp://echo.example:7000'];
    const { endpoint, footprint, privileges } = egress.describe({ echo });
    expect(endpoint).toBe('https://echo.example:443/ip, tcp://echo.example:443, tcp://echo.example:7000');
    expect(footprint.identity).toBeNull();
    expect(footprint.servers.map(({ address, connections, logins }) => [address, connections, logins])).toEqual([
      ['echo.example:443', 1, 0],
      ['echo.example:7000', 1, 0],
    ]);
    expect(privileges).toHaveLength(2);
  });
});
