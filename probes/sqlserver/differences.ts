import { isIP } from 'node:net';
import type { JdbcProperty } from '../../src/formats/jdbc-properties.ts';
import type { JdbcProperties } from '../../src/formats/jdbc-url.ts';
import type { Encryption } from './encryption.ts';

/** Properties that this probe does what the driver does with. */
const KEPT: ReadonlySet<JdbcProperty> = new Set([
  'applicationIntent',
  'authentication',
  'authenticationScheme',
  'databaseName',
  'domain',
  'encrypt',
  'hostNameInCertificate',
  'instanceName',
  'integratedSecurity',
  'loginTimeout',
  'packetSize',
  'password',
  'portNumber',
  'queryTimeout',
  'serverName',
  'socketTimeout',
  'trustServerCertificate',
  'user',
  'workstationID',
]);

type Sentence = (value: string, target: { readonly encryption: Encryption }) => string | null;

/** Properties that are known and cannot be kept as they are; null where the value makes no difference. */
const SENTENCES: Partial<Record<JdbcProperty, Sentence>> = {
  applicationName: () => 'applicationName is replaced by the name of this probe and run, so that a DBA can find it',
  trustStore: () => 'trustStore is not read: the chain is verified against `ca`',
  trustStorePassword: () => null,
  trustStoreType: () => null,
  serverCertificate: () => 'serverCertificate pins one certificate; here the chain is verified against `ca`',
  multiSubnetFailover: (value) =>
    value.toLowerCase() === 'true'
      ? 'multiSubnetFailover: the driver connects to all addresses at once, this probe to one after the other'
      : null,
  TransparentNetworkIPResolution: () => null,
  iPAddressPreference: (value) =>
    value.toLowerCase() === 'useplatformdefault'
      ? 'iPAddressPreference=UsePlatformDefault: this probe tries IPv4 addresses first'
      : null,
  sslProtocol: (value, { encryption }) =>
    value === 'TLSv1.3' && encryption !== 'strict' ? 'sslProtocol=TLSv1.3 needs encrypt=strict; TLS 1.2 is used' : null,
  connectRetryCount: () => 'connectRetryCount is not used: the driver retries, this probe counts every try',
  connectRetryInterval: () => null,
};

export type Beside = {
  readonly unknown: readonly string[];
  readonly encryption: Encryption;
  readonly hasCa: boolean;
};

/** Where this client differs from the driver for these properties. No value is quoted. */
export function differencesOf(properties: JdbcProperties, { unknown, encryption, hasCa }: Beside): readonly string[] {
  const differences: string[] = [];
  for (const [name, value] of properties) {
    if (KEPT.has(name)) continue;
    const sentence = SENTENCES[name];
    const difference = sentence === undefined ? `JDBC property ${name} is not used` : sentence(value, { encryption });
    if (difference !== null) differences.push(difference);
  }
  for (const name of new Set(unknown))
    differences.push(`JDBC property ${nameable(name)} is unknown, to the driver as well`);
  const trusting = encryption !== 'strict' && properties.get('trustServerCertificate')?.toLowerCase() === 'true';
  if (!hasCa && !trusting)
    differences.push('certificates are verified against the roots of Node.js, not against those of the JVM');
  if (isIP(properties.get('serverName') ?? '') === 0 && properties.get('loginTimeout'))
    differences.push('loginTimeout bounds each stage here; the driver bounds the login as a whole');
  return differences;
}

/** A name that nobody knows may be a piece of a password that stands without braces. */
const nameable = (name: string): string =>
  /^[A-Za-z][A-Za-z0-9_.]{2,40}$/.test(name) ? `"${name}"` : '(unreadable name)';

/** Why this client cannot log in as the driver would; null where it can. */
export function untestableReason(properties: JdbcProperties): string | null {
  if (properties.get('accessToken')) return 'a login with an access token (accessToken) is not spoken by this probe';
  if (properties.get('accessTokenCallbackClass'))
    return 'accessTokenCallbackClass is Java code, which only the driver can run';
  const authentication = properties.get('authentication') ?? '';
  if (!['', 'notspecified', 'sqlpassword'].includes(authentication.toLowerCase()))
    return `authentication=${authentication} (Entra ID) is not spoken by this probe`;
  if (properties.get('integratedSecurity')?.toLowerCase() !== 'true') return null;
  const scheme = properties.get('authenticationScheme') || 'NativeAuthentication';
  return `integratedSecurity (authenticationScheme=${scheme}) is not spoken by this probe`;
}
