import type { Analysis, RunStanding, SetAside } from '../model/analysis.ts';
import type { RunHeader } from '../model/evidence.ts';
import type { Policy, Scope } from '../model/policy.ts';
import type { TargetRecord, Vantage } from '../model/records.ts';
import { sinceOf } from './criteria.ts';

// Which runs count, for which targets, and why the others do not.

export type Question = {
  readonly context: string;
  readonly vantage: Vantage;
  readonly scope: Scope;
  /** In scope `run` the run that is judged alone; null for the latest. */
  readonly run: string | null;
  /** Names of the targets that were asked for; null for all. A control speaks for the way to any of them. */
  readonly only: readonly string[] | null;
  readonly judgedAt: string;
  readonly policy: Policy;
};

/** The runs that count for one target, in order of their start. */
export type TargetHistory = {
  /** As the latest of them has it. */
  readonly target: TargetRecord;
  readonly headers: readonly RunHeader[];
  readonly setAside: SetAside;
};

export type Roster = {
  /** Of this context and vantage, in order of their start. */
  readonly headers: readonly RunHeader[];
  readonly runs: readonly RunStanding[];
  readonly runsGone: Analysis['runsGone'];
  readonly targets: readonly TargetHistory[];
};

type Exclusion = keyof SetAside;
type Excluded = { readonly name: string; readonly why: Exclusion | null };

export function rosterOf(all: readonly RunHeader[], question: Question): Roster {
  const headers = ownRuns(all, question);
  const judged = question.scope === 'run' ? (question.run ?? headers.at(-1)?.run.run) : null;
  const inScope = headers.filter(({ run }) => judged === null || run.run === judged);
  const young = inScope.filter((header) => !isTooOld(header, question));
  const names = [...new Set(young.flatMap((header) => askedIn(header, question)))];
  const histories = names.map((name) => historyOf(name, inScope, question));
  const targets = histories.flatMap(({ history }) => (history === null ? [] : [history]));
  const standings = headers.map((header) =>
    standingOf(
      header,
      inScope.includes(header),
      askedIn(header, question).map((name) => ({
        name,
        why: isTooOld(header, question)
          ? 'tooOld'
          : (histories.find(({ name: own }) => own === name)?.excluded.get(header.run.run) ?? null),
      })),
    ),
  );
  return { headers, runs: standings, runsGone: goneFrom(young, headers, question), targets };
}

/** Evidence is never made better by taking a run away: those that came after it name it. */
function goneFrom(young: readonly RunHeader[], own: readonly RunHeader[], question: Question): Analysis['runsGone'] {
  const there = new Set(own.map(({ run }) => run.run));
  const named = young.flatMap(({ run }) => run.earlier);
  const gone = named.filter(({ run, at }) => !there.has(run) && isYoung(at, question));
  return [...new Map(gone.map((each) => [each.run, each])).values()];
}

const askedIn = ({ run }: RunHeader, { only }: Question): readonly string[] =>
  run.targets.filter(({ name, control }) => only === null || control || only.includes(name)).map(({ name }) => name);

/** In order of their start; a run that is there twice counts once. */
function ownRuns(all: readonly RunHeader[], { context, vantage }: Question): readonly RunHeader[] {
  const own = new Map<string, RunHeader>();
  for (const header of all) {
    const { run } = header;
    if (run.context.name === context && run.context.vantage === vantage) own.set(run.run, header);
  }
  return [...own.values()].sort(
    (a, b) => Date.parse(a.run.at) - Date.parse(b.run.at) || (a.run.run < b.run.run ? -1 : 1),
  );
}

const isYoung = (at: string, { judgedAt, policy }: Question): boolean =>
  Date.parse(judgedAt) - Date.parse(at) <= policy.maxAgeMs;

const isTooOld = ({ run }: RunHeader, question: Question): boolean => !isYoung(run.at, question);

type Sorted = {
  readonly name: string;
  readonly history: TargetHistory | null;
  readonly excluded: ReadonlyMap<string, Exclusion>;
};

