import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { dockerAnswers } from '../kit/real-docker.ts';
import { probeAll, saidOfEach } from '../kit/real-run.ts';
import { requireTool } from '../kit/requires.ts';
import { type RealSqlServer, startRealSqlServer } from './sqlserver-server.ts';

const skipped = requireTool('sqlserver', dockerAnswers());

describe.skipIf(skipped)('a real SQL Server (needs sqlserver: a Docker engine)', () => {
  let server: RealSqlServer;

  beforeAll(async () => {
    server = await startRealSqlServer();
  });
  afterAll(async () => {
    await server?.[Symbol.asyncDispose]();
  });

  const target = (password: string) => ({
    type: 'sqlserver',
    url: `jdbc:sqlserver://${server.host}:${server.port};encrypt=true;trustServerCertificate=true`,
    user: server.user,
    password,
  });

  test('the probe passes, and learns the address that the server saw', async () => {
    const { exitCode, targets } = await probeAll({ right: target(server.password) });

    expect(saidOfEach(targets)).toEqual({ right: 'pass' });
    expect(targets['right']?.egress).toHaveLength(1);
    expect(exitCode).toBe(0);
  });

  test('the probe knocks once with a wrong password', async () => {
    const { exitCode, targets } = await probeAll({ wrong: target('wrong-password') });

    expect(saidOfEach(targets)).toEqual({ wrong: 'fail authenticate login-rejected' });
    expect(targets['wrong']?.attempts.total).toBe(1);
    expect(exitCode).toBe(1);
  });
});
