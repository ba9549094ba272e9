import { describe, expect, test } from 'vitest';
import { endpointsIn, fromEnv, initialized, load, URL } from './sources.ts';

describe('a target of type sqlserver', () => {
  test('connects where the URL says, as the user it says, with the password of its variable', () => {
    const { text, variables } = initialized(`${URL};user=svc;password=Tr0ub4dor&3`);
    expect(variables).toEqual(['CLAIMS_DB_PASSWORD']);
    const [target] = load(text, 'resolve', { CLAIMS_DB_PASSWORD: 'Tr0ub4dor&3' }).targets;
    expect(target?.bound).toMatchObject({ endpoint: 'sql.internal:1433/Claims', untestable: null });
    expect(target?.bound?.footprint.identity).toBe('svc@sql.internal:1433');
  });

  test.each([
    ['a value that needs braces', `${URL};workstationID={a;b}}c}`, 'workstationID={a;b}}c}'],
    ['a synonym', 'jdbc:sqlserver://sql:1433;database=x', 'jdbc:sqlserver://sql:1433;databaseName=x'],
    ['a server among the properties', 'jdbc:sqlserver://;serverName=sql;port=1444', 'jdbc:sqlserver://sql:1444'],
    [
      'an IPv6 address',
      'jdbc:sqlserver://;serverName=::1;port=1444',
      'jdbc:sqlserver://;serverName=::1;portNumber=1444',
    ],
  ])('%s keeps its meaning', (_, url, written) => {
    expect(initialized(url).text).toContain(written);
  });

  test('an instance without a port asks for the port', () => {
    const { text, variables } = initialized('jdbc:sqlserver://sql\\INST;databaseName=Claims;user=a;password=b');
    expect(text).toContain(`url: jdbc:sqlserver://sql\\INST:${fromEnv('CLAIMS_DB_PORT')};databaseName=Claims`);
    const env = Object.fromEntries(variables.map((name) => [name, '1444']));
    expect(endpointsIn(load(text, 'resolve', env))).toEqual([['claims-db', 'sql:1444/Claims']]);
  });

  test('a trust store of Java becomes `ca`', () => {
    const { text, variables } = initialized(
      `${URL};user=a;password=b;trustStore=/t.jks;trustStorePassword=Tr0ub4dor&3`,
    );
    expect(text).toContain(`    ca:\n      pem: ${fromEnv('CLAIMS_DB_CA')}\n`);
    expect(text).toContain('# not mapped: trustStorePassword (');
    expect(variables).toEqual(['CLAIMS_DB_PASSWORD', 'CLAIMS_DB_CA']);
  });

  test('an account that is not there is asked for', () => {
    expect(initialized(URL).variables).toEqual(['CLAIMS_DB_USER', 'CLAIMS_DB_PASSWORD']);
  });

  test.each([
    ['integratedSecurity=true;authenticationScheme=JavaKerberos', []],
    ['authentication=ActiveDirectoryManagedIdentity', []],
    ['accessToken=Tr0ub4dor', ['CLAIMS_DB_ACCESS_TOKEN']],
  ])('with %s no password is asked for, and the remark says what that means', (login, expected) => {
    const { text, variables } = initialized(`${URL};${login}`);
    expect(variables).toEqual(expected);
    expect(text).toContain('# this login is not spoken by the probe');
    const env = Object.fromEntries(expected.map((name) => [name, 'a token']));
    expect(load(text, 'resolve', env).targets[0]?.bound?.untestable).not.toBeNull();
  });

  test('what the driver does not know is counted and not shown: it may be a piece of a password', () => {
    const { text } = initialized(`${URL};user=a;password=Tr0ub;4dor=3`);
    expect(text).toContain('# not mapped: 1 more (unknown to the driver, which ignores it)');
    expect(text).not.toContain('4dor');
  });

  test('options beside the URL stand over it', () => {
    const { text } = initialized('url=jdbc:sqlserver://sql;user=one;loginTimeout=5\nuser=two\nloginTimeout=60');
    expect(text).toContain('user: two');
    expect(text).toContain('loginTimeout=60');
    expect(text).not.toContain('loginTimeout=5;');
  });

  test('a URL of another database is refused with what to do instead', () => {
    expect(initialized('jdbc:postgresql://pg/x', URL).text).toContain(
      '# not mapped: a JDBC URL (postgresql is no SQL Server: write a target of type tcp, which tries its port)',
    );
  });

  test('what the probe would refuse is left out, with its reason', () => {
    const { text } = initialized(
      `${URL};encrypt=perhaps;user=a;password=b`,
      'jdbc:sqlserver://other;user=a;password=b',
    );
    expect(text).toContain('# not mapped: claims-db (url: encrypt is to be true, false or strict)');
    expect(load(text, 'offline').targets.map(({ name }) => name)).toEqual(['sqlserver']);
  });
});
