import type { SecureVersion } from 'node:tls';
import { type JdbcProperty, SECRET_PROPERTIES } from '../../src/formats/jdbc-properties.ts';
import { type JdbcProperties, parseJdbcUrl } from '../../src/formats/jdbc-url.ts';
import { differencesOf, untestableReason } from './differences.ts';
import { type Encryption, encryptionOf } from './encryption.ts';
import type { Problem, Written } from './settings.ts';

/** What the settings say: the URL, and over it the options beside it, as Spark merges them. */
export type Target = {
  readonly host: string;
  readonly port: number;
  readonly database: string | null;
  readonly credential: Credential | null;
  readonly encryption: Encryption;
  /** Has no effect within `strict`. */
  readonly trustsServerCertificate: boolean;
  readonly hostNameInCertificate: string | null;
  readonly tlsVersion: SecureVersion | null;
  readonly ca: string | null;
  readonly ipv6First: boolean;
  readonly packetBytes: number;
  readonly readOnlyIntent: boolean;
  readonly workstation: string | null;
  /** Null where the URL says nothing: the driver waits 30 s, and so does the stage `authenticate`. */
  readonly loginTimeoutMs: number | null;
  readonly requestTimeoutMs: number | null;
  readonly untestable: string | null;
  readonly differences: readonly string[];
  readonly secrets: readonly string[];
};

export type Credential = { readonly user: string; readonly password: string };

const DEFAULT_PORT = 1433;
/** TDS.DEFAULT_PACKET_SIZE of the driver; tedious would ask for 4096. */
const DEFAULT_PACKET_BYTES = 8000;

export function readTarget(settings: Written): { readonly target: Target } | { readonly problems: readonly Problem[] } {
  const url = parseJdbcUrl(settings.url);
  if ('problem' in url) return { problems: [{ path: ['url'], message: url.problem }] };
  const properties = merge(url.properties, settings);
  const problems = problemsOf(properties, settings);
  const encryption = encryptionOf(properties.get('encrypt'));
  if (problems.length > 0 || encryption === null) return { problems };
  const text = (name: JdbcProperty): string | null => properties.get(name) || null;
  const untestable = untestableReason(properties);
  return {
    target: {
      host: text('serverName') ?? '',
      port: number(properties, 'portNumber') ?? DEFAULT_PORT,
      database: text('databaseName'),
      credential: untestable === null ? credentialOf(properties) : null,
      encryption,
      trustsServerCertificate: isTrue(properties, 'trustServerCertificate'),
      hostNameInCertificate: text('hostNameInCertificate'),
      tlsVersion: tlsVersionOf(text('sslProtocol'), encryption),
      ca: settings.ca?.text ?? null,
      ipv6First: text('iPAddressPreference')?.toLowerCase() === 'ipv6first',
      packetBytes: packetBytesOf(number(properties, 'packetSize')),
      readOnlyIntent: text('applicationIntent')?.toLowerCase() === 'readonly',
      workstation: text('workstationID'),
      loginTimeoutMs: (number(properties, 'loginTimeout') || 0) * 1000 || null,
      requestTimeoutMs: requestTimeoutMs(properties),
      untestable,
      differences: differencesOf(properties, { unknown: url.unknown, encryption, hasCa: settings.ca !== undefined }),
      secrets: secretsIn(properties, url.properties),
    },
  };
}

/** Those that an option stands over too: they are secrets all the same. */
const secretsIn = (...all: readonly JdbcProperties[]): readonly string[] => [
  ...new Set(all.flatMap((properties) => SECRET_PROPERTIES.flatMap((name) => properties.get(name) || []))),
];

function merge(url: JdbcProperties, settings: Written): JdbcProperties {
  const merged = new Map(url);
  if (settings.user !== undefined) merged.set('user', settings.user);
  if (settings.password !== undefined) merged.set('password', settings.password);
  return merged;
}

function problemsOf(properties: JdbcProperties, settings: Written): Problem[] {
  const problems: Problem[] = [];
  const inUrl = (message: string) => problems.push({ path: ['url'], message });
  if (!properties.get('serverName')) inUrl('names no server: jdbc:sqlserver://server:1433;…');
  if (properties.get('instanceName') && !properties.get('portNumber'))
    inUrl(
      'names an instance without a port: its port would have to be asked of UDP 1434, which this probe does not do',
    );
  for (const [name, [least, most]] of Object.entries(RANGES)) {
    const value = number(properties, name);
    if (value !== null && !(value >= least && value <= most))
      inUrl(`${name} is to be a whole number from ${least} to ${most}`);
  }
  if (encryptionOf(properties.get('encrypt')) === null) inUrl('encrypt is to be true, false or strict');
  for (const name of ['trustStore', 'serverCertificate'] as const)
    if (properties.get(name) && settings.ca === undefined)
      inUrl(`${name} is a file for Java: set \`ca\` to a PEM file with the certificates it holds`);
  if (untestableReason(properties) === null && credentialOf(properties) === null)
    problems.push({ path: ['user'], message: 'expected user and password, here or in the URL' });
  return problems;
}

/** Below 512 the driver, too, leaves the size to the server. */
const packetBytesOf = (written: number | null): number =>
  written === null || written < 512 ? DEFAULT_PACKET_BYTES : written;

const RANGES: Readonly<Record<string, readonly [number, number]>> = {
  portNumber: [1, 65_535],
  loginTimeout: [0, 65_535],
  packetSize: [-1, 32_767],
  socketTimeout: [0, 2_147_483_647],
  queryTimeout: [-1, 2_147_483],
};

/** A number of the URL; NaN where it is written as none. */
function number(properties: ReadonlyMap<string, string>, name: string): number | null {
  const value = properties.get(name);
  if (value === undefined || value === '') return null;
  return /^-?\d+$/.test(value) ? Number(value) : Number.NaN;
}

const isTrue = (properties: JdbcProperties, name: JdbcProperty): boolean =>
  properties.get(name)?.toLowerCase() === 'true';

const TLS_VERSIONS: readonly SecureVersion[] = ['TLSv1', 'TLSv1.1', 'TLSv1.2', 'TLSv1.3'];

/** No TLS above 1.2 travels inside TDS 7. */
function tlsVersionOf(sslProtocol: string | null, encryption: Encryption): SecureVersion | null {
  const version = TLS_VERSIONS.find((each) => each === sslProtocol) ?? null;
  return version === 'TLSv1.3' && encryption !== 'strict' ? null : version;
}

/** socketTimeout (milliseconds) and queryTimeout (seconds), whichever ends first; 0 and -1 are none. */
function requestTimeoutMs(properties: JdbcProperties): number | null {
  const limits = [number(properties, 'socketTimeout') ?? 0, (number(properties, 'queryTimeout') ?? 0) * 1000];
  const least = Math.min(...limits.filter((limit) => limit > 0));
  return Number.isFinite(least) ? least : null;
}

function credentialOf(properties: JdbcProperties): Credential | null {
  const user = properties.get('user');
  const password = properties.get('password');
  return !user || !password ? null : { user, password };
}

/** The target of settings that were checked. */
export function targetOf(settings: Written): Target {
  const read = readTarget(settings);
  if ('target' in read) return read.target;
  throw new Error(`settings that were not checked: ${read.problems.map(({ message }) => message).join('; ')}`);
}