/** A target is what its latest run connected to: runs that connected elsewhere are another history. */
function historyOf(name: string, headers: readonly RunHeader[], question: Question): Sorted {
  const naming = headers.flatMap((header) => {
    const target = header.run.targets.find((one) => one.name === name);
    return target === undefined ? [] : [{ header, target }];
  });
  const latest = naming.at(-1);
  const excluded = new Map<string, Exclusion>();
  if (latest === undefined) return { name, history: null, excluded };
  const sinceMs = Math.max(
    Number.NEGATIVE_INFINITY,
    ...sinceOf(question.policy, name, question.context).map(({ at }) => Date.parse(at)),
  );
  for (const { header, target } of naming) {
    if (target.digest !== latest.target.digest) excluded.set(header.run.run, 'otherTarget');
    else if (isTooOld(header, question)) excluded.set(header.run.run, 'tooOld');
    else if (Date.parse(header.run.at) < sinceMs) excluded.set(header.run.run, 'before');
  }
  const counted = naming.map(({ header }) => header).filter(({ run }) => !excluded.has(run.run));
  return {
    name,
    history: { target: latest.target, headers: counted, setAside: setAsideOf(excluded, counted) },
    excluded,
  };
}

function setAsideOf(excluded: ReadonlyMap<string, Exclusion>, counted: readonly RunHeader[]): SetAside {
  const count = (why: Exclusion) => [...excluded.values()].filter((one) => one === why).length;
  return {
    otherTarget: count('otherTarget'),
    tooOld: count('tooOld'),
    before: count('before'),
    // These still count by their failures.
    unreadable: counted.filter(({ state }) => state === 'damaged').length,
  };
}

const EXCLUSION_TEXT: Readonly<Record<Exclusion, string>> = {
  otherTarget: 'it connected elsewhere than the latest run does',
  tooOld: 'it is older than policy.maxAge',
  before: 'it is before policy.since',
  unreadable: 'it cannot be read',
};

function standingOf(
  { run, end, state, why, records }: RunHeader,
  inScope: boolean,
  exclusions: readonly Excluded[],
): RunStanding {
  const left = exclusions.filter((one) => one.why === null);
  const interrupted = end === null || end.interrupted;
  const reasons = inScope
    ? [...sayExclusions(exclusions), ...sayState(state, why, interrupted)]
    : ['another run is judged alone (scope run)'];
  return {
    id: run.run,
    requestedAt: run.requestedAt,
    startedAt: run.at,
    endedAt: end?.at ?? null,
    interrupted,
    profile: run.profile,
    scope: run.scope,
    counted: inScope && left.length > 0,
    why: reasons.length === 0 ? null : reasons.join('; '),
    configDigest: run.configDigest,
    invoker: run.invoker,
    records,
    numbering: run.context.process,
    hostname: run.context.host['hostname'] ?? null,
    notStarted: run.context.signs['launcher:not-started'] ?? null,
    lab: run.lab,
    kind: run.context.kind,
    ephemeral: run.context.ephemeral,
  };
}

function sayExclusions(exclusions: readonly Excluded[]): readonly string[] {
  if (exclusions.length === 0) return ['it tried no target that was asked for'];
  const kinds = new Set(exclusions.flatMap(({ why }) => (why === null ? [] : [why])));
  return [...kinds].map((kind) => {
    const names = exclusions.filter(({ why }) => why === kind).map(({ name }) => name);
    return `does not count for ${names.length === exclusions.length ? 'any target' : names.join(', ')}: ${EXCLUSION_TEXT[kind]}`;
  });
}

function sayState(state: RunHeader['state'], why: string | null, interrupted: boolean): readonly string[] {
  if (state === 'whole' && !interrupted) return [];
  return [
    `its failures count, and it never counts as clean: ${state === 'whole' ? 'it was interrupted' : (why ?? state)}`,
  ];
}
