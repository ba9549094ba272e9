import { z } from 'zod';
import type { Path } from './issues.ts';
import { entriesOf, isMapping, valueAt } from './plain.ts';

// A probe's settings say with marks on their schemas what the loader must know of a value. Schema and value are walked together,
// so that in a union only the alternatives that the value can mean are asked.

type Schema = z.core.$ZodType;

export type Mark = 'secret' | 'file' | 'path';

/** One place of the value, with every schema that may describe it. */
export type Visited = { readonly at: Path; readonly value: unknown; readonly schemas: readonly Schema[] };

export function* visit(schemas: readonly Schema[], value: unknown, at: Path = []): Generator<Visited> {
  const all = schemas.flatMap((schema) => [...layers(schema, value)]);
  yield { at, value, schemas: all };
  if (markOf(all) === 'file') return;
  for (const [key, inner] of entriesOf(value)) {
    const inside = all.flatMap((schema) => childOf(schema, key) ?? []);
    if (inside.length > 0) yield* visit(inside, inner, [...at, key]);
  }
}

export function markOf(schemas: readonly Schema[]): Mark | null {
  for (const schema of schemas) {
    const meta = z.globalRegistry.get(schema);
    if (meta?.['writeOnly'] === true) return 'secret';
    const format = meta?.['format'];
    if (format === 'file' || format === 'path') return format;
  }
  return null;
}

/** The schemas of one place, or none where the schema does not know it. */
export function schemasAt(schema: Schema, value: unknown, at: Path): readonly Schema[] {
  let all = [...layers(schema, value)];
  at.forEach((key, index) => {
    const inner = valueAt(value, at.slice(0, index + 1));
    all = all.flatMap((each) => childOf(each, key) ?? []).flatMap((child) => [...layers(child, inner)]);
  });
  return all;
}

/** The keys that a place knows, over all alternatives that its value can mean. */
export function keysAt(schema: Schema, value: unknown, at: Path): string[] {
  return schemasAt(schema, value, at).flatMap((each) => {
    if (each instanceof z.ZodObject) return Object.keys(each.shape);
    if (each instanceof z.ZodRecord) return [...(each.keyType._zod.values ?? [])].map(String);
    return [];
  });
}

/** A schema and what it wraps, down to those that say which values are taken. */
function* layers(schema: Schema, value: unknown): Generator<Schema> {
  yield schema;
  for (const inner of wrappedBy(schema, value)) yield* layers(inner, value);
}

function wrappedBy(schema: Schema, value: unknown): readonly Schema[] {
  if (
    schema instanceof z.ZodOptional ||
    schema instanceof z.ZodExactOptional ||
    schema instanceof z.ZodNullable ||
    schema instanceof z.ZodDefault ||
    schema instanceof z.ZodPrefault ||
    schema instanceof z.ZodNonOptional ||
    schema instanceof z.ZodCatch ||
    schema instanceof z.ZodReadonly
  )
    return [schema.def.innerType];
  if (schema instanceof z.ZodPipe) return [schema.def.in instanceof z.ZodTransform ? schema.def.out : schema.def.in];
  if (schema instanceof z.ZodUnion) {
    const fitting = schema.options.filter((option) => canMean(option, value));
    return fitting.length > 0 ? fitting : schema.options;
  }
  if (schema instanceof z.ZodIntersection) return [schema.def.left, schema.def.right];
  if (schema instanceof z.ZodLazy) return [schema.def.getter()];
  return [];
}

function childOf(schema: Schema, key: string | number): Schema | null {
  if (schema instanceof z.ZodObject) {
    const known: Schema | undefined = Object.hasOwn(schema.shape, key) ? schema.shape[key] : undefined;
    return known ?? schema.def.catchall ?? null;
  }
  if (schema instanceof z.ZodRecord) return schema.valueType;
  if (schema instanceof z.ZodArray) return schema.element;
  if (schema instanceof z.ZodTuple && typeof key === 'number') return schema.def.items[key] ?? schema.def.rest ?? null;
  return null;
}

/** Whether an alternative of a union may be the one that the value is written for: by its kind, then by its fixed keys. */
function canMean(option: Schema, value: unknown): boolean {
  const innermost = [...layers(option, value)];
  if (markOf(innermost) === 'file') return typeof value === 'string' || isMapping(value);
  const object = innermost.find((schema) => schema instanceof z.ZodObject);
  if (object !== undefined) return isMapping(value) && fixedKeysFit(object, value);
  if (innermost.some((schema) => schema instanceof z.ZodRecord)) return isMapping(value);
  if (innermost.some((schema) => schema instanceof z.ZodArray || schema instanceof z.ZodTuple))
    return Array.isArray(value);
  return !isMapping(value) && !Array.isArray(value);
}

function fixedKeysFit(object: z.ZodObject, value: Readonly<Record<string, unknown>>): boolean {
  return Object.entries(object.shape).every(([key, schema]) => {
    const taken = schema._zod.values;
    const given = value[key];
    return taken === undefined || given === undefined || [...taken].some((each) => each === given);
  });
}
