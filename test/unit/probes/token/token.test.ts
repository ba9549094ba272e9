import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type IssuerOptions, startIssuer } from '../../../../fixtures/issuer/issuer.ts';
import { makeSigner } from '../../../../fixtures/issuer/jwt.ts';
import { mintAuthority } from '../../../../fixtures/kit/pki.ts';
import { token } from '../../../../probes/token/probe.ts';
import { FileValue } from '../../../../src/model/settings.ts';
import { saidOf, type Tried, tryOnce } from '../../../kit/attempt.ts';

const authority = mintAuthority('Lab authority');
const identity = authority.issue({ commonName: 'issuer.lab', altNames: ['127.0.0.1'], usage: 'server' });
const ca = new FileValue(Buffer.from(authority.certPem), 'inline');
const client = { id: 'probe:1', secret: 'odd secret: 100% + more & ümlaut' };
const issuer = (options: Partial<IssuerOptions> = {}) => startIssuer({ clients: [client], identity, ...options });

const sourceOf = ({ port }: { port: number }, more: object = {}) => ({
  source: {
    type: 'client-credentials',
    tokenUrl: `https://127.0.0.1:${port}/token`,
    clientId: client.id,
    clientSecret: client.secret,
    ca,
    ...more,
  },
});
const stagesOf = ({ stages }: Tried) => stages.map(({ stage }) => stage);

