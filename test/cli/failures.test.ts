import { createServer } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startApi } from '../../fixtures/api/api.ts';
import { startIssuer } from '../../fixtures/issuer/issuer.ts';
import { startKafkaCluster } from '../../fixtures/kafka/cluster.ts';
import { listen } from '../../fixtures/kit/listen.ts';
import { mintAuthority } from '../../fixtures/kit/pki.ts';
import { startTdsServer } from '../../fixtures/tds/server.ts';
import type { Report } from '../../src/model/report.ts';
import { type Ended, openKeep, openWorkspace, reportIn, targetIn } from '../kit/cli.ts';
import { closedPlace, egress, kafka, mtls, oneOfEach, sqlserver, tcp, token } from './targets.ts';

/** One run over these targets, judged alone. */
async function probeAll(targets: object, sampling: object = {}): Promise<Ended & { readonly report: Report }> {
  await using workspace = await openWorkspace({
    version: 1,
    sampling: { pace: '50/s', open: 24, ...sampling },
    targets,
    contexts: { here: { ephemeral: false } },
  });
  const ended = await workspace.probe(['all', '--context', 'here', '--report', 'json']);
  return { ...ended, report: reportIn(ended) };
}

const failuresOf = (report: Report, name: string): readonly string[] =>
  targetIn(report, name).failures.map(({ cause, stage }) => `${cause} at ${stage}`);

const NAMES = Object.keys(oneOfEach({ host: 'nowhere', port: 1 }));

describe('a closed port', () => {
  let run: Awaited<ReturnType<typeof probeAll>>;
  beforeAll(async () => {
    run = await probeAll(oneOfEach(await closedPlace()));
  });

  test('fails the run: exit 1', () => {
    expect(run.exit).toBe(1);
    expect(run.report).toMatchObject({ verdict: 'fail', exitCode: 1 });
  });

  test.each(NAMES)('is connection-refused at the stage connect for %s', (name) => {
    const target = targetIn(run.report, name);
    expect(target.verdict).toBe('fail');
    expect(failuresOf(run.report, name)).toEqual(['connection-refused at connect']);
    expect(target.failures[0]).toMatchObject({ code: 'ECONNREFUSED', server: expect.stringContaining('127.0.0.1:') });
    expect(target.findings[0]).toMatchObject({ rule: 'stability/never-succeeded', cause: 'connection-refused' });
  });

  test.each(NAMES)('is knocked at five times and no more for %s', (name) => {
    const { attempts, stopped } = targetIn(run.report, name);
    expect(attempts.failed).toBe(5);
    expect(attempts.total - attempts.tainted).toBe(5);
    expect(stopped).toMatchObject([{ reason: 'never-succeeded', runs: 1 }]);
  });
});

describe('a name that does not exist', () => {
  let run: Awaited<ReturnType<typeof probeAll>>;
  beforeAll(async () => {
    // RFC 6761 6.4: a resolver answers for itself that nothing below `invalid` exists
    run = await probeAll(oneOfEach({ host: 'x.invalid', port: 1 }), { attempts: 3 });
  });

  test('fails the run: exit 1', () => expect(run.exit).toBe(1));

  test.each(NAMES)('is name-not-found at the stage resolve for %s', (name) => {
    expect(failuresOf(run.report, name)).toEqual(['name-not-found at resolve']);
    expect(targetIn(run.report, name).stages.map((stage) => stage.name)).toEqual(['resolve']);
  });
});

const DEADLINE_MS = 1_500;
const DEADLINES = Object.fromEntries(
  ['connect', 'tls', 'negotiate', 'authenticate', 'authorize', 'request'].map((stage) => [stage, `${DEADLINE_MS}ms`]),
);

