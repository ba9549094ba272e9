import { type JdbcProperty, jdbcProperty } from './jdbc-properties.ts';

export type JdbcProperties = ReadonlyMap<JdbcProperty, string>;

export type JdbcUrl = {
  /** Server, instance and port are among them, wherever they were written. */
  readonly properties: JdbcProperties;
  /** Names that the driver does not know and therefore ignores. */
  readonly unknown: readonly string[];
};

export type JdbcUrlProblem = { readonly problem: string };

const PREFIX = 'jdbc:sqlserver://';

/**
 * Reads a URL as mssql-jdbc does (`Util.parseUrl`): `jdbc:sqlserver://[server[\instance][:port]][;name=value]*`. A value in braces is
 * taken as it is, `}}` standing for `}`; any other is trimmed. Names are case-insensitive, and of two the last one counts.
 * A problem never quotes a value: it may be a piece of a password.
 */
export function parseJdbcUrl(url: string): JdbcUrl | JdbcUrlProblem {
  if (!url.startsWith(PREFIX)) return { problem: `a JDBC URL for SQL Server begins with ${PREFIX} (in lower case)` };
  const rest = url.slice(PREFIX.length);
  const semicolon = rest.indexOf(';');
  const authority = readAuthority(semicolon < 0 ? rest : rest.slice(0, semicolon));
  if ('problem' in authority) return authority;
  const list = readList(semicolon < 0 ? '' : rest.slice(semicolon + 1));
  if ('problem' in list) return list;
  const properties = new Map(authority.properties);
  const unknown: string[] = [];
  for (const [name, value] of list.pairs) {
    const property = jdbcProperty(name);
    if (property === null) unknown.push(name);
    else properties.set(property, value);
  }
  return { properties, unknown };
}

function readAuthority(text: string): { readonly properties: JdbcProperties } | JdbcUrlProblem {
  const [, server = '', instance, port] = /^([^\\:]*)(?:\\([^:]*))?(?::(.*))?$/s.exec(text) ?? [];
  const pieces: [JdbcProperty, string | undefined][] = [
    ['serverName', server],
    ['instanceName', instance],
    ['portNumber', port],
  ];
  const properties = new Map<JdbcProperty, string>();
  for (const [property, piece] of pieces) {
    if (piece?.includes('='))
      return { problem: `"=" before the first ";": a property stands after a ";", and ${property} cannot contain "="` };
    const trimmed = javaTrim(piece ?? '');
    if (trimmed !== '') properties.set(property, trimmed);
  }
  if (properties.size > 0 && !properties.has('serverName')) return { problem: 'no server before instance or port' };
  return { properties };
}

type Pairs = { readonly pairs: readonly (readonly [name: string, value: string])[] };

function readList(text: string): Pairs | JdbcUrlProblem {
  const pairs: [string, string][] = [];
  let at = 0;
  while (at < text.length) {
    const nameEnd = endOf(text, at, '=;');
    const name = javaTrim(text.slice(at, nameEnd));
    if (text[nameEnd] !== '=') {
      if (name !== '') return { problem: `text without "=" ${placeAfter(pairs)}` };
      at = nameEnd + 1;
      continue;
    }
    if (name === '') return { problem: `"=" without a name ${placeAfter(pairs)}` };
    const value = readValue(text, nameEnd + 1);
    if ('problem' in value) return { problem: `${value.problem} in the value ${placeAfter(pairs)}` };
    pairs.push([name, value.value]);
    at = value.next;
  }
  return { pairs };
}

function readValue(text: string, start: number): { readonly value: string; readonly next: number } | JdbcUrlProblem {
  const end = endOf(text, start, ';{');
  const plain = javaTrim(text.slice(start, end));
  if (text[end] !== '{') return { value: plain, next: end + 1 };
  if (plain !== '') return { problem: 'text before "{"' };
  const closing = closingBrace(text, end + 1);
  if (closing < 0) return { problem: 'no "}" to the "{"' };
  const next = endOf(text, closing, ';');
  if (/[^ ]/.test(text.slice(closing + 1, next))) return { problem: 'text after "}"' };
  return { value: text.slice(end + 1, closing).replaceAll('}}', '}'), next: next + 1 };
}

function closingBrace(text: string, start: number): number {
  for (let at = start; at < text.length; at++) {
    if (text[at] !== '}') continue;
    if (text[at + 1] !== '}') return at;
    at += 1;
  }
  return -1;
}

/** Where the first of these characters stands, or the end of the text. */
function endOf(text: string, start: number, stops: string): number {
  let at = start;
  while (at < text.length && !stops.includes(text.charAt(at))) at += 1;
  return at;
}

/** Names the place by the last property before it, if that is one of the driver's: anything else may be a piece of a secret. */
function placeAfter(pairs: Pairs['pairs']): string {
  const last = pairs.at(-1);
  const property = last === undefined ? null : jdbcProperty(last[0]);
  const where = property === null ? `at property ${pairs.length + 1}` : `after ${property}`;
  return `${where}; a value that contains ; or { or } must stand in braces, as in password={a;b}`;
}

/** String.trim of Java: everything up to U+0020, and nothing above it. */
function javaTrim(text: string): string {
  let start = 0;
  let end = text.length;
  while (start < end && text.charCodeAt(start) <= 0x20) start += 1;
  while (end > start && text.charCodeAt(end - 1) <= 0x20) end -= 1;
  return text.slice(start, end);
}
