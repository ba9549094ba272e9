import { type JdbcProperty, SECRET_PROPERTIES } from '../../formats/jdbc-properties.ts';
import type { JdbcProperties } from '../../formats/jdbc-url.ts';
import {
  copied,
  type Entry,
  entry,
  entryIn,
  missing,
  type Part,
  secret,
  type TargetDraft,
  type Text,
  unmapped,
} from './draft.ts';
import { hasPlaceholder } from './placeholders.ts';

type Given = {
  readonly properties: JdbcProperties;
  /** How many names the driver does not know. They are not shown: one may be a piece of a password without its braces. */
  readonly unknown: number;
  readonly name: string | null;
};

/** A target of type `sqlserver`; the URL is written anew, without what nobody is to see. */
export function sqlserverTarget({ properties, unknown, name }: Given): TargetDraft {
  const dropped = [...properties.keys()].filter((each) => !isKept(each));
  return {
    name: name ?? nameOf(properties),
    entries: [
      entry('type', 'sqlserver'),
      entry('url', ...urlOf(properties)),
      ...account(properties),
      ...(needsCa(properties) ? [entryIn('ca', 'pem', missing('CA'))] : []),
    ],
    remarks: remarksOn(properties),
    unmapped: [
      ...unmapped(dropped, 'a secret, or an argument that may be one, which this probe has no use for'),
      ...unmapped(unknown === 0 ? [] : [`${unknown} more`], 'unknown to the driver, which ignores it'),
    ],
  };
}

const nameOf = (properties: JdbcProperties): string => {
  const database = properties.get('databaseName') ?? '';
  return database === '' || hasPlaceholder(database) ? 'sqlserver' : `${database.toLowerCase()}-db`;
};

/** They have a place of their own, in the URL or beside it. */
const PLACED: readonly JdbcProperty[] = ['serverName', 'instanceName', 'portNumber', 'user', 'password', 'accessToken'];
const ARGUMENTS: readonly JdbcProperty[] = ['socketFactoryConstructorArg', 'trustManagerConstructorArg'];

const isKept = (name: JdbcProperty): boolean =>
  PLACED.includes(name) || ![...SECRET_PROPERTIES, ...ARGUMENTS].includes(name);

function urlOf(properties: JdbcProperties): Text {
  const others = [...properties].filter(([name, value]) => value !== '' && isKept(name) && !PLACED.includes(name));
  const token = properties.get('accessToken');
  return [
    'jdbc:sqlserver://',
    ...serverOf(properties),
    ...others.flatMap(([name, value]) => property(name, value)),
    ...(token ? [';accessToken=', secret('ACCESS_TOKEN', token)] : []),
  ];
}

/** `server\instance:port`; a name with other signs, as an IPv6 address has them, is a property. */
function serverOf(properties: JdbcProperties): Text {
  const server = properties.get('serverName') ?? '';
  const instance = properties.get('instanceName');
  const port = properties.get('portNumber');
  const portPart = port ? copied('PORT', port) : missing('PORT');
  const hasPort = port || instance;
  if (/[:\\=;{}]/.test(server))
    return [
      ...property('serverName', server),
      ...(instance ? property('instanceName', instance) : []),
      ...(hasPort ? [';portNumber=', portPart] : []),
    ];
  return [
    copied('SERVER', server),
    ...(instance ? ['\\', copied('INSTANCE', instance)] : []),
    ...(hasPort ? [':', portPart] : []),
  ];
}

function property(name: JdbcProperty, value: string): Text {
  const role = name.replace(/([a-z])([A-Z])/g, '$1_$2').toUpperCase();
  const inBraces = /[;{}]|^\s|\s$/.test(value);
  const part: Part = copied(role, inBraces ? value.replaceAll('}', '}}') : value);
  return inBraces ? [`;${name}={`, part, '}'] : [`;${name}=`, part];
}

/** Beside the URL, which then holds no secret. */
function account(properties: JdbcProperties): readonly Entry[] {
  const user = properties.get('user');
  const password = properties.get('password');
  const isNeeded = logsInByPassword(properties);
  return [
    ...(user || isNeeded ? [entry('user', user ? copied('USER', user) : missing('USER'))] : []),
    ...(password || isNeeded ? [entry('password', password ? secret('PASSWORD', password) : missing('PASSWORD'))] : []),
  ];
}

/** The only login that the probe speaks. */
function logsInByPassword(properties: JdbcProperties): boolean {
  const authentication = (properties.get('authentication') ?? '').toLowerCase();
  return (
    ['', 'notspecified', 'sqlpassword'].includes(authentication) &&
    !properties.get('accessToken') &&
    !properties.get('accessTokenCallbackClass') &&
    properties.get('integratedSecurity')?.toLowerCase() !== 'true'
  );
}

const needsCa = (properties: JdbcProperties): boolean =>
  Boolean(properties.get('trustStore') || properties.get('serverCertificate'));

function remarksOn(properties: JdbcProperties): readonly string[] {
  const remarks: string[] = [];
  if (properties.get('instanceName') && !properties.get('portNumber'))
    remarks.push(
      'the source names an instance without a port, which this probe does not ask of UDP 1434: give its TCP port',
    );
  if (needsCa(properties))
    remarks.push(
      'the certificates that Java trusts go to `ca` in PEM form: keytool -list -rfc -keystore FILE; or write ca: FILE.pem',
    );
  if (!logsInByPassword(properties))
    remarks.push(
      'this login is not spoken by the probe: what comes before it is tried, the login itself stays inconclusive',
    );
  else if (!properties.get('user') || !properties.get('password'))
    remarks.push('the source holds no whole account: user and password are to be given');
  return remarks;
}
