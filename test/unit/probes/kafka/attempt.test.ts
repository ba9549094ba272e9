import { describe, expect, test } from 'vitest';
import { mintAuthority } from '../../../../fixtures/kit/pki.ts';
import { saidOf } from '../../../kit/attempt.ts';
import { jaas, start, tryOnce } from './cluster.ts';

const sum = (counts: readonly number[]) => counts.reduce((total, count) => total + count, 0);

describe('an attempt of a consumer group', () => {
  test('reaches the bootstrap server, every broker and the coordinator, and joins nothing unless asked', async () => {
    await using cluster = await start();
    const tried = await tryOnce(cluster);
    expect(saidOf(tried)).toBeNull();
    expect(tried.observation).toEqual({
      clusterId: 'preflight-fixture',
      brokers: cluster.brokers.map(({ host, port }) => `${host}:${port}`),
      partitions: 3,
      tlsProtocol: 'TLSv1.3',
      sessionLifetimeMs: null,
      coordinator: 'reached',
      group: 'not-tried',
    });
    expect(sum(cluster.brokers.map(({ tally }) => tally.openedAtMs.length))).toBe(5);
    expect(sum(cluster.brokers.map(({ logins }) => logins.accepted))).toBe(5);
    expect(sum(cluster.brokers.map(({ joins }) => joins))).toBe(0);
    expect(tried.admitted.slice(0, 3)).toEqual(cluster.brokers.map(({ port }) => `127.0.0.1:${port}`));
    expect(tried.admitted).toHaveLength(4);
    expect(cluster.problems).toEqual([]);
  });

  test('lists and fetches one partition of each leader, at its end', async () => {
    await using cluster = await start({ brokers: 2, topics: { claims: { partitions: 7, logEnd: 42 } } });
    expect(saidOf(await tryOnce(cluster))).toBeNull();
    expect(cluster.brokers.map(({ requests }) => [requests.ListOffsets, requests.Fetch])).toEqual([
      [1, 1],
      [1, 1],
    ]);
  });

  test.each(['SCRAM-SHA-256', 'SCRAM-SHA-512', 'PLAIN'])('logs in with %s', async (mechanism) => {
    await using cluster = await start({ brokers: 1 });
    const module = mechanism === 'PLAIN' ? 'Plain' : 'Scram';
    const tried = await tryOnce(cluster, {
      properties: { 'sasl.mechanism': mechanism, 'sasl.jaas.config': jaas(module) },
    });
    expect(saidOf(tried)).toBeNull();
    expect(cluster.brokers[0]?.logins).toMatchObject({ accepted: 3, rejected: 0 });
  });

  test('begins with another bootstrap server each time, and goes on to the next where one does not answer', async () => {
    await using cluster = await start();
    const first = await tryOnce(cluster, {}, { n: 2 });
    expect(first.stages.find(({ stage }) => stage === 'connect')?.server).toBe(`127.0.0.1:${cluster.brokers[1]?.port}`);
    const dead = await tryOnce(cluster, {
      properties: { 'bootstrap.servers': `127.0.0.1:1,${cluster.bootstrapServers}` },
    });
    expect(saidOf(dead)).toBeNull();
    expect(dead.stages.filter(({ ok }) => !ok)).toMatchObject([{ stage: 'connect', server: '127.0.0.1:1' }]);
  });

  test('its sockets are closed when it ends', async () => {
    await using cluster = await start({ brokers: 1 });
    await tryOnce(cluster);
    await expect.poll(() => cluster.tally.openNow).toBe(0);
  });
});

describe('an attempt as Spark reads', () => {
  test('asks for no group at all', async () => {
    await using cluster = await start({ acl: (_user, _operation, { type }) => type === 'topic' });
    const tried = await tryOnce(cluster, { mode: 'spark' });
    expect(tried.observation).toMatchObject({ coordinator: 'not-used', group: 'not-tried' });
    expect(sum(cluster.brokers.map(({ requests }) => requests.FindCoordinator + requests.JoinGroup))).toBe(0);
    expect(sum(cluster.brokers.map(({ requests }) => requests.Fetch))).toBe(3);
  });

  test('needs to read the topic, where describing it is not enough', async () => {
    await using cluster = await start({ acl: (_user, operation) => operation === 'Describe' });
    const tried = await tryOnce(cluster, { mode: 'spark' });
    expect(saidOf(tried)).toBe('request not-authorized');
    expect(tried.failure?.classified).toMatchObject({
      number: 29,
      detail: expect.stringMatching(/^Fetch: 29 TOPIC_AUTHORIZATION_FAILED.*--operation Read --topic claims$/),
    });
  });
});

