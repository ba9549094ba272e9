import { Buffer } from 'node:buffer';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { startApi } from '../../fixtures/api/api.ts';
import { makeSigner } from '../../fixtures/issuer/jwt.ts';
import { startKafkaCluster } from '../../fixtures/kafka/cluster.ts';
import { type Asked, secureWith, serveHttp } from '../../fixtures/kit/http.ts';
import { mintAuthority } from '../../fixtures/kit/pki.ts';
import { startTdsServer } from '../../fixtures/tds/server.ts';
import { type Ended, openKeep, openWorkspace, type Workspace } from '../kit/cli.ts';
import { leaksIn } from './leaks.ts';
import { closedPlace, fromEnv, fromStdin, kafka, mtls, type Place, sqlserver, token } from './targets.ts';

// No secret leaves, and no payload enters. Signs that need encoding make the encoded forms differ from the plain one.

const SECRETS = {
  'in the configuration': 'Wörter & Zeichen:/=+?% im Klartext',
  'in the environment': 'Ünder the sea, 20.000 leagues <deep>',
  'in the JAAS line': 'scram it; twice & thrice for Kafka',
  'in the URL': 'jdbc-carries-this-one-itself',
  'of the client': 'grant me this: 7 wishes + 1',
  'in a header': 'Bearer header/of+the+partner==',
  'from standard input': 'whispered into the pipe, once',
};

const authority = mintAuthority('an authority of the test');
const identity = authority.issue({ commonName: 'localhost', altNames: ['127.0.0.1'], usage: 'server' });
const client = authority.issue({ commonName: 'svc_claims', usage: 'client' });
const signer = makeSigner();
const granted: string[] = [];
const keep = openKeep();
afterAll(() => keep[Symbol.asyncDispose]());

const json = (status: number, body: object) => ({
  status,
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify(body),
});

/** Claims that name somebody, or one login of his, are not to be kept. */
const CLAIMS = {
  iss: 'https://issuer.example',
  aud: 'https://lake.example',
  sub: 'somebody-and-nobody-else',
  jti: 'one-login-of-somebody',
};

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

type Servers = {
  readonly db: Place;
  readonly events: Place;
  readonly api: Place;
  readonly issuer: Place;
  readonly urlDb: Place;
};

const saslOf = (password: string) => ({
  'security.protocol': 'SASL_PLAINTEXT',
  'sasl.mechanism': 'SCRAM-SHA-256',
  'sasl.jaas.config': `org.apache.kafka.common.security.scram.ScramLoginModule required username="svc" password="${password}";`,
});

const configFor = ({ db, events, api, issuer, urlDb }: Servers, sampling: object = {}) => ({
  version: 1,
  sampling: { pace: '100/s', open: 24, ...sampling },
  targets: {
    'claims-db': sqlserver(db, { password: SECRETS['in the configuration'], ca: { pem: authority.certPem } }),
    'members-db': sqlserver(db, {
      user: 'svc_members',
      password: fromEnv('MEMBERS_PASSWORD'),
      ca: { pem: authority.certPem },
    }),
    'url-db': {
      type: 'sqlserver',
      url: `jdbc:sqlserver://${urlDb.host}:${urlDb.port};user=svc_url;password=${SECRETS['in the URL']};encrypt=false`,
    },
    'piped-db': sqlserver(db, { user: 'svc_piped', password: fromStdin('db/piped'), ca: { pem: authority.certPem } }),
    'claims-events': kafka(events, saslOf(SECRETS['in the JAAS line'])),
    'eligibility-api': mtls(api, {
      clientCertificate: { cert: { pem: client.certPem }, key: { pem: fromEnv('CLIENT_KEY') } },
      ca: { pem: authority.certPem },
      headers: { Authorization: SECRETS['in a header'] },
    }),
    'lake-identity': token(issuer, { clientSecret: SECRETS['of the client'], ca: { pem: authority.certPem } }, 'https'),
    'lake-identity-by-form': token(
      issuer,
      { clientId: 'svc_form', clientSecret: SECRETS['of the client'], auth: 'post', ca: { pem: authority.certPem } },
      'https',
    ),
    'handed-token': { type: 'token', source: { type: 'env', name: 'HANDED_TOKEN' } },
  },
});

const HANDED = signer.token({ ...CLAIMS, exp: 4_000_000_000 });
const AROUND = {
  env: { MEMBERS_PASSWORD: SECRETS['in the environment'], CLIENT_KEY: client.keyPem, HANDED_TOKEN: HANDED },
  stdin: JSON.stringify({ 'db/piped': SECRETS['from standard input'] }),
};

/** Everything that came out: both streams, reports and evidence, but the configuration itself. */
function outputs(workspace: Workspace, ...ended: readonly Ended[]): string {
  const files = readdirSync(workspace.folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name !== 'probe.yaml')
    .map((entry) => readFileSync(join(entry.parentPath, entry.name), 'utf8'));
  return [...ended.flatMap(({ stdout, stderr }) => [stdout, stderr]), ...files].join('\n');
}

/** Of the signature of each, since the first part of a token is that of all tokens. */
const tokensAsSecrets = () =>
  Object.fromEntries([HANDED, ...granted].map((text, index) => [`token ${index}`, text.slice(-60, -40)]));