describe('client credentials', () => {
  test.each(['basic', 'post'] as const)('are granted a token by %s, of which few claims are kept', async (auth) => {
    await using server = await issuer({ lifetimeSeconds: 300 });
    const tried = await tryOnce(
      token,
      sourceOf(server, { auth, scope: 'lake.read lake.list', audience: 'https://lake' }),
    );
    expect(saidOf(tried)).toBeNull();
    expect(stagesOf(tried)).toEqual(['resolve', 'connect', 'tls', 'request']);
    expect(tried.observation).toEqual({
      form: 'jwt',
      iss: 'https://issuer.lab',
      aud: ['https://lake'],
      azp: client.id,
      scopes: 2,
    });
    expect(tried.measures['expiresInSeconds']).toBeGreaterThan(297);
    expect(tried.measures['expiresInSeconds']).toBeLessThanOrEqual(300);
    expect(tried.measures['lifetimeSeconds']).toBe(300);
    expect(Math.abs(tried.measures['clockSkewSeconds'] ?? 99)).toBeLessThanOrEqual(1);
    expect([server.granted, server.rejected]).toEqual([1, 0]);
    expect(server.problems).toEqual([]);
  });

  test('hand over the token as a secret, and keep it nowhere', async () => {
    await using server = await issuer();
    const { secrets, ...kept } = await tryOnce(token, sourceOf(server));
    expect(secrets).toHaveLength(1);
    expect(secrets[0]).toMatch(/^[\w-]+\.[\w-]+\.[\w-]+$/);
    expect(JSON.stringify(kept)).not.toContain(secrets[0]);
    expect(JSON.stringify(kept)).not.toContain('"sub"');
  });

  test('use one connection an attempt', async () => {
    await using server = await issuer();
    for (const n of [1, 2, 3]) await tryOnce(token, sourceOf(server), { n });
    expect(server.tally.openedAtMs).toHaveLength(3);
  });

  test('may be sent without TLS on the loopback alone', async () => {
    await using server = await startIssuer({ clients: [client] });
    const tokenUrl = `http://127.0.0.1:${server.port}/token`;
    expect(stagesOf(await tryOnce(token, sourceOf(server, { tokenUrl })))).toEqual(['resolve', 'connect', 'request']);
  });

  test('measure an opaque token by expires_in', async () => {
    await using server = await issuer({ opaque: true, lifetimeSeconds: 900 });
    const tried = await tryOnce(token, sourceOf(server));
    expect(tried.observation).toMatchObject({ form: 'opaque', iss: null, aud: [], scopes: 0 });
    expect(tried.measures['expiresInSeconds']).toBe(900);
  });

  test.each([-600, 600])('measure a clock that is %i s ahead', async (clockSkewSeconds) => {
    await using server = await issuer({ clockSkewSeconds, lifetimeSeconds: 300 });
    const tried = await tryOnce(token, sourceOf(server));
    expect(saidOf(tried)).toBeNull();
    expect(Math.abs((tried.measures['clockSkewSeconds'] ?? 0) - clockSkewSeconds)).toBeLessThanOrEqual(1);
    expect(Math.abs((tried.measures['expiresInSeconds'] ?? 0) - 300 - clockSkewSeconds)).toBeLessThanOrEqual(3);
  });

  test('are rejected with a wrong secret', async () => {
    await using server = await issuer();
    const tried = await tryOnce(token, sourceOf(server, { clientSecret: 'wrong secret' }));
    expect(saidOf(tried)).toBe('request login-rejected');
    expect(tried.failure?.classified).toMatchObject({ code: 'invalid_client', number: 401 });
    expect([server.granted, server.rejected]).toEqual([0, 1]);
  });

  test('may not ask for a scope beyond their reach', async () => {
    await using server = await issuer({ scopes: ['lake.read'] });
    expect(saidOf(await tryOnce(token, sourceOf(server, { scope: 'lake.admin' })))).toBe('request not-authorized');
  });

  test.each([
    [{ at: 'connect', do: 'hang' }, 'tls tls-timeout'],
    [{ at: 'tls', do: 'reset' }, 'tls connection-reset'],
    [{ at: 'request', do: 'hang' }, 'request request-timeout'],
    [{ at: 'request', do: 'close' }, 'request connection-closed'],
    [{ at: 'request', do: 'status', status: 429 }, 'request throttled'],
    [{ at: 'request', do: 'status', status: 503 }, 'request server-error'],
    [{ at: 'request', do: 'status', status: 403 }, 'request not-authorized'],
    [{ at: 'request', do: 'status', status: 401 }, 'request login-rejected'],
    [{ at: 'request', do: 'status', status: 302 }, 'request status-unexpected'],
    [{ at: 'request', do: 'status', status: 200 }, 'request protocol-violation'],
  ] as const)('meet %o as %s, and are granted a token the next time', async (fault, said) => {
    await using server = await issuer({ faults: [fault] });
    const deadlinesMs = fault.do === 'hang' ? { [said.split(' ')[0] ?? '']: 400 } : {};
    expect(saidOf(await tryOnce(token, sourceOf(server), { deadlinesMs }))).toBe(said);
    expect(saidOf(await tryOnce(token, sourceOf(server)))).toBeNull();
  });

  test('are not shown to an issuer that cannot be authenticated', async () => {
    await using server = await issuer();
    const other = new FileValue(Buffer.from(mintAuthority('Somebody else').certPem), 'inline');
    expect(saidOf(await tryOnce(token, sourceOf(server, { ca: other })))).toBe('tls issuer-not-trusted');
    expect(server.requests).toBe(0);
  });
});

describe('a token that is handed over', () => {
  const signer = makeSigner();
  const nowSeconds = () => Math.floor(Date.now() / 1000);
  const good = () =>
    signer.token({ iss: 'https://issuer.lab', aud: ['b', 'a'], exp: nowSeconds() + 600, scp: ['x', 'y', 'z'] });
  const sources: Record<string, (text: string | null) => Promise<Tried>> = {
    file: async (text) => {
      const path = join(folder, 'token');
      if (text === null) await rm(path, { force: true });
      else await writeFile(path, text);
      return await tryOnce(token, { source: { type: 'file', path } });
    },
    env: (text) =>
      tryOnce(
        token,
        { source: { type: 'env', name: 'LAKE_TOKEN' } },
        { environment: text === null ? {} : { LAKE_TOKEN: text } },
      ),
  };
  let folder = '';
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'probe-token-'));
  });
  afterAll(() => rm(folder, { recursive: true }));

  describe.each(['file', 'env'])('by %s', (type) => {
    const tryWith = (text: string | null) => sources[type]!(text);

    test('is read at each attempt', async () => {
      const tried = await tryWith(`${good()}\n`);
      expect(saidOf(tried)).toBeNull();
      expect(stagesOf(tried)).toEqual(['request']);
      expect(tried.observation).toEqual({
        form: 'jwt',
        iss: 'https://issuer.lab',
        aud: ['a', 'b'],
        azp: null,
        scopes: 3,
      });
      expect(tried.measures['expiresInSeconds']).toBeGreaterThan(597);
      expect(tried.measures).not.toHaveProperty('clockSkewSeconds');
      expect(tried.secrets).toHaveLength(1);
    });

    test.each([
      ['is absent', () => null, 'request token-missing'],
      ['is empty', () => ' \n', 'request token-missing'],
      ['has ended', () => signer.token({ exp: nowSeconds() - 5 }), 'request token-expired'],
      ['is opaque', () => 'dapi0123456789abcdef', 'request token-unreadable'],
      ['has no end', () => signer.token({ iss: 'https://issuer.lab' }), 'request token-unreadable'],
    ])('that %s is a failure', async (_, text, said) => {
      expect(saidOf(await tryWith(text()))).toBe(said);
    });
  });
});