describe('what goes wrong has its stage and its cause', () => {
  test('a wrong password is rejected at authenticate, once, and not tried again', async () => {
    await using cluster = await start({ brokers: 1 });
    for (const module of ['Scram', 'Plain'] as const) {
      const mechanism = module === 'Plain' ? 'PLAIN' : 'SCRAM-SHA-256';
      const tried = await tryOnce(cluster, {
        properties: { 'sasl.mechanism': mechanism, 'sasl.jaas.config': jaas(module, 'wrong') },
      });
      expect(saidOf(tried)).toBe('authenticate login-rejected');
      expect(tried.failure?.classified).toMatchObject({ number: 58, code: 'SASL_AUTHENTICATION_FAILED' });
      expect(JSON.stringify(tried.failure?.classified)).not.toContain('wrong');
    }
    expect(cluster.brokers[0]?.logins).toMatchObject({ accepted: 0, rejected: 2 });
  });

  test('a mechanism that is not enabled is named with those that are', async () => {
    await using cluster = await start({ brokers: 1, mechanisms: ['PLAIN'] });
    const tried = await tryOnce(cluster);
    expect(saidOf(tried)).toBe('authenticate mechanism-not-offered');
    expect(tried.failure?.classified).toMatchObject({ number: 33, detail: expect.stringContaining('offers PLAIN') });
  });

  test('Kerberos is tried as far as SaslHandshake', async () => {
    await using cluster = await start({ brokers: 1, mechanisms: ['GSSAPI' as never] });
    const tried = await tryOnce(cluster, { properties: { 'sasl.mechanism': 'GSSAPI' } });
    expect(saidOf(tried)).toBe('authenticate not-testable');
    expect(cluster.brokers[0]?.requests.SaslHandshake).toBe(1);
  });

  test('a topic that is not there is not created', async () => {
    await using cluster = await start({ brokers: 1 });
    const tried = await tryOnce(cluster, { topic: 'absent' });
    expect(saidOf(tried)).toBe('request topic-not-found');
    expect(tried.failure?.classified).toMatchObject({ number: 3 });
    expect(cluster.problems).toEqual([]);
  });

  test('a topic that this user may not see is not authorized', async () => {
    await using cluster = await start({ acl: (_user, _operation, { type }) => type !== 'topic' });
    expect(saidOf(await tryOnce(cluster))).toBe('request not-authorized');
  });

  test.each([
    ['a name that nobody knows', { host: 'kafka-2.invalid', port: 9093 }, 'resolve name-not-found'],
    ['a port that nobody listens on', { host: '127.0.0.1', port: 1 }, 'connect connection-refused'],
    ['a name that the certificate does not carry', null, 'tls certificate-name-mismatch'],
  ])('an advertised listener with %s fails there, after the bootstrap server worked', async (_, listener, said) => {
    const advertise = (index: number, port: number) =>
      index === 1 ? (listener ?? { host: '127.0.0.2', port }) : { host: '127.0.0.1', port };
    await using cluster = await start({ advertise, host: listener === null ? '0.0.0.0' : '127.0.0.1' });
    const bootstrap = `127.0.0.1:${cluster.port}`;
    const tried = await tryOnce(cluster, { properties: { 'bootstrap.servers': bootstrap } });
    expect(saidOf(tried)).toBe(said);
    const at = listener ?? { host: '127.0.0.2', port: cluster.brokers[1]?.port };
    expect(tried.failure?.server).toBe(`${at.host}:${at.port}`);
  });

  test('a certificate of a stranger is not trusted', async () => {
    await using cluster = await start({ brokers: 1 });
    const stranger = mintAuthority('stranger').certPem;
    const tried = await tryOnce(cluster, { properties: { 'ssl.truststore.certificates': stranger } });
    expect(saidOf(tried)).toBe('tls issuer-not-trusted');
  });

  test('a client certificate that is asked for and not shown is missing, although TLS 1.3 seemed to stand', async () => {
    const clients = mintAuthority('clients');
    await using cluster = await start({ brokers: 1, security: 'SSL', clientAuthority: clients.certPem });
    const tried = await tryOnce(cluster, { properties: { 'security.protocol': 'SSL' } });
    expect(saidOf(tried)).toBe('negotiate client-certificate-missing');
    const shown = clients.issue({ commonName: 'svc', usage: 'client' });
    const answered = await tryOnce(cluster, {
      properties: {
        'security.protocol': 'SSL',
        'ssl.keystore.certificate.chain': shown.certPem,
        'ssl.keystore.key': shown.keyPem,
      },
    });
    expect(saidOf(answered)).toBeNull();
  });

  test('a host name that is not verified is not compared', async () => {
    const other = mintAuthority('other');
    const identity = other.issue({ commonName: 'elsewhere', altNames: ['elsewhere.example'], usage: 'server' });
    await using cluster = await start({ brokers: 1, identity });
    const trust = { 'ssl.truststore.certificates': other.certPem };
    expect(saidOf(await tryOnce(cluster, { properties: trust }))).toBe('tls certificate-name-mismatch');
    const off = { ...trust, 'ssl.endpoint.identification.algorithm': '' };
    expect(saidOf(await tryOnce(cluster, { properties: off }))).toBeNull();
  });

  test('a TLS listener that is spoken to in the clear requires encryption', async () => {
    await using cluster = await start({ brokers: 1 });
    const tried = await tryOnce(cluster, { properties: { 'security.protocol': 'SASL_PLAINTEXT' } });
    expect(saidOf(tried)).toBe('negotiate encryption-required');
  });

  test('a plaintext listener that is spoken to in TLS ends the handshake', async () => {
    await using cluster = await start({ brokers: 1, security: 'SASL_PLAINTEXT' });
    expect(saidOf(await tryOnce(cluster))).toMatch(/^tls connection-(reset|closed)$/);
  });

  test('a listener that wants a login ends a connection that shows none', async () => {
    await using cluster = await start({ brokers: 1 });
    const tried = await tryOnce(cluster, { properties: { 'security.protocol': 'SSL' } });
    expect(saidOf(tried)).toBe('request connection-closed');
  });

  test('a listener that takes no login offers no mechanism', async () => {
    await using cluster = await start({ brokers: 1, security: 'SSL' });
    expect(saidOf(await tryOnce(cluster))).toBe('authenticate mechanism-not-offered');
  });

  test.each([
    ['tls', 'hang', 'tls tls-timeout'],
    ['tls', 'reset', 'tls connection-reset'],
    ['ApiVersions', 'hang', 'negotiate negotiate-timeout'],
    ['ApiVersions', 'close', 'negotiate connection-closed'],
    ['SaslHandshake', 'reset', 'authenticate connection-reset'],
    ['SaslAuthenticate', 'hang', 'authenticate login-timeout'],
    ['SaslAuthenticate', 'close', 'authenticate connection-closed'],
    ['Metadata', 'hang', 'request request-timeout'],
    ['Metadata', 'reset', 'request connection-reset'],
    ['ListOffsets', 'close', 'request connection-closed'],
    ['Fetch', 'hang', 'request request-timeout'],
    ['FindCoordinator', 'hang', 'request request-timeout'],
  ] as const)('a fault at %s that says "%s" is %s', async (at, what, said) => {
    await using cluster = await start({ brokers: 1, faults: [{ at, do: what }] });
    const [stage = ''] = said.split(' ');
    const deadlinesMs = what === 'hang' ? { [stage]: 250 } : {};
    expect(saidOf(await tryOnce(cluster, {}, { deadlinesMs }))).toBe(said);
    expect(cluster.faults.fired).toBe(1);
  });

  test.each([
    ['FindCoordinator', 15, 'request coordinator-not-available'],
    ['Metadata', 5, 'request server-error'],
    ['Metadata', 89, 'request throttled'],
    ['ListOffsets', 6, 'request server-error'],
    ['Fetch', 29, 'request not-authorized'],
    ['Fetch', 70, 'request server-error'],
    ['SaslAuthenticate', 58, 'authenticate login-rejected'],
  ] as const)('error %s %i is %s', async (at, code, said) => {
    await using cluster = await start({ brokers: 1, faults: [{ at, do: 'error', code }] });
    const tried = await tryOnce(cluster);
    expect(saidOf(tried)).toBe(said);
    expect(tried.failure?.classified).toMatchObject({ number: code });
  });
});

describe('the versions of the broker', () => {
  test('a broker before 2.0 is asked for its versions again, in v0', async () => {
    await using cluster = await start({ brokers: 1, versions: { ApiVersions: { min: 0, max: 1 } } });
    expect(saidOf(await tryOnce(cluster))).toBeNull();
  });

  test('a minimum above what the codecs speak is found before it is asked for', async () => {
    await using cluster = await start({ brokers: 1, versions: { Fetch: { min: 12, max: 18 } } });
    const tried = await tryOnce(cluster);
    expect(saidOf(tried)).toBe('negotiate version-unsupported');
    expect(tried.failure?.classified).toMatchObject({
      detail: 'Fetch: the broker offers the versions 12 to 18, this client 4 to 11',
    });
    expect(cluster.problems).toEqual([]);
  });

  test('a Metadata that cannot forbid to create the topic is not sent', async () => {
    await using cluster = await start({ brokers: 1, versions: { Metadata: { min: 0, max: 3 } } });
    expect(saidOf(await tryOnce(cluster))).toBe('negotiate version-unsupported');
    expect(cluster.brokers[0]?.requests.Metadata).toBe(0);
  });
});
