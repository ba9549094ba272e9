import { describe, expect, test } from 'vitest';
import { sqlserver } from '../../../../probes/sqlserver/probe.ts';
import { seal } from '../../../../src/model/probe.ts';
import { FileValue } from '../../../../src/model/settings.ts';
import { authority, pem } from './lab.ts';

const P = 'jdbc:sqlserver://';
const bind = (written: object) => seal(sqlserver).bind({ user: 'svc', password: 'hunter2-long', ...written });

function described(written: object) {
  const bound = bind(written);
  if ('issues' in bound) throw new Error(bound.issues.map(({ message }) => message).join('; '));
  return bound.bound;
}

function problemsOf(written: object): readonly string[] {
  const bound = bind(written);
  return 'issues' in bound ? bound.issues.map(({ path, message }) => `${path.join('.')}: ${message}`) : [];
}

const differencesOf = (properties: string, written: object = {}) =>
  described({ url: `${P}sql.lab;trustServerCertificate=true;${properties}`, ...written }).differences;

test('a target is described without its secrets', () => {
  const { load: _, ...description } = described({
    url: `${P}Claims.Lab\\inst:1434;databaseName=Claims;trustServerCertificate=true;password=in-the-url`,
  });

  expect(description).toEqual({
    endpoint: 'claims.lab:1434/Claims',
    footprint: {
      identity: 'svc@claims.lab:1434',
      servers: [{ address: 'claims.lab:1434', connections: 1, logins: 1, joins: 0, commits: 0, bytes: 12_000 }],
    },
    differences: [],
    untestable: null,
    secrets: ['hunter2-long', 'in-the-url'],
    parts: [],
    deadlinesMs: { authenticate: 30_000 },
    privileges: [
      'firewall: TCP from this context to claims.lab:1434',
      'SQL: GRANT CONNECT TO [svc] in database [Claims]; no right to any table is used',
    ],
  });
});

test('secrets of the URL are known as such', () => {
  const { secrets } = described({ url: `${P}a;password={p;w};trustStorePassword=changeit`, password: undefined });

  expect(secrets).toEqual(['p;w', 'changeit']);
});

test.each([
  ['loginTimeout=60', { authenticate: 60_000, connect: 60_000, negotiate: 60_000, tls: 60_000 }],
  ['connectTimeout=5', { authenticate: 5000, connect: 5000, negotiate: 5000, tls: 5000 }],
  ['loginTimeout=0', { authenticate: 30_000 }],
  ['socketTimeout=2000', { authenticate: 30_000, request: 2000 }],
  ['queryTimeout=3', { authenticate: 30_000, request: 3000 }],
  ['queryTimeout=3;socketTimeout=2000', { authenticate: 30_000, request: 2000 }],
  ['queryTimeout=-1;socketTimeout=0', { authenticate: 30_000 }],
])('%s becomes the deadlines of stages', (properties, deadlinesMs) => {
  expect(described({ url: `${P}a;${properties}` }).deadlinesMs).toEqual(deadlinesMs);
});

test('Azure SQL also needs the ports that it redirects to', () => {
  const { privileges } = described({ url: `${P}x.database.windows.net` });

  expect(privileges.join('\n')).toContain('11000-11999');
});

