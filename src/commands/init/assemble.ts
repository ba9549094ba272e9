import { stringify } from 'yaml';
import { loadConfig } from '../../config/load.ts';
import { PreflightError } from '../../model/preflight-error.ts';
import type { Registry } from '../../model/probe.ts';
import { type Draft, entry, missing, type Part, type TargetDraft, type Unmapped, type WorkloadDraft } from './draft.ts';
import { holdsSecret, type Needed, referencing, uniqueNames, variableNames } from './naming.ts';
import { isPlaceholder } from './placeholders.ts';

/** An entry of a section, as the configuration will hold it. */
export type Named = { readonly name: string; readonly data: object; readonly comments: readonly string[] };

export type Assembled = {
  readonly targets: readonly Named[];
  readonly workloads: readonly Named[];
  readonly contexts: readonly Named[];
  readonly unmapped: readonly Unmapped[];
  readonly needed: Needed;
};

/** Gives names, puts references where secrets were, and leaves out, with its reason, what the configuration would refuse. */
export function assemble(draft: Draft, registry: Registry): Assembled {
  const { accepted, refused } = writtenTargets(draft, registry);
  return {
    targets: accepted.map(({ name, data, target }) => ({
      name,
      data,
      comments: [...target.remarks, ...leftOutLines(target.unmapped)],
    })),
    workloads: workloadsOf(draft, new Map(accepted.map(({ target, name }) => [target, name]))),
    contexts: contextsOf(draft),
    unmapped: [...draft.unmapped, ...refused],
    needed: {
      variables: new Map(accepted.flatMap(({ needed }) => [...needed.variables])),
      secrets: new Set(accepted.flatMap(({ needed }) => [...needed.secrets])),
    },
  };
}

type Written = { readonly target: TargetDraft; readonly name: string; readonly data: Data; readonly needed: Needed };

function writtenTargets(draft: Draft, registry: Registry) {
  const secrets = secretsOf(draft.targets);
  const nameOf = uniqueNames();
  const variableOf = variableNames();
  const names = new Map<TargetDraft, string>();
  const accepted: Written[] = [];
  const refused: Unmapped[] = [];
  for (const target of needingUplink(draft)) {
    const name = nameOf(givesAway(target, secrets) ? '' : target.name, 'target');
    names.set(target, name);
    const owner = (target.sharesWith && names.get(target.sharesWith)) ?? name;
    const needed: Needed = { variables: new Map(), secrets: new Set() };
    const data = dataOf(target, referencing({ owner, secrets, variableOf }, needed));
    const problem = problemOf(name, data, registry);
    if (problem === null) accepted.push({ target, name, data, needed });
    else refused.push({ names: [name], reason: problem });
  }
  return { accepted, refused };
}

/** Names are made of what a target holds, and of its letters in lower case. */
const givesAway = ({ name, entries }: TargetDraft, secrets: readonly string[]): boolean =>
  holdsSecret(
    name.toLowerCase(),
    secrets.map((secret) => secret.toLowerCase()),
  ) || partsIn(entries).some(({ value, isSecret }) => !isSecret && value !== null && holdsSecret(value, secrets));

const partsIn = (entries: TargetDraft['entries']): readonly Part[] =>
  entries
    .flatMap(({ value }) => (typeof value === 'object' ? value : []))
    .flatMap((piece) => (typeof piece === 'string' ? [] : piece));

const secretsOf = (targets: readonly TargetDraft[]): readonly string[] => {
  const values = targets
    .flatMap(({ entries }) => partsIn(entries))
    .map(({ value, isSecret }) => (isSecret ? value : null));
  return [...new Set(values.flatMap((value) => (value === null || value === '' || isPlaceholder(value) ? [] : value)))];
};

/** A configuration without targets has nothing to try; this one is worth having beside any. */
const UPLINK: TargetDraft = {
  name: 'uplink',
  entries: [
    entry('type', 'tcp'),
    entry('host', missing('HOST')),
    { at: ['port'], value: 443 },
    { at: ['control'], value: true },
  ],
  remarks: ['a name that this context always has to reach: it tells a dead uplink from a dead target'],
  unmapped: [],
};

