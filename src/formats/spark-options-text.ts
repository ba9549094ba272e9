import { z } from 'zod';
import { parseJavaProperties } from './java-properties.ts';

// Options of a Spark reader or writer as people keep them: JSON, or a line for each.

export type OptionSet = {
  /** Where the source gives it one. */
  readonly name: string | null;
  /** As written; Spark itself compares names without regard to case. */
  readonly options: ReadonlyMap<string, string>;
};

const scalar = z.union([z.string(), z.number(), z.boolean()]).transform(String);
const mapping = z.record(z.string(), z.unknown());
const withOptions = z.looseObject({ options: mapping });

/** `{ … }`, `{ "format": …, "options": { … } }`, a list of them, or a mapping from names to them. Values that are no text are left out. */
export function optionSetsIn(json: unknown, name: string | null = null): readonly OptionSet[] {
  if (Array.isArray(json)) return json.flatMap((each: unknown) => optionSetsIn(each, name));
  const within = withOptions.safeParse(json);
  if (within.success) return [{ name, options: flat(within.data.options) }];
  const read = mapping.safeParse(json);
  if (!read.success) return [];
  const options = flat(read.data);
  if (options.size > 0) return [{ name, options }];
  return Object.entries(read.data).flatMap(([key, inner]) => optionSetsIn(inner, key));
}

const flat = (written: Readonly<Record<string, unknown>>): ReadonlyMap<string, string> =>
  new Map(
    Object.entries(written).flatMap(([key, value]) => {
      const text = scalar.safeParse(value);
      return text.success ? [[key, text.data] as const] : [];
    }),
  );

/** `key=value` lines. A backslash stands for itself, as in `host\instance`, but at the end of a line; quotes around a value go. */
export function optionLines(text: string): ReadonlyMap<string, string> {
  const literal = text.replace(/\\(?![\r\n]|$)/g, '\\\\');
  return new Map([...parseJavaProperties(literal)].map(([key, value]) => [key, unquoted(value.trim())]));
}

const unquoted = (value: string): string => /^(["'])(?<inner>.*)\1$/s.exec(value)?.groups?.['inner'] ?? value;