describe('a mistake in the settings', () => {
  test.each<[what: string, written: object, problem: string]>([
    ['another kind of URL', { url: 'jdbc:postgresql://a' }, 'url: a JDBC URL for SQL Server begins with'],
    ['no server', { url: `${P};user=u` }, 'url: names no server'],
    ['an instance without its port', { url: `${P}a\\inst` }, 'url: names an instance without a port'],
    ['a port that is none', { url: `${P}a:14x3` }, 'url: portNumber is to be a whole number from 1 to 65535'],
    ['a port beyond', { url: `${P}a:65536` }, 'url: portNumber is to be'],
    ['a timeout that is none', { url: `${P}a;loginTimeout=5s` }, 'url: loginTimeout is to be a whole number'],
    ['another encryption', { url: `${P}a;encrypt=maybe` }, 'url: encrypt is to be true, false or strict'],
    ['a Java trust store', { url: `${P}a;trustStore=/x.jks` }, 'url: trustStore is a file for Java: set `ca`'],
    ['a pinned certificate', { url: `${P}a;serverCertificate=/x.cer` }, 'url: serverCertificate is a file for Java'],
    ['no user', { url: `${P}a`, user: undefined }, 'user: expected user and password'],
    ['no password', { url: `${P}a`, password: undefined }, 'user: expected user and password'],
    ['an authority that is none', { url: `${P}a`, ca: pem('nothing') }, 'ca: holds no certificate'],
  ])('%s is found before any attempt', (_, written, problem) => {
    expect(problemsOf(written)).toEqual([expect.stringContaining(problem)]);
  });

  test('is told for all places at once', () => {
    expect(problemsOf({ url: `${P}a:x;encrypt=maybe`, user: undefined })).toHaveLength(3);
  });

  test('never shows a value', () => {
    const problems = problemsOf({ url: `${P}a;password=s3cret;loginTimeout=s3cret;encrypt=s3cret;portNumber=s3cret` });

    expect(problems.length).toBeGreaterThan(2);
    expect(problems.join()).not.toContain('s3cret');
  });
});

describe('a difference to the driver', () => {
  test.each([
    ['sendTimeAsDatetime=false', ['JDBC property sendTimeAsDatetime is not used']],
    ['failoverPartner=b', ['JDBC property failoverPartner is not used']],
    ['columnEncryption=Enabled', ['JDBC property columnEncryptionSetting is not used']],
    ['nonsense=1', ['JDBC property "nonsense" is unknown, to the driver as well']],
    ['$$=1', ['JDBC property (unreadable name) is unknown, to the driver as well']],
    ['applicationName=job', [expect.stringContaining('applicationName is replaced')]],
    ['connectRetryCount=3', [expect.stringContaining('every try')]],
    ['multiSubnetFailover=true', [expect.stringContaining('multiSubnetFailover')]],
    ['multiSubnetFailover=false', []],
    ['loginTimeout=60', [expect.stringContaining('loginTimeout bounds each stage')]],
    ['packetSize=4096;applicationIntent=ReadOnly;workstationID=x;iPAddressPreference=IPv6First', []],
    ['encrypt=true;integratedSecurity=false;authentication=SqlPassword', []],
    ['sslProtocol=TLSv1.3', [expect.stringContaining('TLS 1.2 is used')]],
  ])('%s', (properties, differences) => {
    expect(differencesOf(properties)).toEqual(differences);
  });

  test('the roots of Node.js are one where nothing else is trusted', () => {
    const roots = expect.stringContaining('roots of Node.js');

    expect(described({ url: `${P}a` }).differences).toEqual([roots]);
    expect(described({ url: `${P}a;encrypt=strict;trustServerCertificate=true` }).differences).toEqual([roots]);
    expect(described({ url: `${P}a`, ca: pem(authority.certPem) }).differences).toEqual([]);
  });

  test('a trust store is one, beside the authorities that stand for it', () => {
    const ca = new FileValue(Buffer.from(authority.certPem), 'ca.pem');

    expect(differencesOf('trustStore=/x.jks;trustStorePassword=changeit', { ca })).toEqual([
      'trustStore is not read: the chain is verified against `ca`',
    ]);
  });
});

describe('a login that this probe does not speak', () => {
  test.each([
    ['integratedSecurity=true', 'authenticationScheme=NativeAuthentication'],
    ['trusted_connection=true;authenticationScheme=JavaKerberos', 'authenticationScheme=JavaKerberos'],
    ['integratedSecurity=true;authenticationScheme=NTLM;domain=LAB', 'authenticationScheme=NTLM'],
    ['authentication=ActiveDirectoryServicePrincipal', 'authentication=ActiveDirectoryServicePrincipal (Entra ID)'],
    ['accessToken=eyJ0', 'access token'],
    ['accessTokenCallbackClass=com.x.Y', 'Java code'],
  ])('%s is untestable, and no login is planned', (properties, reason) => {
    const { untestable, footprint } = described({ url: `${P}a;${properties}`, user: undefined, password: undefined });

    expect(untestable).toContain(reason);
    expect(footprint).toMatchObject({ identity: null, servers: [{ logins: 0 }] });
  });
});
