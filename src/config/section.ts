import type { z } from 'zod';
import { type Path, pathKey } from './issues.ts';
import type { Surroundings } from './notes.ts';
import { rewrite, valueAt } from './plain.ts';
import { type Reference, resolveReferences } from './references.ts';
import { schemasAt } from './schema-walk.ts';
import { toIssues } from './zod-issues.ts';

type Section<Output> = {
  readonly written: unknown;
  readonly at: Path;
  readonly schema: z.ZodType<Output>;
  readonly unknownKey?: string;
  readonly otherKeys?: readonly string[];
};

/** `input` is as written, with references resolved. */
type Read<Output> = { readonly input: unknown; readonly data: Output };

/** Reads a part of the configuration that is no settings: judging needs it, so its references always resolve. Null with issues. */
export function readSection<Output>(section: Section<Output>, { lookup, notes }: Surroundings): Read<Output> | null {
  const { written, at, schema } = section;
  const { value, references, unresolved, malformed } = resolveReferences(written, at, lookup);
  notes.issues.push(...malformed, ...unresolved.map((each) => ({ ...each, nearest: null, line: null })));
  const { value: input, kept } = withPlainValues(value, references, at, schema);
  notes.secrets.push(...kept);
  const read = schema.safeParse(input);
  if (read.success) return malformed.length + unresolved.length === 0 ? { input, data: read.data } : null;
  const unreadable = new Set([...malformed, ...unresolved].map((each) => pathKey(each.at)));
  const fromReference = new Set(references.map((each) => pathKey(each.at)));
  const found = toIssues(read.error.issues, {
    at,
    schema,
    value: input,
    unknownKey: section.unknownKey ?? 'unknown key',
    otherKeys: section.otherKeys ?? [],
    shows: (place) => !fromReference.has(pathKey(place)),
  });
  notes.issues.push(...found.filter((each) => !unreadable.has(pathKey(each.at))));
  return null;
}

/**
 * A reference yields text. Where its place takes a number, a boolean or one of some words, it becomes that and is no secret: a port,
 * a count of runs, a mode. All others are kept as secrets.
 */
export function withPlainValues(
  value: unknown,
  references: readonly Reference[],
  base: Path,
  schema: z.core.$ZodType,
): { readonly value: unknown; readonly kept: readonly Reference[] } {
  const edits = new Map<string, unknown>();
  const kept = references.filter(({ at, value: text, whole }) => {
    if (!whole) return true;
    const inner = at.slice(base.length);
    const kinds = new Set(schemasAt(schema, value, inner).map((each) => each._zod.def.type));
    const plain = kinds.has('string') ? undefined : plainValue(text, kinds);
    if (plain === undefined || valueAt(value, inner) !== text) return true;
    edits.set(pathKey(inner), plain);
    return false;
  });
  return { value: rewrite(value, edits), kept };
}

function plainValue(text: string, kinds: ReadonlySet<string>): number | boolean | string | undefined {
  if (kinds.has('enum') || kinds.has('literal')) return text;
  if (kinds.has('number') && /^-?\d+(\.\d+)?$/.test(text)) return Number(text);
  if (kinds.has('boolean') && (text === 'true' || text === 'false')) return text === 'true';
  return undefined;
}
