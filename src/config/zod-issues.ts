import { z } from 'zod';
import { type Issue, issue, type Path } from './issues.ts';
import { nearest } from './nearest.ts';
import { isMapping, valueAt } from './plain.ts';
import { keysAt, schemasAt } from './schema-walk.ts';

type ZodIssue = z.core.$ZodIssue;

export type Reading = {
  /** Where the value stands in the document. */
  readonly at: Path;
  readonly schema: z.core.$ZodType;
  readonly value: unknown;
  /** What an unknown key is: `unknown setting of probe "token"`. */
  readonly unknownKey: string;
  /** Keys that are known at the root beside the schema's own. */
  readonly otherKeys?: readonly string[];
  /** Whether the value may be shown: it is no setting of a probe and did not come out of a reference. */
  shows(at: Path): boolean;
};

export const toIssues = (found: readonly ZodIssue[], reading: Reading): Issue[] =>
  found.flatMap((each) => toIssue(each, [], reading));

function toIssue(found: ZodIssue, base: Path, reading: Reading): Issue[] {
  const inner = [...base, ...pathOf(found)];
  const at = [...reading.at, ...inner];
  const value = valueAt(reading.value, inner);
  switch (found.code) {
    case 'unrecognized_keys':
      return found.keys.map((key) => unknownKey(key, inner, reading));
    case 'invalid_union':
      return ofUnion(found, inner, reading);
    case 'invalid_key':
      return [issue(at, found.issues[0] === undefined ? 'not a name that is taken here' : sentence(found.issues[0]))];
    case 'invalid_value': {
      const near = typeof value === 'string' ? nearest(value, found.values.map(String)) : null;
      return [issue(at, told(found, value, inner, reading), near)];
    }
    default:
      return [issue(at, told(found, value, inner, reading))];
  }
}

function unknownKey(key: string, inner: Path, reading: Reading): Issue {
  const known = keysAt(reading.schema, reading.value, inner);
  const all = inner.length === 0 ? [...known, ...(reading.otherKeys ?? [])] : known;
  return issue([...reading.at, ...inner, key], reading.unknownKey, nearest(key, all));
}

function ofUnion(found: z.core.$ZodIssueInvalidUnion, inner: Path, reading: Reading): Issue[] {
  const at = [...reading.at, ...inner];
  const value = valueAt(reading.value, inner);
  if ('options' in found && found.options !== undefined) {
    const options = found.options.map(String);
    const near = typeof value === 'string' ? nearest(value, options) : null;
    return [issue(at, withFound(`expected one of: ${options.join(', ')}`, value, inner, reading), near)];
  }
  const branch = bestBranch(found.errors);
  if (isAuthored(found.message) || branch.length === 0) return [issue(at, told(found, value, inner, reading))];
  return branch.flatMap((each) => toIssue(each, inner, reading));
}

/** The alternative that was meant: of the right kind, then with the fewest mistakes. */
function bestBranch(branches: readonly (readonly ZodIssue[])[]): readonly ZodIssue[] {
  const mistakes = (branch: readonly ZodIssue[]) =>
    branch.reduce(
      (sum, each) => sum + (each.path.length === 0 && each.code === 'invalid_type' ? 100 : weight(each)),
      0,
    );
  return [...branches].sort((a, b) => mistakes(a) - mistakes(b))[0] ?? [];
}

const weight = (found: ZodIssue): number => (found.code === 'unrecognized_keys' ? found.keys.length : 1);

function told(found: ZodIssue, value: unknown, inner: Path, reading: Reading): string {
  const expectation = betterSentence(found, value, inner, reading) ?? sentence(found);
  const isSize = (found.code === 'too_small' || found.code === 'too_big') && typeof value !== 'number';
  return isSize ? expectation : withFound(expectation, value, inner, reading);
}

/** For a number where text with a unit is expected, what that text is expected to look like. */
function betterSentence(found: ZodIssue, value: unknown, inner: Path, reading: Reading): string | null {
  if (found.code !== 'invalid_type' || found.expected !== 'string' || typeof value !== 'number') return null;
  for (const schema of schemasAt(reading.schema, reading.value, inner)) {
    const asText = schema instanceof z.ZodString ? schema.safeParse(String(value)) : null;
    if (asText?.error !== undefined) return sentence(asText.error.issues[0] ?? found);
  }
  return isAuthored(found.message) ? null : `${sentence(found)}; put it in quotes`;
}

function withFound(expectation: string, value: unknown, inner: Path, reading: Reading): string {
  if (!expectation.startsWith('expected')) return expectation;
  if (value === undefined) return `is missing; ${expectation}`;
  const shown = reading.shows([...reading.at, ...inner]) ? scalarText(value) : null;
  return shown === null ? expectation : `${expectation}; found ${shown}`;
}

function scalarText(value: unknown): string | null {
  if (value === null) return 'nothing';
  if (isMapping(value)) return 'a mapping';
  if (Array.isArray(value)) return 'a list';
  const text = JSON.stringify(value);
  return text.length <= 60 ? text : null;
}

/** Whether a schema's author wrote the message: all of the library's own begin like this. */
const isAuthored = (message: string): boolean => !/^(Invalid|Too (big|small)|Unrecognized)/.test(message);

function sentence(found: ZodIssue): string {
  if (isAuthored(found.message)) return found.message;
  switch (found.code) {
    case 'invalid_type':
      return `expected ${KINDS[found.expected] ?? found.expected}`;
    case 'too_small':
      return `expected ${found.inclusive === false ? 'more than' : 'at least'} ${amount(found.minimum, found.origin)}`;
    case 'too_big':
      return `expected ${found.inclusive === false ? 'less than' : 'at most'} ${amount(found.maximum, found.origin)}`;
    case 'invalid_format':
      return `expected ${FORMATS[found.format] ?? `text in the format ${found.format}`}`;
    case 'invalid_value':
      return found.values.length === 1
        ? `expected ${String(found.values[0])}`
        : `expected one of: ${found.values.map(String).join(', ')}`;
    case 'not_multiple_of':
      return `expected a multiple of ${found.divisor}`;
    default:
      return 'not a value that is taken here';
  }
}

const KINDS: Readonly<Record<string, string>> = {
  string: 'text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  object: 'a mapping',
  record: 'a mapping',
};

const FORMATS: Readonly<Record<string, string>> = {
  url: 'a URL',
  date: 'a date, such as 2026-11-24',
  datetime: 'a time in UTC, such as 2026-11-24T08:00:00Z',
  uuid: 'a UUID',
};

function amount(limit: number | bigint, origin: string): string {
  if (origin === 'string') return limit === 1 ? '1 character' : `${limit} characters`;
  if (origin === 'array' || origin === 'set') return limit === 1 ? '1 entry' : `${limit} entries`;
  return String(limit);
}

const pathOf = (found: ZodIssue): (string | number)[] =>
  found.path.map((part) => (typeof part === 'symbol' ? String(part) : part));
