import { dateText, verb } from '../judge/words.ts';
import type { Seen } from '../model/analysis.ts';
import type { Handoff } from '../model/decision.ts';
import type { ReportFinding } from '../model/report.ts';
import type { WholePlace } from './place.ts';

// Whether what one context writes another can read: canaries of targets of type `storage`, matched by their digest.

/** What a storage target's observations say of canaries. */
type Canaries = {
  readonly wrote: ReadonlySet<string>;
  readonly read: readonly { readonly context: string; readonly digest: string; readonly at: string }[];
};

/** Handoffs from one context to another, by the names of both. */
export type Handoffs = (writer: string, reader: string) => readonly Handoff[];

/** Through every storage target that the present configuration still has; null where there is none, and the evidence speaks for itself. */
export const handoffsIn =
  (whole: readonly WholePlace[], configured: readonly string[] | null): Handoffs =>
  (writer, reader) => {
    const of = (name: string) => whole.filter(({ candidate }) => candidate.name === name);
    const [there, here] = [of(writer), of(reader)];
    const names = new Set([...there, ...here].flatMap(storagesOf));
    return [...names]
      .filter((name) => configured === null || configured.includes(name))
      .map((target) => ({ target, writtenIn: writer, readIn: reader, ...judged(target, there, here) }));
  };

const storagesOf = ({ place: { analysis } }: WholePlace): readonly string[] =>
  analysis.targets.filter(({ target }) => target.type === 'storage').map(({ target }) => target.name);

type Outcome = Pick<Handoff, 'verdict' | 'observed'>;

/** A canary that once came over says nothing of a storage that fails by now, or of another one under the same name. */
function judged(target: string, writers: readonly WholePlace[], readers: readonly WholePlace[]): Outcome {
  const both = [...writers, ...readers];
  const open = both.flatMap((whole) => openIn(whole, target));
  const [first] = open;
  if (first !== undefined) return { verdict: 'fail', observed: first };
  const gone = both.find(({ place }) => place.gaps.some((gap) => gap.target === target));
  if (gone !== undefined) {
    const observed = `in ${gone.candidate.name} no evidence speaks of ${target} as it connects now`;
    return { verdict: 'inconclusive', observed };
  }
  return matched(target, writers, readers);
}

/** What fails of the storage itself. */
const openIn = ({ candidate, report }: WholePlace, target: string): readonly string[] =>
  (report.targets.find(({ name }) => name === target)?.findings ?? [])
    .filter(isOpen)
    .map(({ rule, observed }) => `${target} itself fails in ${candidate.name}: ${rule}: ${observed}`);

const isOpen = ({ verdict, waiver }: ReportFinding): boolean => verdict === 'fail' && waiver === null;

function matched(target: string, writers: readonly WholePlace[], readers: readonly WholePlace[]): Outcome {
  const [writer, reader] = [nameOf(writers), nameOf(readers)];
  const written = canariesOf(target, writers);
  const found = canariesOf(target, readers).read.filter(({ context }) => context === writer);
  const whole = found.filter(({ digest }) => written.wrote.has(digest));
  // a canary that stays is read in many runs, and came with the first of them
  const came = new Map(whole.toSorted((a, b) => (a.at < b.at ? 1 : -1)).map(({ digest, at }) => [digest, at]));
  const last = [...came.values()].sort().at(-1);
  if (last !== undefined) {
    const canaries = came.size;
    const observed = `${canaries} ${verb(canaries, 'canary', 'canaries')} of ${writer} came whole to ${reader}, the last ${dateText(last)} UTC`;
    return { verdict: 'pass', observed };
  }
  if (found.length > 0) {
    const observed = `${reader} read ${digestsOf(found)} of ${writer} that are none of those in the evidence: pass the evidence of the runs that wrote them`;
    return { verdict: 'inconclusive', observed };
  }
  return { verdict: 'inconclusive', observed: untried(written.wrote.size, writer, reader) };
}

/** A canary is read again by each run that comes before its writer's next one. */
const digestsOf = (read: Canaries['read']): number => new Set(read.map(({ digest }) => digest)).size;

const nameOf = ([first]: readonly WholePlace[]): string => first?.candidate.name ?? 'a context without evidence';

const untried = (written: number, writer: string, reader: string): string =>
  written === 0
    ? `${writer} has written no canary: run it there, and then in ${reader}`
    : `${reader} has read none of the ${written} that ${writer} wrote: run it in ${reader} after a run in ${writer}`;

function canariesOf(name: string, whole: readonly WholePlace[]): Canaries {
  const observations = whole
    .flatMap(({ place }) => place.analysis.targets)
    .filter(({ target }) => target.name === name && target.type === 'storage')
    .flatMap((target) => target.observations);
  return {
    wrote: new Set(observations.flatMap(({ value }) => textAt(value, 'wrote') ?? [])),
    read: observations.flatMap(readIn),
  };
}

function readIn({ value, firstAt }: Seen<unknown>): Canaries['read'] {
  const read = valueAt(value, 'read');
  if (!Array.isArray(read)) return [];
  return read.flatMap((one: unknown) => {
    const [context, digest] = [textAt(one, 'context'), textAt(one, 'digest')];
    return context === null || digest === null ? [] : [{ context, digest, at: firstAt }];
  });
}

const valueAt = (value: unknown, key: string): unknown =>
  typeof value === 'object' && value !== null ? Object.entries(value).find(([name]) => name === key)?.[1] : undefined;

function textAt(value: unknown, key: string): string | null {
  const found = valueAt(value, key);
  return typeof found === 'string' ? found : null;
}
