import type { Buffer } from 'node:buffer';
import type { KeyObject } from 'node:crypto';
import type { Decision } from '../model/decision.ts';
import type { ConfigDigests, Statement } from '../model/statement.ts';
import { openEnvelope, preAuthenticationEncoding } from './envelope.ts';
import { handoffObjections } from './handoffs.ts';
import { judgementObjections } from './judgement.ts';
import { isSignatureOf } from './keys.ts';
import { type Objection, refused, undetermined } from './objection.ts';
import { type Asked, isBefore, type PlacementAnswer, placementOf, placesOfAll } from './placements.ts';
import { evidenceOf, type FileDigest, readStatement } from './statement.ts';
import { configObjections, evidenceObjections } from './subject.ts';

export type Question = {
  readonly envelope: Buffer;
  /** The one key that is trusted. */
  readonly key: KeyObject;
  /** The moment that is asked about. */
  readonly at: string;
  /** Null asks for a place for every workload. */
  readonly asked: ((statement: Statement) => readonly (Asked | Objection)[]) | null;
  readonly acceptLab: boolean;
  /** The present configuration; null where none is given. */
  readonly config: ConfigDigests | null;
  /** Null where none is given. `decide` makes the decision of that moment again. */
  readonly evidence: { readonly files: readonly FileDigest[]; decide(at: string): Promise<Decision> } | null;
};

export type Placed = Extract<PlacementAnswer, { objection: null }>;

export type Verification = {
  /** Null where nothing in it can be trusted. */
  readonly statement: Statement | null;
  readonly placed: readonly Placed[];
  /** None: all holds. */
  readonly objections: readonly Objection[];
};

/** Nothing of a statement is read before its signature holds; then every objection is told, not only the first. */
export async function verifyStatement(question: Question): Promise<Verification> {
  const opened = openStatement(question);
  if ('kind' in opened) return { statement: null, placed: [], objections: [opened] };
  const asked = (question.asked ?? placesOfAll)(opened);
  const pairs = asked.flatMap((one) => ('kind' in one ? [] : [one]));
  const answers = asked.map((one) => ('kind' in one ? { objection: one } : placementOf(opened, one, question.at)));
  return {
    statement: opened,
    placed: answers.filter((answer): answer is Placed => answer.objection === null),
    objections: [
      ...freshnessObjections(opened, question),
      ...labObjections(opened, question),
      ...(await evidenceAndConfigObjections(opened, question)),
      ...answers.flatMap(({ objection }) => objection ?? []),
      ...handoffObjections(opened, pairs),
    ],
  };
}

function openStatement({ envelope, key }: Question): Statement | Objection {
  const opened = openEnvelope(envelope);
  if (opened === null) return refused('altered, or no envelope as `probe attest` writes it');
  if (!isSignatureOf(opened.signature, preAuthenticationEncoding(opened.payload), key)) {
    return refused('the signature does not hold: altered, or signed with another key');
  }
  const reading = readStatement(opened.payload);
  if ('statement' in reading) return reading.statement;
  return reading.otherwise === 'other-type'
    ? undetermined('signed with this key, and no placement statement that this version of the tool knows')
    : refused('signed with this key, and not as `probe attest` writes it');
}

function freshnessObjections(
  { predicate: { decidedAt, expiresAt } }: Statement,
  { at }: Question,
): readonly Objection[] {
  if (isBefore(at, decidedAt)) return [undetermined(`not yet valid at ${at}: it was decided at ${decidedAt}`)];
  return isBefore(at, expiresAt) ? [] : [undetermined(`expired at ${expiresAt}: attest again`)];
}

const labObjections = ({ predicate: { lab } }: Statement, { acceptLab }: Question): readonly Objection[] =>
  lab && !acceptLab
    ? [undetermined('made from evidence of a lab, which says nothing of a real network (--accept-lab takes it)')]
    : [];

async function evidenceAndConfigObjections(
  statement: Statement,
  { evidence, config }: Question,
): Promise<readonly Objection[]> {
  const changed = config === null ? [] : configObjections(statement.predicate.config, config);
  if (evidence === null) return changed;
  const unlike = evidenceObjections(evidenceOf(statement), evidence.files);
  if (config === null && statement.predicate.config !== null) {
    return [...unlike, undetermined('it was decided by a configuration: name it with --config, to decide again')];
  }
  // of other evidence or under other rules another decision would be no objection
  if (unlike.length > 0 || changed.length > 0) return [...unlike, ...changed];
  return judgementObjections(statement, await evidence.decide(statement.predicate.decidedAt));
}

/** Until when all of it holds: its expiry, or the first waiver that it rests on to end. */
export const holdsUntil = ({ predicate: { expiresAt } }: Statement, placed: readonly Placed[]): string =>
  placed
    .flatMap(({ cell: { waived } }) => waived.map(({ until }) => until))
    .reduce((first, until) => (isBefore(until, first) ? until : first), expiresAt);
