import { Buffer } from 'node:buffer';
import { afterAll, describe, expect, test } from 'vitest';
import { startApi } from '../../fixtures/api/api.ts';
import { startKafkaCluster } from '../../fixtures/kafka/cluster.ts';
import { type Asked, secureWith, serveHttp } from '../../fixtures/kit/http.ts';
import { startTdsServer } from '../../fixtures/tds/server.ts';
import { type Ended, openKeep, openWorkspace, reportIn } from '../kit/cli.ts';
import { leaksIn } from './leaks.ts';
import {
  AROUND,
  authority,
  CLAIMS,
  configFor,
  expectNoLeak,
  granted,
  identity,
  outputs,
  SECRETS,
  type Servers,
  signer,
} from './planted.ts';
import { closedPlace, token } from './targets.ts';

// No secret leaves, and no payload enters: whatever a run comes to.

const keep = openKeep();
afterAll(() => keep[Symbol.asyncDispose]());

const json = (status: number, body: object) => ({
  status,
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify(body),
});

const startIssuer = () =>
  keep(
    serveHttp({
      secure: secureWith(identity),
      answer() {
        const now = Math.floor(Date.now() / 1_000);
        const accessToken = signer.token({ ...CLAIMS, iat: now, exp: now + 3_600 });
        granted.push(accessToken);
        return json(200, { access_token: accessToken, token_type: 'Bearer', expires_in: 3_600 });
      },
    }),
  );

const RUN = ['all', '--secrets-stdin', '--evidence', 'runs', '--report', 'json', '--report', 'table=table.txt'];

/** One run, and everything that is made of it afterwards. */
async function runAndAfter(config: object): Promise<{ readonly run: Ended; readonly output: string }> {
  await using workspace = await openWorkspace(config);
  const run = await workspace.probe(RUN, AROUND);
  workspace.write('report.json', run.stdout);
  const after = [
    await workspace.probe(['judge', 'runs']),
    await workspace.probe(['render', 'report.json']),
    await workspace.probe(['plan', '--secrets-stdin', '--privileges', '--scope', 'run'], AROUND),
    await workspace.probe(['check', '--secrets-stdin'], AROUND),
  ];
  return { run, output: outputs(workspace, run, ...after) };
}

const healthy = async (): Promise<Servers> => ({
  db: await keep(
    startTdsServer({
      identity,
      encryption: 'on',
      users: {
        svc_claims: SECRETS['in the configuration'],
        svc_members: SECRETS['in the environment'],
        svc_piped: SECRETS['from standard input'],
      },
    }),
  ),
  urlDb: await keep(startTdsServer({ encryption: 'not-supported', users: { svc_url: SECRETS['in the URL'] } })),
  events: await keep(
    startKafkaCluster({
      security: 'SASL_PLAINTEXT',
      users: { svc: SECRETS['in the JAAS line'] },
      topics: { claims: { partitions: 1 } },
    }),
  ),
  api: await keep(startApi({ identity, clientAuthority: authority.certPem })),
  issuer: await startIssuer(),
});

/** All credentials are wrong here, and whoever can repeats in the answer what it was told, in places that a report keeps. */
const rejecting = async (): Promise<Servers> => {
  const told = ({ headers, body }: Asked): string => `${headers.authorization ?? ''} ${body}`.trim();
  const repeating = (status: number) => (asked: Asked) =>
    json(status, {
      error: Buffer.from(told(asked)).toString('base64url').slice(0, 60),
      error_description: `who are you, ${told(asked)}`,
      error_codes: [7_000_215],
    });
  return {
    db: await keep(startTdsServer({ identity, encryption: 'on', users: {} })),
    urlDb: await keep(startTdsServer({ encryption: 'not-supported', users: {} })),
    events: await keep(startKafkaCluster({ security: 'SASL_PLAINTEXT', users: { svc: 'another' } })),
    api: await keep(serveHttp({ secure: secureWith(identity), answer: repeating(500) })),
    issuer: await keep(serveHttp({ secure: secureWith(identity), answer: repeating(401) })),
  };
};

describe('what comes of a run', () => {
  test('holds no secret where everything passes: each was used, and none is shown', async () => {
    const { run, output } = await runAndAfter(configFor(await healthy(), { attempts: 12 }));
    const report = reportIn(run);
    expect(report.targets.length).toBe(9);
    for (const { attempts } of report.targets) {
      expect(attempts.succeeded).toBeGreaterThan(0);
      expect(attempts.failed).toBe(0);
    }
    expect(granted.length).toBeGreaterThan(0);
    expectNoLeak(output);
    expect(leaksIn(output, { sub: CLAIMS.sub, jti: CLAIMS.jti })).toEqual([]);
    expect(output).toContain(CLAIMS.iss);
  });

  test('holds no secret where every login is rejected by servers that repeat what they were told', async () => {
    const { run, output } = await runAndAfter(configFor(await rejecting()));
    expect(run.exit).toBe(1);
    const causes = [...run.stdout.matchAll(/"cause": "(login-rejected|server-error)"/g)].map(([, cause]) => cause);
    expect(new Set(causes)).toEqual(new Set(['login-rejected', 'server-error']));
    expect(output).toMatch(/who are you, (Basic|grant_type)[^"]*\[redacted\]/);
    expectNoLeak(output);
  });

  test.each([90, 95, 100, 105])(
    'holds no part of a secret that an answer repeats from its sign %i on',
    async (from) => {
      const error_description = 'x'.repeat(from) + SECRETS['of the client'];
      const answer = () => json(401, { error: 'invalid_client', error_description });
      const issuer = await keep(serveHttp({ secure: secureWith(identity), answer }));
      await using workspace = await openWorkspace({
        version: 1,
        targets: {
          lake: token(issuer, { clientSecret: SECRETS['of the client'], ca: { pem: authority.certPem } }, 'https'),
        },
      });
      const run = await workspace.probe(['all', '--evidence', 'runs', '--report', 'json']);
      expect(run.stdout).toContain('invalid_client: xxxx');
      expectNoLeak(outputs(workspace, run));
    },
  );

  test('holds no secret where every connection is refused', async () => {
    const closed = await closedPlace();
    const { run, output } = await runAndAfter(
      configFor({ db: closed, urlDb: closed, events: closed, api: closed, issuer: closed }),
    );
    expect(run.exit).toBe(1);
    expect(run.stdout).toContain('"cause": "connection-refused"');
    expectNoLeak(output);
  });
});