const needingUplink = ({ targets, workloads }: Draft): readonly TargetDraft[] =>
  targets.length === 0 && workloads.length > 0 ? [UPLINK] : targets;

type Data = { [key: string]: unknown };

function dataOf({ entries }: TargetDraft, written: ReturnType<typeof referencing>): Data {
  const data: Data = {};
  const sections = new Map<string, Data>();
  for (const { at, value } of entries) {
    const [first = '', second] = at;
    const plain = typeof value === 'object' ? written(value) : value;
    if (second === undefined) data[first] = plain;
    else {
      const section = sections.get(first) ?? {};
      sections.set(first, section);
      section[second] = plain;
      data[first] = section;
    }
  }
  return data;
}

/** What `probe check --offline-references` would say of it; null where nothing. */
function problemOf(name: string, data: Data, registry: Registry): string | null {
  const text = stringify({ version: 1, targets: { [name]: data } }, { lineWidth: 0 });
  try {
    loadConfig({ path: 'probe.yaml', text }, { registry, env: {}, secrets: null, references: 'offline' });
    return null;
  } catch (error) {
    if (!(error instanceof PreflightError)) throw error;
    return reasonIn(error.message);
  }
}

/** Without the place, which is in no file, and without the values that it quotes: `kafka://user:password@host` may be one. */
const reasonIn = (message: string): string =>
  message
    .replaceAll(/^probe\.yaml:\d+: targets\.\S+?(?=[.:])\.?/gm, '')
    .replaceAll(/(\["[^"]*"\])|".*"/g, (_, key: string | undefined) => key ?? '"…"')
    .replaceAll(/\s*\n\s*/g, '; ');

export const leftOutLines = (all: readonly Unmapped[]): readonly string[] =>
  all.map(({ names, reason }) => `not mapped: ${names.join(', ')} (${reason})`);

function workloadsOf({ workloads }: Draft, names: ReadonlyMap<TargetDraft, string>): readonly Named[] {
  const name = uniqueNames();
  const namesOf = (targets: readonly TargetDraft[]) => targets.flatMap((target) => names.get(target) ?? []);
  return workloads.map(({ name: wanted, uses, seen, connectsFrom, connectionsPerRun, remarks, toDo }) => {
    const all = namesOf(uses ?? []);
    const some = namesOf(seen);
    // a list without one that was refused would say that the workload can do without it
    const isWhole = uses !== null && uses.length === all.length;
    const found = isWhole ? [] : [...all, ...some];
    return {
      name: name(wanted ?? `${[...all, ...some][0] ?? 'spark'}-reader`, 'workload'),
      data: {
        ...(toDo === undefined ? {} : allToDo(toDo)),
        ...(isWhole ? { uses: all } : {}),
        ...(connectsFrom === null ? {} : { connectsFrom }),
        ...(connectionsPerRun === null ? {} : { connectionsPerRun }),
      },
      comments: [
        ...remarks,
        ...(found.length === 0 ? [] : [`found so far, write it when that is all: uses: [${found.join(', ')}]`]),
      ],
    };
  });
}

const TO_DO = 'TODO';

/** In the order in which one asks. That a job does not say so is no answer: what the code needs is a question too. */
const allToDo = ({ needs, runsPerMonth }: NonNullable<WorkloadDraft['toDo']>): Data => ({
  uses: TO_DO,
  connectsFrom: TO_DO,
  duration: TO_DO,
  longestIdle: TO_DO,
  connectionsPerRun: TO_DO,
  runsPerMonth: runsPerMonth ?? TO_DO,
  needs: [...needs, TO_DO],
});

/** A context that two jobs share is one. */
function contextsOf({ contexts }: Draft): readonly Named[] {
  const name = uniqueNames();
  const first = contexts.filter((each, index) => contexts.findIndex((other) => other.name === each.name) === index);
  return first.map((context) => ({
    name: name(context.name, 'context'),
    data: { ephemeral: true },
    comments: context.remarks,
  }));
}
