import { z } from 'zod';
import type { Description, Probe } from '../../src/model/probe.ts';
import { certificateDays } from '../../src/net/certificate-days.ts';
import { hostPort } from '../../src/net/resolve.ts';
import { type Observation, observation } from './observation.ts';
import { encryption, serverCertificateDays } from './rules.ts';
import { settingsChecked, type Written } from './settings.ts';
import { readTarget, type Target, targetOf } from './target.ts';

const settings = settingsChecked((written) => {
  const read = readTarget(written);
  return 'problems' in read ? read.problems : [];
});

const expect = z.strictObject({
  /** The least that is to be encrypted. Without it, a login in the clear is a warning. */
  encrypted: z.enum(['whole', 'login', 'none']).optional(),
  certificateDays: certificateDays(),
});
export type Expect = z.infer<typeof expect>;

/** A TLS handshake, LOGIN7 and one row, both ways. */
const BYTES = 12_000;
/** The driver's, within which a paused serverless database resumes. */
const LOGIN_TIMEOUT_MS = 30_000;

export const sqlserver: Probe<Written, Expect, Observation> = {
  type: 'sqlserver',
  title: 'SQL Server and Azure SQL, as a JDBC URL has it',
  stages: ['resolve', 'connect', 'negotiate', 'tls', 'authenticate', 'request'],
  holds: ['idle', 'in-use'],
  settings,
  expect,
  observation,
  describe: (written) => describe(targetOf(written)),
  rules: [encryption, serverCertificateDays],
  load: async () => (await import('./client.ts')).client,
};

function describe(target: Target): Description {
  const server = hostPort(target.host.toLowerCase(), target.port);
  const { credential, loginTimeoutMs, requestTimeoutMs, untestable, differences, secrets } = target;
  return {
    endpoint: `${server}/${target.database ?? ''}`,
    footprint: {
      identity: credential === null ? null : `${credential.user}@${server}`,
      servers: [
        { address: server, connections: 1, logins: credential === null ? 0 : 1, joins: 0, commits: 0, bytes: BYTES },
      ],
    },
    differences,
    untestable,
    secrets,
    parts: [],
    deadlinesMs: {
      authenticate: loginTimeoutMs ?? LOGIN_TIMEOUT_MS,
      ...(loginTimeoutMs === null ? {} : { connect: loginTimeoutMs, negotiate: loginTimeoutMs, tls: loginTimeoutMs }),
      ...(requestTimeoutMs === null ? {} : { request: requestTimeoutMs }),
    },
    privileges: privilegesOf(target, server),
  };
}

function privilegesOf({ host, database, credential }: Target, server: string): readonly string[] {
  const account = credential === null ? 'the account of the workload' : `[${credential.user}]`;
  const azure = host.toLowerCase().endsWith('.database.windows.net');
  return [
    `firewall: TCP from this context to ${server}`,
    ...(azure ? ['firewall: TCP 11000-11999 to Azure SQL of the region, where its connection policy is Redirect'] : []),
    database === null
      ? `SQL: ${account} may log in; no right to any table is used`
      : `SQL: GRANT CONNECT TO ${account} in database [${database}]; no right to any table is used`,
  ];
}