describe('a token in the settings, as a launcher hands it over', () => {
  const signer = makeSigner();
  const inSeconds = (seconds: number) => signer.token({ exp: Math.floor(Date.now() / 1000) + seconds });
  const tryValue = (value: string) => tryOnce(token, { source: { type: 'value', value } });

  test('is weighed by its own end, and is a secret', async () => {
    const value = inSeconds(600);
    const tried = await tryValue(value);
    expect(stagesOf(tried)).toEqual(['request']);
    expect(tried.measures['expiresInSeconds']).toBeGreaterThan(597);
    expect(tried.secrets).toEqual([value]);
    const settings = token.settings.parse({ source: { type: 'value', value } });
    expect(token.describe(settings)).toMatchObject({
      endpoint: 'a token that is handed over',
      footprint: { servers: [] },
    });
    expect(JSON.stringify(token.describe(settings))).not.toContain(value);
  });

  test.each([
    ['has ended', () => inSeconds(-5), 'request token-expired'],
    ['is opaque', () => 'dapi0123456789abcdef', 'request token-unreadable'],
  ])('that %s is a failure', async (_, value, said) => {
    expect(saidOf(await tryValue(value()))).toBe(said);
  });
});

describe('the settings', () => {
  const grant = { type: 'client-credentials', clientId: 'probe', clientSecret: 's3cret' };
  test.each([
    [{}, ['source']],
    [{ source: { type: 'device-code' } }, ['source', 'type']],
    [{ source: { ...grant, tokenUrl: 'http://login.example/token' } }, ['source', 'tokenUrl']],
    [{ source: { ...grant, tokenUrl: 'https://me:pw@login.example/token' } }, ['source', 'tokenUrl']],
    [{ source: { ...grant, tokenUrl: 'login.example' } }, ['source', 'tokenUrl']],
    [{ source: { ...grant, tokenUrl: 'https://login.example/token', clientSecret: '' } }, ['source', 'clientSecret']],
    [{ source: { type: 'file' } }, ['source', 'path']],
    [{ source: { type: 'env', name: 'T', path: 'p' } }, ['source']],
    [{ source: { type: 'value', value: '' } }, ['source', 'value']],
  ])('%j is refused', (given, path) => {
    expect(token.settings.safeParse(given).error?.issues[0]?.path).toEqual(path);
  });

  test('name the identity by its realm, and never the secret', () => {
    const settings = token.settings.parse({ source: { ...grant, tokenUrl: 'https://login.example/t1/token?x=y' } });
    const description = token.describe(settings);
    expect(description.endpoint).toBe('https://login.example/t1/token');
    expect(description.footprint.identity).toBe('probe@login.example:443');
    expect(description.footprint.servers).toMatchObject([{ address: 'login.example:443', connections: 1, logins: 1 }]);
    expect(JSON.stringify(description)).not.toContain('s3cret');
  });

  test('touch no server where the token is handed over', () => {
    const settings = token.settings.parse({ source: { type: 'env', name: 'LAKE_TOKEN' } });
    expect(token.describe(settings)).toMatchObject({
      endpoint: 'environment variable LAKE_TOKEN',
      footprint: { identity: null, servers: [] },
    });
  });
});
