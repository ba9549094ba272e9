import { readFileSync, statSync } from 'node:fs';
import { isAbsolute, join } from 'node:path';
import { type Issue, issue, type Path } from './issues.ts';
import { entriesOf, isMapping } from './plain.ts';

// `${env:NAME}`, `${file:PATH}` and `${secret:scope/key}`, alone or within a longer string; `$${` stands for a plain `${`.

export type Lookup = {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** From --secrets-stdin; null where it was not given. */
  readonly secrets: Readonly<Record<string, string>> | null;
  /** Relative paths start here. */
  readonly folder: string;
};

export type Reference = {
  readonly at: Path;
  /** As written, such as `${env:NAME}`. */
  readonly source: string;
  readonly value: string;
  /** The setting consists of this reference and nothing else. */
  readonly whole: boolean;
};

export type Unresolved = { readonly at: Path; readonly expectation: string };

export type Resolution = {
  /** Unresolved references stay as written. */
  readonly value: unknown;
  readonly references: readonly Reference[];
  readonly unresolved: readonly Unresolved[];
  /** What is no reference at all, although it looks like one. */
  readonly malformed: readonly Issue[];
};

const MAX_FILE_BYTES = 1_048_576;
const REFERENCE = /\$\$\{|\$\{(?:(env|file|secret):([^{}]+)\})?/g;
const FORMS = `expected \${env:NAME}, \${file:PATH} or \${secret:scope/key}; $\${ stands for a plain \${`;

/** Null for `lookup` resolves none: every reference is reported as unresolved. */
export function resolveReferences(written: unknown, at: Path, lookup: Lookup | null): Resolution {
  const references: Reference[] = [];
  const unresolved: Unresolved[] = [];
  const malformed: Issue[] = [];

  const text = (input: string, place: Path): string =>
    input.replace(REFERENCE, (source: string, kind: string | undefined, name: string | undefined) => {
      if (source === '$${') return '${';
      if (kind === undefined || name === undefined || !hasForm(kind, name)) {
        malformed.push(issue(place, FORMS));
        return source;
      }
      const found = lookup === null ? { missing: `${source} is not resolved here` } : look(kind, name, lookup);
      if ('missing' in found) {
        unresolved.push({ at: place, expectation: found.missing });
        return source;
      }
      references.push({ at: place, source, value: found.value, whole: input === source });
      return found.value;
    });

  const walk = (value: unknown, place: Path): unknown => {
    if (typeof value === 'string') return text(value, place);
    if (Array.isArray(value)) return value.map((item, index) => walk(item, [...place, index]));
    if (!isMapping(value)) return value;
    return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, walk(inner, [...place, key])]));
  };

  return { value: walk(written, at), references, unresolved, malformed };
}

/** The references of a string as written, joined: what stays of a secret in a digest. */
export const referencesIn = (text: string): string =>
  [...text.matchAll(REFERENCE)]
    .filter((match) => match[1] !== undefined)
    .map((match) => match[0])
    .join('');

export const hasReference = (value: unknown): boolean =>
  typeof value === 'string' ? referencesIn(value) !== '' : entriesOf(value).some(([, inner]) => hasReference(inner));

const hasForm = (kind: string, name: string): boolean =>
  kind !== 'secret' || /^[^/]+\/.+$/.test(name) ? name.trim() === name : false;

type Found = { readonly value: string } | { readonly missing: string };

function look(kind: string, name: string, lookup: Lookup): Found {
  if (kind === 'env') return fromEnvironment(name, lookup.env);
  if (kind === 'secret') return fromSecrets(name, lookup.secrets);
  return fromFile(name, lookup.folder);
}

function fromEnvironment(name: string, env: Lookup['env']): Found {
  const value = Object.hasOwn(env, name) ? env[name] : undefined;
  if (value === undefined) return { missing: `the environment variable ${name} is not set; set it before the run` };
  return value === '' ? { missing: `the environment variable ${name} is empty; give it a value` } : { value };
}

function fromSecrets(name: string, secrets: Lookup['secrets']): Found {
  if (secrets === null)
    return { missing: `\${secret:${name}} needs --secrets-stdin, with one JSON object { "${name}": "…" }` };
  const value = Object.hasOwn(secrets, name) ? secrets[name] : undefined;
  if (value === undefined) return { missing: `the secrets on standard input have no "${name}"; add it to them` };
  return value === '' ? { missing: `the secret "${name}" on standard input is empty; give it a value` } : { value };
}

function fromFile(name: string, folder: string): Found {
  const read = readSmallFile(name, folder, name);
  if ('missing' in read) return read;
  const text = read.bytes.toString('utf8');
  if (!read.bytes.equals(Buffer.from(text, 'utf8'))) return { missing: `the file ${name} is not UTF-8 text` };
  // A file that was written by `echo` ends in a newline that is no part of the secret.
  const value = text.replace(/\r?\n$/, '');
  return value === '' ? { missing: `the file ${name} is empty` } : { value };
}

/** A file that the configuration names; `shown` is its name in messages, since a part of the path may be secret. */
export function readSmallFile(
  path: string,
  folder: string,
  shown: string,
): { readonly bytes: Buffer } | { readonly missing: string } {
  try {
    const place = isAbsolute(path) ? path : join(folder, path);
    const entry = statSync(place);
    if (entry.isDirectory()) return { missing: `the file ${shown} cannot be read: it is a folder` };
    // A device such as /dev/zero never ends.
    if (!entry.isFile() && !entry.isFIFO()) return { missing: `the file ${shown} is no regular file` };
    if (entry.size > MAX_FILE_BYTES) return { missing: `the file ${shown} is larger than 1 MiB` };
    return { bytes: readFileSync(place) };
  } catch (error) {
    return { missing: `the file ${shown} cannot be read: ${fileProblem(error)}` };
  }
}

function fileProblem(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  if (code === 'ENOENT') return 'there is none; paths start at the folder of the configuration';
  if (code === 'EACCES' || code === 'EPERM') return 'this user may not read it';
  if (typeof code !== 'string') throw error;
  return code;
}
