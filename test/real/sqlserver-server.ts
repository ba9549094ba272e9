import { randomBytes } from 'node:crypto';

export type RealSqlServer = {
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly password: string;
  [Symbol.asyncDispose](): Promise<void>;
};

const IMAGE = 'mcr.microsoft.com/mssql/server:2022-latest';
const PORT = 1433;

/** SQL Server comes as an image alone; its own certificate is self-signed and made at its first start. */
export async function startRealSqlServer(): Promise<RealSqlServer> {
  const { GenericContainer, Wait } = await import('testcontainers');
  // Its password policy wants three kinds of characters, and random hexadecimal alone may hold two.
  const password = `Aa1-${randomBytes(12).toString('hex')}`;
  const container = await new GenericContainer(IMAGE)
    .withEnvironment({ ACCEPT_EULA: 'Y', MSSQL_PID: 'Developer', MSSQL_SA_PASSWORD: password })
    .withExposedPorts(PORT)
    .withWaitStrategy(Wait.forLogMessage(/Recovery is complete/))
    .withStartupTimeout(150_000)
    .start();
  return {
    host: container.getHost(),
    port: container.getMappedPort(PORT),
    user: 'sa',
    password,
    [Symbol.asyncDispose]: async () => void (await container.stop()),
  };
}