const keyLines = () => ({ 'of the client key': client.keyPem.split('\n')[3] ?? '' });

function expectNoLeak(output: string): void {
  expect(output.length).toBeGreaterThan(0);
  expect(leaksIn(output, { ...SECRETS, ...keyLines(), ...tokensAsSecrets() })).toEqual([]);
}

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
    const report: { targets: { name: string; attempts: { succeeded: number } }[] } = JSON.parse(run.stdout);
    expect(report.targets.length).toBe(9);
    for (const { attempts } of report.targets) expect(attempts).toMatchObject({ total: 12, succeeded: 12 });
    expect(granted.length).toBe(24);
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

describe('what is said of a configuration with a mistake', () => {
  const [plain, inEnv] = [SECRETS['in the configuration'], fromEnv('MEMBERS_PASSWORD')];
  const db = { host: '127.0.0.1', port: 1433 };
  const MISTAKES: Readonly<Record<string, object>> = {
    'a secret where a number belongs': { targets: { drop: { type: 'tcp', host: '127.0.0.1', port: inEnv } } },
    'a secret as the type of a target': { targets: { drop: { type: inEnv, host: '127.0.0.1', port: 1 } } },
    'a secret as a host with a port': { targets: { drop: { type: 'tcp', host: inEnv, port: 1 } } },
    'a secret as a span': { sampling: { wall: inEnv }, targets: { db: sqlserver(db) } },
    'a password that is a list': { targets: { db: sqlserver(db, { password: [plain] }) } },
    'a password that is a mapping': { targets: { db: sqlserver(db, { password: { plain } }) } },
    'a secret in a JDBC URL that cannot be read': {
      targets: { db: sqlserver(db, { url: `jdbc:sqlserver://;password={${plain}` }) },
    },
    'a secret in a JDBC URL with a bad port': {
      targets: { db: sqlserver(db, { url: `jdbc:sqlserver://h:x1;password=${SECRETS['in the URL']};loginTimeout=x` }) },
    },
    'a JAAS line that cannot be read': {
      targets: { events: kafka(db, { ...saslOf(plain), 'sasl.jaas.config': `nonsense password="${plain}` }) },
    },
    'a secret as the key of a client certificate': {
      targets: { api: mtls(db, { clientCertificate: { cert: { pem: client.certPem }, key: { pem: inEnv } } }) },
    },
    'a user and password in the URL of a token': {
      targets: { lake: token(db, { tokenUrl: `https://user:${encodeURIComponent(plain)}@127.0.0.1/token` }) },
    },
    'an unknown setting beside a secret': { targets: { db: sqlserver(db, { password: plain, passwort: inEnv }) } },
    'a reference to a secret that is not there': {
      targets: { db: sqlserver(db, { password: fromStdin('db/other') }) },
    },
  };

  test.each(Object.entries(MISTAKES))('holds no secret: %s', async (_, config) => {
    await using workspace = await openWorkspace({ version: 1, ...config });
    for (const command of ['check', 'all']) {
      const ended = await workspace.probe([command, '--secrets-stdin'], AROUND);
      expect(ended).toMatchObject({ exit: 2, stdout: '', stderr: expect.stringMatching(/probe\.yaml:\d+: /) });
      expectNoLeak(ended.stderr);
    }
  });

  test('holds no secret where standard input is no JSON', async () => {
    await using workspace = await openWorkspace(configFor(await healthy()));
    const ended = await workspace.probe(['all', '--secrets-stdin'], {
      ...AROUND,
      stdin: SECRETS['from standard input'],
    });
    expect(ended).toMatchObject({ exit: 2, stdout: '' });
    expectNoLeak(ended.stderr);
  });
});

describe('the search for leaks', () => {
  const secret = SECRETS['in the configuration'];
  const bytes = Buffer.from(secret, 'utf8');
  test.each([
    ['as it is', `login with ${secret} failed`],
    ['in JSON', JSON.stringify({ detail: `"${secret}"` })],
    ['in a URL', `https://example/?password=${encodeURIComponent(secret)}&x=1`],
    ['in a form', new URLSearchParams({ password: secret }).toString()],
    ['in base64', `Basic ${bytes.toString('base64')}`],
    ['in base64, one byte further on', Buffer.concat([Buffer.from(':'), bytes]).toString('base64')],
    ['in base64, two bytes further on', Buffer.concat([Buffer.from('a:'), bytes]).toString('base64')],
    ['in base64 for URLs', bytes.toString('base64url')],
    ['in base64 of UTF-16', Buffer.from(secret, 'utf16le').toString('base64')],
    ['in base64 of a form', Buffer.from(`id:${encodeURIComponent(secret)}`).toString('base64')],
    ['in hex', bytes.toString('hex')],
    ['cut off', secret.slice(0, 20)],
  ])('finds a secret %s', (_, text) => {
    expect(leaksIn(text, { secret }).length).toBe(1);
  });

  test('finds none where there is none', () => {
    expect(leaksIn(`{"password":"[redacted]","of":"${'A'.repeat(400)}"}`, SECRETS)).toEqual([]);
  });
});
