import { isAbsolute, join } from 'node:path';
import { PreflightError } from '../model/preflight-error.ts';
import type { AnyProbe, Bound } from '../model/probe.ts';
import { Redaction } from '../model/redaction.ts';
import type { FileValue } from '../model/settings.ts';
import { readFileValue } from './files.ts';
import { type Issue, issue, type Path, pathKey, pathText, startsWith } from './issues.ts';
import type { SecretNote, Surroundings } from './notes.ts';
import { canonicalJson, type Mapping, rewrite, valueAt } from './plain.ts';
import { isCertificates, publicPart } from './public-part.ts';
import { hasReference, type Reference, referencesIn, resolveReferences } from './references.ts';
import { markOf, visit } from './schema-walk.ts';
import { withPlainValues } from './section.ts';
import { toIssues } from './zod-issues.ts';

type Settings = {
  readonly probe: AnyProbe;
  readonly written: Mapping;
  readonly at: Path;
  readonly otherKeys: readonly string[];
};

type BoundSettings = {
  /** Null where a reference or a file stayed unread, or with issues. */
  readonly bound: Bound | null;
  readonly canonical: string;
  /** The same with nothing resolved and no file read: alike whether its references resolve or not. */
  readonly unresolved: string;
  /** As written, without any secret that is written out. */
  readonly masked: unknown;
};

/** What is known of the marked places: file contents and absolute paths for the probe, their public side for the digest. */
type Marked = {
  readonly edits: ReadonlyMap<string, unknown>;
  readonly digests: ReadonlyMap<string, unknown>;
  readonly masks: ReadonlyMap<string, unknown>;
  /** Files that are written out in the configuration. */
  readonly inline: readonly string[];
  readonly unread: readonly Path[];
  readonly secrets: readonly SecretNote[];
};

/** How to connect: references resolved, files read, the probe's own schema applied. */
export function bindSettings(settings: Settings, surroundings: Surroundings): BoundSettings {
  const { probe, written, at } = settings;
  const { lookup, references: mode, notes } = surroundings;
  const resolution = resolveReferences(written, at, mode === 'ignore' ? null : lookup);
  notes.issues.push(...resolution.malformed);
  notes[mode === 'resolve' ? 'issues' : 'warnings'].push(
    ...(mode === 'ignore' ? [] : resolution.unresolved.map((each) => issue(each.at, each.expectation))),
  );
  const { value, kept } = withPlainValues(resolution.value, resolution.references, at, probe.settings);
  const unresolved = [...resolution.unresolved, ...resolution.malformed].map((each) => each.at);
  const marked = readMarked({ settings, value, unresolved }, surroundings);
  const input = rewrite(value, marked.edits);
  const open = [...unresolved, ...marked.unread];
  const bound = open.length === 0 ? bind(settings, input, [...kept, ...marked.secrets], notes.issues) : null;
  if (open.length > 0) checkAround(settings, input, open, notes.issues);
  notes.secrets.push(...marked.secrets, ...secretReferences(kept, bound));
  notes.secrets.push(...(bound?.secrets ?? []).map((secret) => ({ value: secret, source: pathText(at), at })));
  const inText = (bound?.secrets ?? []).filter((secret) => !kept.some((each) => each.value.includes(secret)));
  const withoutLiterals = (data: unknown) => redactionOf(inText.map((each) => ({ value: each }))).data(data);
  const masked = rewrite(written, marked.masks);
  return {
    bound,
    canonical: canonicalJson({ type: probe.type, settings: withoutLiterals(rewrite(masked, marked.digests)) }),
    unresolved: canonicalJson({ type: probe.type, settings: withoutLiterals(rewrite(masked, inlineIn(marked))) }),
    masked: withoutLiterals(masked),
  };
}

/** What a file that is written out holds is known only where it was read. */
const inlineIn = ({ inline }: Marked): ReadonlyMap<string, unknown> => new Map(inline.map((key) => [key, '[inline]']));

type Resolved = { readonly settings: Settings; readonly value: unknown; readonly unresolved: readonly Path[] };

