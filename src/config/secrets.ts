import type { SecretValue } from '../model/config.ts';
import { PreflightError } from '../model/preflight-error.ts';
import { type Issue, issue } from './issues.ts';
import type { SecretNote } from './notes.ts';
import { isMapping } from './plain.ts';

/** Below this a value would turn up in too many names to be cleared from them. */
const SHORT = 8;

/** Each value once, with all the places it came from. */
export function gatherSecrets(notes: readonly SecretNote[], names: readonly string[]): SecretValue[] {
  const sources = new Map<string, Set<string>>();
  for (const { value, source } of notes) {
    if (value === '') continue;
    sources.set(value, (sources.get(value) ?? new Set()).add(source));
  }
  return [...sources].map(([value, from]) => ({
    value,
    source: [...from].join(', '),
    weak: value.length < SHORT || names.includes(value),
  }));
}

export function weakSecretWarnings(notes: readonly SecretNote[], gathered: readonly SecretValue[]): Issue[] {
  const weak = new Map(gathered.filter((secret) => secret.weak).map((secret) => [secret.value, secret]));
  return notes.flatMap(({ value, at }) => {
    if (!weak.has(value)) return [];
    const why = value.length < SHORT ? `is shorter than ${SHORT} characters` : 'equals a name in this file';
    return [issue(at, `this secret ${why}: it is redacted in free text only`)];
  });
}

/** What `--secrets-stdin` reads: one JSON object from `scope/key` to value. No message shows any of it. */
export function parseSecrets(text: string): Record<string, string> {
  const hint = 'expected one JSON object on standard input, such as { "scope/key": "value" }';
  const refuse = (message: string) => new PreflightError('ERR_SECRETS', message, hint);
  if (text.trim() === '') throw refuse('standard input is empty, and --secrets-stdin reads the secrets from it');
  const parsed = parseJson(text);
  if (!isMapping(parsed)) throw refuse('standard input is not one JSON object');
  const secrets: Record<string, string> = Object.create(null);
  Object.entries(parsed).forEach(([name, value], index) => {
    if (!/^[^/]+\/.+$/.test(name)) throw refuse(`the key of secret ${index + 1} on standard input is not scope/key`);
    if (typeof value !== 'string') throw refuse(`the value of secret ${index + 1} on standard input is no text`);
    secrets[name] = value;
  });
  return secrets;
}

/** Undefined for what is no JSON: the engine's own message quotes the text. */
function parseJson(text: string): unknown {
  try {
    return JSON.parse(text.replace(/^\uFEFF/, ''));
  } catch {
    return undefined;
  }
}
