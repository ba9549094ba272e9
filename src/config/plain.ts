import { type Path, pathKey } from './issues.ts';

// Plain data as YAML gives it: mappings, lists and scalars.

export type Mapping = Readonly<Record<string, unknown>>;

export function isMapping(value: unknown): value is Mapping {
  if (value === null || typeof value !== 'object') return false;
  return Object.getPrototypeOf(value) === Object.prototype;
}

export function entriesOf(value: unknown): readonly (readonly [string | number, unknown])[] {
  if (Array.isArray(value)) return value.map((item, index) => [index, item] as const);
  return isMapping(value) ? Object.entries(value) : [];
}

export function valueAt(value: unknown, at: Path): unknown {
  return at.reduce<unknown>((inner, part) => {
    if (Array.isArray(inner) && typeof part === 'number') return inner[part];
    return isMapping(inner) && typeof part === 'string' && Object.hasOwn(inner, part) ? inner[part] : undefined;
  }, value);
}

/** The same data with other values at some places; the key of a place is its `pathKey`. */
export function rewrite(value: unknown, edits: ReadonlyMap<string, unknown>, at: Path = []): unknown {
  const key = pathKey(at);
  if (edits.has(key)) return edits.get(key);
  if (Array.isArray(value)) return value.map((item, index) => rewrite(item, edits, [...at, index]));
  if (!isMapping(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, rewrite(inner, edits, [...at, name])]));
}

/** JSON with sorted keys, so that order, comments and layout do not change a digest. */
export function canonicalJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`;
  if (!isMapping(value)) return JSON.stringify(value) ?? 'null';
  const members = Object.keys(value)
    .sort()
    .map((key) => `${JSON.stringify(key)}:${canonicalJson(value[key])}`);
  return `{${members.join(',')}}`;
}