function readMarked({ settings, value, unresolved }: Resolved, { lookup, references, notes }: Surroundings): Marked {
  const edits = new Map<string, unknown>();
  const digests = new Map<string, unknown>();
  const masks = new Map<string, unknown>();
  const inline: string[] = [];
  const unread: Path[] = [];
  const secrets: SecretNote[] = [];
  for (const place of visit([settings.probe.settings], value)) {
    const at = [...settings.at, ...place.at];
    const key = pathKey(place.at);
    const asWritten = valueAt(settings.written, place.at);
    const isOpen = unresolved.some((each) => startsWith(each, at));
    const mark = markOf(place.schemas);
    if (mark === 'secret') {
      masks.set(key, typeof asWritten === 'string' && hasReference(asWritten) ? referencesIn(asWritten) : '[secret]');
      if (typeof place.value === 'string' && !isOpen) secrets.push({ value: place.value, source: pathText(at), at });
    } else if (mark === 'path' && typeof place.value === 'string' && !isOpen) {
      edits.set(key, isAbsolute(place.value) ? place.value : join(lookup.folder, place.value));
    } else if (mark === 'file') {
      const read = isOpen || references === 'ignore' ? null : readFileValue(place.value, asWritten, lookup.folder);
      if (read !== null && 'file' in read) {
        edits.set(key, read.file);
        digests.set(key, publicPart(read.file));
        secrets.push(...privateKeysOf(read.file, at));
      } else {
        unread.push(at);
        if (read !== null) notes.issues.push(issue(at, read.missing));
      }
      if (typeof asWritten !== 'string' && !hasReference(asWritten)) {
        masks.set(key, digests.get(key) ?? '[inline]');
        inline.push(key);
      }
    }
  }
  return { edits, digests, masks, inline, unread, secrets };
}

const privateKeysOf = (file: FileValue, at: Path): SecretNote[] =>
  [...file.text.matchAll(/-----BEGIN [A-Z ]*PRIVATE KEY-----[\s\S]*?-----END [A-Z ]*PRIVATE KEY-----/g)].map(
    ([pem]) => ({
      value: pem,
      source: pathText(at),
      at,
    }),
  );

function bind(
  settings: Settings,
  input: unknown,
  secrets: readonly { value: string }[],
  issues: Issue[],
): Bound | null {
  try {
    const tried = settings.probe.bind(input);
    if ('bound' in tried) return tried.bound;
    issues.push(...settingIssues(settings, input, tried.issues, secrets));
  } catch (error) {
    // A probe opens keystores and parses URLs while it describes: what the operator must mend there is one more issue.
    if (!(error instanceof PreflightError)) throw error;
    const text = error.hint === null ? error.message : `${error.message}; ${error.hint}`;
    issues.push(issue(settings.at, redactionOf(secrets).text(text)));
  }
  return null;
}

/** The schema over settings with open places: only what none of them can explain is a mistake. */
function checkAround(settings: Settings, input: unknown, open: readonly Path[], issues: Issue[]): void {
  const read = settings.probe.settings.safeParse(input);
  if (read.success) return;
  const related = (at: Path) => open.some((place) => startsWith(place, at) || startsWith(at, place));
  const certain = read.error.issues.filter((found) => {
    const at = [...settings.at, ...found.path.map((part) => (typeof part === 'symbol' ? String(part) : part))];
    return found.code === 'unrecognized_keys' || !related(at);
  });
  issues.push(...settingIssues(settings, input, certain, []));
}

function settingIssues(
  settings: Settings,
  input: unknown,
  found: Parameters<typeof toIssues>[0],
  secrets: readonly { readonly value: string }[],
): Issue[] {
  const { probe, at, otherKeys } = settings;
  const unknownKey = `unknown setting of probe ${JSON.stringify(probe.type)}`;
  const reading = { at, schema: probe.settings, value: input, unknownKey, otherKeys, shows: () => false };
  const redaction = redactionOf(secrets);
  return toIssues(found, reading).map((each) => ({ ...each, expectation: redaction.text(each.expectation) }));
}

/** A probe's author may quote a value in a message of a schema. */
function redactionOf(secrets: readonly { readonly value: string }[]): Redaction {
  const redaction = new Redaction();
  for (const { value } of secrets) redaction.add(value, false);
  return redaction;
}

/** The server's own name must stay readable in the report, also where it came out of a reference; a certificate is public. */
function secretReferences(references: readonly Reference[], bound: Bound | null): Reference[] {
  const servers = bound?.footprint.servers.map((server) => server.address) ?? [];
  const addresses = bound === null ? [] : [bound.endpoint, ...servers];
  const readable = new Set(addresses.flatMap((address) => [address, ...partsOf(address)]));
  return references.filter(
    ({ value }) => !isCertificates(value) && !value.split(',').every((part) => readable.has(part.trim())),
  );
}

function partsOf(address: string): string[] {
  const [, host = '', port = ''] = /^(.*):(\d+)$/.exec(address) ?? [];
  return [host, host.replace(/^\[|\]$/g, ''), port].filter((part) => part !== '');
}
