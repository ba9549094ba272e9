import { Connection, Request } from 'tedious';
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

  test('tedious logs in and learns the address that the server saw', async () => {
    await expect(clientNetAddress(server, server.password)).resolves.toMatch(/^\d+\.\d+\.\d+\.\d+$/);
  });

  test('a wrong password is a refused login', async () => {
    await expect(clientNetAddress(server, 'wrong')).rejects.toMatchObject({ code: 'ELOGIN' });
  });

  test('the probe passes, and knocks once with a wrong password', async () => {
    const target = (password: string) => ({
      type: 'sqlserver',
      url: `jdbc:sqlserver://${server.host}:${server.port};encrypt=true;trustServerCertificate=true`,
      user: server.user,
      password,
    });

    const right = await probeAll({ right: target(server.password) });
    const wrong = await probeAll({ wrong: target('wrong-password') });

    expect(saidOfEach(right.targets)).toEqual({ right: 'pass' });
    expect(right.exitCode).toBe(0);
    expect(saidOfEach(wrong.targets)).toEqual({ wrong: 'fail authenticate login-rejected' });
    expect(wrong.targets['wrong']?.attempts.total).toBe(1);
  });
});

function clientNetAddress(server: RealSqlServer, password: string): Promise<string> {
  const connection = new Connection({
    server: server.host,
    authentication: { type: 'default', options: { userName: server.user, password } },
    options: { port: server.port, encrypt: true, trustServerCertificate: true },
  });
  const answered = new Promise<string>((resolve, reject) => {
    connection.connect((error) =>
      error === undefined || error === null ? connection.execSql(question) : reject(error),
    );
    const question = new Request("SELECT CAST(CONNECTIONPROPERTY('client_net_address') AS varchar(48))", (error) => {
      if (error !== undefined && error !== null) reject(error);
    });
    question.on('row', ([address]) => resolve(String(address?.value)));
  });
  return answered.finally(() => connection.close());
}
