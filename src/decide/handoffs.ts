import { countOf, dateText } from '../judge/words.ts';
import type { Seen } from '../model/analysis.ts';
import type { Handoff } from '../model/decision.ts';
import type { Candidate } from './place.ts';

// Whether what one context writes another can read: canaries of targets of type `storage`, matched by their digest.

/** What a storage target's observations say of canaries; of other types nothing. */
type Canaries = {
  readonly wrote: ReadonlySet<string>;
  readonly read: readonly { readonly context: string; readonly digest: string; readonly at: string }[];
};

/** Each storage target, from one context to another. */
export function handoffsOf(writer: Candidate, reader: Candidate): readonly Handoff[] {
  const names = new Set([...storagesOf(writer), ...storagesOf(reader)]);
  return [...names].map((target) => handoffOf(target, writer, reader));
}

const storagesOf = ({ places }: Candidate): readonly string[] =>
  places.flatMap(({ analysis }) =>
    analysis.targets.filter(({ target }) => target.type === 'storage').map(({ target }) => target.name),
  );

function handoffOf(target: string, writer: Candidate, reader: Candidate): Handoff {
  const written = canariesOf(target, writer);
  const found = canariesOf(target, reader).read.filter(({ context }) => context === writer.name);
  const matched = found.filter(({ digest }) => written.wrote.has(digest));
  const last = matched
    .map(({ at }) => at)
    .sort()
    .at(-1);
  const handoff = { target, writtenIn: writer.name, readIn: reader.name };
  if (last !== undefined) {
    const observed = `${countOf(matched.length, 'canary').replace('canarys', 'canaries')} of ${writer.name} came whole to ${reader.name}, the last ${dateText(last)} UTC`;
    return { ...handoff, verdict: 'pass', observed };
  }
  if (found.length > 0) {
    const observed = `${reader.name} read ${found.length} of ${writer.name} that are none of those in the evidence: pass the evidence of the runs that wrote them`;
    return { ...handoff, verdict: 'inconclusive', observed };
  }
  return { ...handoff, verdict: 'inconclusive', observed: untried(written.wrote.size, writer, reader) };
}

const untried = (written: number, writer: Candidate, reader: Candidate): string =>
  written === 0
    ? `${writer.name} has written no canary: run it there, and then in ${reader.name}`
    : `${reader.name} has read none of the ${written} that ${writer.name} wrote: run it in ${reader.name} after a run in ${writer.name}`;

function canariesOf(name: string, { places }: Candidate): Canaries {
  const seen = places.flatMap(({ analysis }) =>
    analysis.targets.filter(({ target }) => target.name === name && target.type === 'storage'),
  );
  const observations = seen.flatMap((target) => target.observations);
  return {
    wrote: new Set(observations.flatMap(({ value }) => textAt(value, 'wrote') ?? [])),
    read: observations.flatMap(readIn),
  };
}

function readIn({ value, lastAt }: Seen<unknown>): Canaries['read'] {
  const read = valueAt(value, 'read');
  if (!Array.isArray(read)) return [];
  return read.flatMap((one: unknown) => {
    const [context, digest] = [textAt(one, 'context'), textAt(one, 'digest')];
    return context === null || digest === null ? [] : [{ context, digest, at: lastAt }];
  });
}

const valueAt = (value: unknown, key: string): unknown =>
  typeof value === 'object' && value !== null ? Object.entries(value).find(([name]) => name === key)?.[1] : undefined;

function textAt(value: unknown, key: string): string | null {
  const found = valueAt(value, key);
  return typeof found === 'string' ? found : null;
}
