import { causesText } from '../../judge/words.ts';
import type { FailureSeen, PartTally } from '../../model/analysis.ts';
import { causeText } from '../../model/causes.ts';
import { hasSucceeded, type Pair, type Side } from './side.ts';

// What fails a target without statistics, and in which of two contexts.

/** How often, or how slowly: everything else that fails a target does so for good, or until it is mended. */
const BY_MEASURE: ReadonlySet<string> = new Set(['fails-too-often', 'latency-too-high']);
const RATE = 'fails-too-often';

export type Blocker = {
  /** Equal where it is the same in another context. */
  readonly key: string;
  readonly rule: string;
  /** The dear part that fails, where the attempt itself works. */
  readonly part: string | null;
  readonly says: string;
};

export type Blockers = {
  readonly shared: readonly Blocker[];
  /** Of the baseline alone, and of the other alone. */
  readonly baseline: readonly Blocker[];
  readonly other: readonly Blocker[];
};

export function blockersOf({ baseline, other }: Pair): Blockers {
  const [ofBaseline, ofOther] = [blockersAt(baseline), blockersAt(other)];
  const isIn = (all: readonly Blocker[]) => (one: Blocker) => all.some(({ key }) => key === one.key);
  return {
    shared: ofBaseline.filter(isIn(ofOther)),
    baseline: ofBaseline.filter((one) => !isIn(ofOther)(one)),
    other: ofOther.filter((one) => !isIn(ofBaseline)(one)),
  };
}

/** Rules that find nothing where nothing is wrong; every other one says that it holds. */
const SILENT: ReadonlySet<string> = new Set(['stability/never-succeeded', 'stability/decisive']);

/** Whether it would have shown there: something worked, and what blocks elsewhere was tried. */
export function wasTriedIn(side: Side, { rule, part }: Blocker): boolean {
  if (part !== null) return side.target.runs.some(({ parts }) => parts.some((one) => isWorking(one, part)));
  if (!hasSucceeded(side)) return false;
  const found = side.findings.filter((one) => one.rule === rule);
  return found.every(({ verdict }) => verdict !== 'inconclusive') && (found.length > 0 || SILENT.has(rule));
}

const isWorking = ({ name, lastSuccessAt }: PartTally, part: string): boolean =>
  name === part && lastSuccessAt !== null;

/** Fails so often that its runs alone say so. */
export const failsTooOften = ({ findings }: Side): boolean =>
  findings.some(({ verdict, cause }) => verdict === 'fail' && cause === RATE);

/** Failures that say something of the target, by what they are and where they happen. */
export const failureKeys = ({ target }: Side): ReadonlySet<string> =>
  new Set(target.failures.filter(({ cause }) => causeText(cause).leads !== 'inconclusive').map(keyOf));

/** What failed, the most frequent first; `none` where nothing did. */
export const failuresText = ({ target }: Side): string =>
  target.failures.length === 0 ? 'none' : causesText(target.failures);

function blockersAt(side: Side): readonly Blocker[] {
  const blockers = new Map<string, Blocker>();
  for (const { rule, verdict, cause } of side.findings) {
    if (verdict !== 'fail' || cause === null || BY_MEASURE.has(cause)) continue;
    for (const one of blockersBehind(side, rule, cause)) if (!blockers.has(one.key)) blockers.set(one.key, one);
  }
  return [...blockers.values()];
}

/** A finding names its leading cause; behind it there may be several failures. */
function blockersBehind(side: Side, rule: string, cause: string): readonly Blocker[] {
  const failures = side.target.failures.filter((failure) => isBehind(failure, rule, cause, side));
  if (failures.length === 0) return [{ key: cause, rule, part: null, says: cause }];
  return [...new Set(failures.map(keyOf))].map((key) => {
    const alike = failures.filter((failure) => keyOf(failure) === key);
    return { key, rule, part: alike[0]?.part ?? null, says: causesText(alike) };
  });
}

function isBehind(failure: FailureSeen, rule: string, cause: string, side: Side): boolean {
  const { decisive, leads } = causeText(failure.cause);
  switch (rule) {
    case 'stability/never-succeeded':
      return leads !== 'inconclusive';
    case 'stability/decisive':
      return decisive === 'ever' || (decisive === 'until-success' && isOpen(failure, side));
    default:
      return failure.cause === cause;
  }
}

function isOpen({ part, lastAt }: FailureSeen, { target: { runs } }: Side): boolean {
  const tries = part === null ? runs : runs.flatMap((run) => run.parts.filter(({ name }) => name === part));
  return !tries.some(({ lastSuccessAt }) => lastSuccessAt !== null && Date.parse(lastSuccessAt) > Date.parse(lastAt));
}

/** An error without a name of its own is told apart by its code. */
const keyOf = ({ cause, stage, part, code, number }: FailureSeen): string =>
  JSON.stringify(cause === 'unclassified' ? [cause, stage, part, code, number] : [cause, stage, part]);
