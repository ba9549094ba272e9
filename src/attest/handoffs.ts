import type { Handoff } from '../model/decision.ts';
import type { Predicate, Statement } from '../model/statement.ts';
import { type Objection, refused, undetermined } from './objection.ts';
import type { Asked } from './placements.ts';

/**
 * Work that is split over both kinds of compute stands on what one writes and the other reads, in both directions. Pairs that are asked
 * together are one deployment, and a single pair is a question about its cell alone.
 */
export function handoffObjections({ predicate }: Statement, asked: readonly Asked[]): readonly Objection[] {
  const used = predicate.contexts.filter(({ name }) => asked.some(({ context }) => context === name));
  const of = (compute: 'dedicated' | 'serverless') => used.filter((context) => context.compute === compute);
  return of('dedicated').flatMap((one) =>
    of('serverless').flatMap((other) => between(one.name, other.name, predicate.handoffs)),
  );
}

function between(one: string, other: string, handoffs: Predicate['handoffs']): readonly Objection[] {
  const from = (writer: string, reader: string) =>
    handoffs.filter(({ writtenIn, readIn }) => writtenIn === writer && readIn === reader);
  const directions = [from(one, other), from(other, one)];
  return [
    ...(directions.some((direction) => direction.length === 0) ? [untried(one, other)] : []),
    ...directions.flat().flatMap(objectionsTo),
  ];
}

function objectionsTo({ target, writtenIn, readIn, verdict, observed }: Handoff): readonly Objection[] {
  if (verdict === 'pass') return [];
  const says = `the handoff through ${target}, written in ${writtenIn} and read in ${readIn}: ${observed}`;
  return [verdict === 'fail' ? refused(says) : undetermined(says)];
}

/** A decision looks at the handoffs of the contexts that its hybrid uses, and of no others. */
const untried = (one: string, other: string): Objection =>
  undetermined(
    `work is split over ${one} and ${other}, and no handoff between them is stated: no target of type storage was tried in both, or the hybrid that was decided does not use both`,
  );