describe('a peer that falls silent', () => {
  /** What is expected of each target: the cause, and the stage that waited in vain. */
  const EXPECTED: Readonly<Record<string, readonly [cause: string, stage: string]>> = {
    'sqlserver, mute from the first': ['negotiate-timeout', 'negotiate'],
    'sqlserver in strict mode, mute from the first': ['tls-timeout', 'tls'],
    'sqlserver, mute after PRELOGIN': ['tls-timeout', 'tls'],
    'sqlserver, mute after LOGIN7': ['login-timeout', 'authenticate'],
    'sqlserver, mute after the query': ['request-timeout', 'request'],
    'kafka, mute from the first': ['negotiate-timeout', 'negotiate'],
    'kafka with TLS, mute from the first': ['tls-timeout', 'tls'],
    'kafka, mute after SaslAuthenticate': ['login-timeout', 'authenticate'],
    'kafka, mute after Metadata': ['request-timeout', 'request'],
    'mtls, mute from the first': ['tls-timeout', 'tls'],
    'mtls, mute after the request': ['request-timeout', 'request'],
    'egress over TCP, mute from the first': ['request-timeout', 'request'],
    'egress over HTTPS, mute from the first': ['tls-timeout', 'tls'],
    'token, mute after the request': ['request-timeout', 'request'],
    'tcp with TLS, mute from the first': ['tls-timeout', 'tls'],
  };
  const titles = Object.keys(EXPECTED);
  const nameOf = (title: string): string => title.replace(/[^a-zA-Z0-9]+/g, '-');

  const keep = openKeep();
  let run: Awaited<ReturnType<typeof probeAll>>;

  beforeAll(async () => {
    const authority = mintAuthority('an authority of the test');
    const identity = authority.issue({ commonName: 'localhost', altNames: ['127.0.0.1'], usage: 'server' });
    const ca = { pem: authority.certPem };
    const mute = () => keep(listen(createServer((socket) => socket.resume())));
    const tds = (at: 'prelogin' | 'tls' | 'login' | 'request') =>
      keep(
        startTdsServer({
          identity,
          encryption: 'on',
          users: { svc_claims: 'a password of svc_claims' },
          faults: [{ at, do: 'hang', times: Number.POSITIVE_INFINITY }],
        }),
      );
    const sasl = {
      'security.protocol': 'SASL_PLAINTEXT',
      'sasl.mechanism': 'PLAIN',
      'sasl.jaas.config':
        'org.apache.kafka.common.security.plain.PlainLoginModule required username="svc" password="of svc";',
    };
    const broker = (at: 'SaslAuthenticate' | 'Metadata') =>
      keep(
        startKafkaCluster({
          security: 'SASL_PLAINTEXT',
          users: { svc: 'of svc' },
          topics: { claims: { partitions: 1 } },
          faults: [{ at, do: 'hang', times: Number.POSITIVE_INFINITY }],
        }),
      );
    const hangs = [{ at: 'request', do: 'hang', times: Number.POSITIVE_INFINITY }] as const;
    const api = await keep(startApi({ identity, clientAuthority: authority.certPem, require: false, faults: hangs }));
    const issuer = await keep(startIssuer({ clients: [], faults: hangs }));
    const https = await mute();
    const targets = [
      sqlserver(await mute()),
      sqlserver(await mute(), { url: `jdbc:sqlserver://127.0.0.1:${(await mute()).port};encrypt=strict` }),
      sqlserver(await tds('tls'), { ca }),
      sqlserver(await tds('login'), { ca }),
      sqlserver(await tds('request'), { ca }),
      kafka(await mute()),
      kafka(await mute(), { 'security.protocol': 'SSL' }),
      kafka(await broker('SaslAuthenticate'), sasl),
      kafka(await broker('Metadata'), sasl),
      mtls(await mute()),
      mtls(api, { ca }),
      egress(await mute()),
      egress(https, { echo: [`https://127.0.0.1:${https.port}/ip`] }),
      token(issuer),
      tcp(await mute(), { tls: true }),
    ];
    const named = Object.fromEntries(targets.map((target, index) => [nameOf(titles[index] ?? ''), target]));
    run = await probeAll(named, { attempts: 3, deadlines: DEADLINES });
  });
  afterAll(() => keep[Symbol.asyncDispose]());

  test('fails the run: exit 1', () => {
    expect(run.exit).toBe(1);
    expect(run.report.targets.length).toBe(titles.length);
  });

  test.each(Object.entries(EXPECTED))(
    '%s: times out at the right stage, when its deadline is over',
    (title, [cause, stage]) => {
      expect(failuresOf(run.report, nameOf(title))).toEqual([`${cause} at ${stage}`]);
      const waited = targetIn(run.report, nameOf(title)).stages.find(({ name }) => name === stage);
      expect(waited).toMatchObject({ count: 3, failed: 3 });
      // percentiles stand in buckets 1 % apart
      expect(waited?.p50Ms).toBeGreaterThanOrEqual(DEADLINE_MS * 0.99);
      expect(waited?.p50Ms).toBeLessThanOrEqual(DEADLINE_MS * 1.1);
    },
  );
});
