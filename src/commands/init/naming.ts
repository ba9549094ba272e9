import type { Part, Text } from './draft.ts';
import { asReferences, isPlaceholder, isTemplate } from './placeholders.ts';

/** Every name once: the second `claims-db` is `claims-db-2`. */
export function uniqueNames(): (wanted: string, otherwise: string) => string {
  const taken = new Set<string>();
  return (wanted, otherwise) => {
    const plain = wanted
      .replace(/[^A-Za-z0-9._-]+/g, '-')
      .replace(/^[^A-Za-z0-9]+|-+$/g, '')
      .slice(0, 60);
    const base = plain === '' ? otherwise : plain;
    let name = base;
    for (let count = 2; taken.has(name); count++) name = `${base}-${count}`;
    taken.add(name);
    return name;
  };
}

/** What has to be given before a run. */
export type Needed = {
  /** Environment variables, each with what it is. */
  readonly variables: Map<string, string>;
  /** `scope/key` for --secrets-stdin. */
  readonly secrets: Set<string>;
};

/** The variable of a role of a target: always the same, and of no other. */
export function variableNames(): (target: string, role: string) => string {
  const named = new Map<string, string>();
  return (target, role) => {
    const key = `${target}/${role}`;
    const prefix = target
      .toUpperCase()
      .replace(/[^A-Z0-9]+/g, '_')
      .replace(/^(?=\d)/, '_');
    const base = `${prefix}_${role}`;
    let name = named.get(key) ?? base;
    for (let count = 2; !named.has(key) && [...named.values()].includes(name); count++) name = `${base}_${count}`;
    named.set(key, name);
    return name;
  };
}

export type Naming = {
  /** The target whose variables these are. */
  readonly owner: string;
  readonly secrets: readonly string[];
  readonly variableOf: ReturnType<typeof variableNames>;
};

/** Turns the text of one target's settings into what the configuration holds, and notes what it needs. No secret comes through. */
export function referencing({ owner, secrets, variableOf }: Naming, needed: Needed): (text: Text) => string {
  const toVariable = (role: string): string => {
    const name = variableOf(owner, role);
    needed.variables.set(name, `${role.toLowerCase().replaceAll('_', ' ')} of ${owner}`);
    return `\${env:${name}}`;
  };

  const toReferences = (value: string): string => {
    const { text, variables, secrets: named } = asReferences(value);
    for (const name of variables) needed.variables.set(name, 'as in the source');
    for (const name of named) needed.secrets.add(name);
    return text;
  };

  const written = ({ role, value, isSecret }: Part): string => {
    if (value === null) return toVariable(role);
    if (isPlaceholder(value)) return toReferences(value);
    if (isSecret || isTemplate(value) || SPILLED.test(value) || holdsSecret(value, secrets)) return toVariable(role);
    return toReferences(value);
  };

  return (text) => text.map((piece) => (typeof piece === 'string' ? piece : written(piece))).join('');
}

/** The rest of a command line, behind a value without its quotes: `Claims --password=…`. */
const SPILLED = /\b(?:pass\w*|pwd|secret|token)\s*[=:]|\s-P/i;

/** A secret shorter than this is found in any text. */
const SHORTEST_WITHIN = 8;

/** A user name that is the password as well would give it away. */
export const holdsSecret = (value: string, secrets: readonly string[]): boolean =>
  secrets.some((secret) => value === secret || (secret.length >= SHORTEST_WITHIN && value.includes(secret)));
