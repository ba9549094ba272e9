import { createHash } from 'node:crypto';
import { dirname } from 'node:path';
import type { z } from 'zod';
import type { Config, ConfiguredTarget, LabRun } from '../model/config.ts';
import { DEFAULT_POLICY } from '../model/policy.ts';
import { PreflightError } from '../model/preflight-error.ts';
import type { Registry } from '../model/probe.ts';
import { crossCheck } from './cross-checks.ts';
import { type Issue, issue, issueLines, type Path } from './issues.ts';
import { labIssues, labSchema } from './lab-section.ts';
import { nearest } from './nearest.ts';
import type { References, Surroundings } from './notes.ts';
import { canonicalJson, isMapping, type Mapping } from './plain.ts';
import { policySchema } from './policy-section.ts';
import type { ConfigSource } from './read.ts';
import { samplingSchema } from './sampling.ts';
import { gatherSecrets, weakSecretWarnings } from './secrets.ts';
import { readSection } from './section.ts';
import { loadTarget } from './targets.ts';
import { contextSchema, workloadSchema } from './workloads.ts';
import { parseYaml } from './yaml-source.ts';

export type LoadOptions = {
  readonly registry: Registry;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** The parsed --secrets-stdin; null where it was not given. */
  readonly secrets: Readonly<Record<string, string>> | null;
  readonly references: References;
  /** The rules that hold for every probe, so that a waiver of a rule that does not exist is found. */
  readonly generalRules?: readonly string[];
  /** Waivers, `since` and the time of a lab are measured against it; the present by default. */
  readonly now?: Date;
};

const SECTIONS = ['version', 'sampling', 'targets', 'workloads', 'contexts', 'policy', 'lab'];

/** Reads and checks a whole configuration. Throws one ERR_CONFIG that lists every mistake with its place. */
export function loadConfig(source: ConfigSource, options: LoadOptions): Config {
  const yaml = parseYaml(source.text);
  const folder = source.folder ?? dirname(source.path);
  const around: Surroundings = {
    lookup: { env: options.env, secrets: options.secrets, folder },
    references: options.references,
    notes: { issues: [...yaml.problems], warnings: [], secrets: [] },
  };
  const place = { file: source.path, lineOf: yaml.lineOf };
  const loaded = yaml.damaged ? null : loadDocument(yaml.value, options, around);
  const { issues, warnings, secrets } = around.notes;
  if (issues.length > 0 || loaded === null)
    throw new PreflightError('ERR_CONFIG', issueLines(issues, place).join('\n'));
  const names = [...loaded.targets, ...loaded.workloads, ...loaded.contexts].map((each) => each.name);
  const gathered = gatherSecrets(secrets, names);
  const all = [...warnings, ...weakSecretWarnings(secrets, gathered)];
  return { path: source.path, ...loaded, secrets: gathered, warnings: issueLines(all, place) };
}

type Loaded = Omit<Config, 'path' | 'secrets' | 'warnings'>;

function loadDocument(document: unknown, options: LoadOptions, around: Surroundings): Loaded | null {
  const { issues, warnings } = around.notes;
  if (!isMapping(document)) {
    issues.push(issue([], 'expected a mapping with version and targets'));
    return null;
  }
  issues.push(...unknownSections(document), ...versionIssues(document));
  const sampling = readSection(
    { written: document['sampling'] ?? {}, at: ['sampling'], schema: samplingSchema },
    around,
  );
  const { targets, masked } = loadTargets(document['targets'], options.registry, around);
  const workloads = readNamed(document, 'workloads', workloadSchema, around);
  const contexts = readNamed(document, 'contexts', contextSchema, around);
  const policy = readSection({ written: document['policy'] ?? {}, at: ['policy'], schema: policySchema }, around);
  const now = options.now ?? new Date();
  const lab = readLab(document, around);
  // who only judges connects to nothing
  if (lab !== null && around.references !== 'ignore') issues.push(...labIssues(lab, targets, now));
  const targetNames = isMapping(document['targets']) ? Object.keys(document['targets']) : [];
  const contextNames = isMapping(document['contexts']) ? Object.keys(document['contexts']) : [];
  const crossed = crossCheck({
    targetNames,
    targets,
    workloads,
    contextNames,
    policy: policy?.data ?? DEFAULT_POLICY,
    generalRules: options.generalRules ?? null,
    now,
  });
  issues.push(...crossed.issues);
  warnings.push(...crossed.warnings);
  if (sampling === null || policy === null) return null;
  return {
    digest: `sha256:${createHash('sha256')
      .update(canonicalJson({ ...withoutLab(document), targets: masked }))
      .digest('hex')}`,
    sampling: sampling.data,
    targets,
    workloads,
    contexts,
    policy: policy.data,
    lab,
  };
}

const readLab = (document: Mapping, around: Surroundings): LabRun | null =>
  'lab' in document
    ? (readSection({ written: document['lab'], at: ['lab'], schema: labSchema }, around)?.data ?? null)
    : null;

/** It is another one in each run, and changes nothing of what is tried. */
const withoutLab = ({ lab: _, ...document }: Mapping): Mapping => document;

const unknownSections = (document: Mapping): Issue[] =>
  Object.keys(document)
    .filter((key) => !SECTIONS.includes(key))
    .map((key) => issue([key], 'unknown key', nearest(key, SECTIONS)));

function versionIssues({ version }: Mapping): Issue[] {
  if (version === 1) return [];
  return [issue(['version'], version === undefined ? 'is missing; expected 1' : 'expected 1')];
}

type LoadedTargets = { readonly targets: readonly ConfiguredTarget[]; readonly masked: Mapping };

function loadTargets(written: unknown, registry: Registry, around: Surroundings): LoadedTargets {
  const entries = namedEntries(written ?? {}, ['targets'], around);
  if (entries !== null && entries.length === 0)
    around.notes.issues.push(issue(['targets'], 'expected at least one target: without any there is nothing to try'));
  const loaded = (entries ?? []).map(([name, entry]) => ({ name, ...loadTarget(name, entry, registry, around) }));
  return {
    targets: loaded.flatMap(({ target }) => target ?? []),
    masked: Object.fromEntries(loaded.map(({ name, masked }) => [name, masked])),
  };
}

/** The entries of a section whose keys are names, each read by the same schema. */
function readNamed<Output extends object>(
  document: Mapping,
  section: string,
  schema: z.ZodType<Output>,
  around: Surroundings,
): (Output & { readonly name: string })[] {
  const entries = namedEntries(document[section] ?? {}, [section], around) ?? [];
  return entries.flatMap(([name, written]) => {
    const read = readSection({ written, at: [section, name], schema }, around);
    return read === null ? [] : [{ ...read.data, name }];
  });
}

/** Names are given on the command line and are part of file names. */
const NAME = /^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$/;

function namedEntries(written: unknown, at: Path, { notes }: Surroundings): [string, unknown][] | null {
  if (!isMapping(written)) {
    notes.issues.push(issue(at, 'expected a mapping from names to entries'));
    return null;
  }
  const entries = Object.entries(written);
  for (const [name] of entries)
    if (!NAME.test(name))
      notes.issues.push(issue([...at, name], 'expected a name of letters, digits, dots, dashes and underscores'));
  return entries;
}
