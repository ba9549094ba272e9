import { describe, expect, test } from 'vitest';
import { openWorkspace } from '../kit/cli.ts';
import { AROUND, client, expectNoLeak, SECRETS, saslOf } from './planted.ts';
import { fromEnv, fromStdin, kafka, mtls, sqlserver, token } from './targets.ts';

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
    await using workspace = await openWorkspace({ version: 1, targets: { db: sqlserver(db) } });
    const ended = await workspace.probe(['all', '--secrets-stdin'], {
      ...AROUND,
      stdin: SECRETS['from standard input'],
    });
    expect(ended).toMatchObject({ exit: 2, stdout: '' });
    expectNoLeak(ended.stderr);
  });
});
