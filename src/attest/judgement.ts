import { isDeepStrictEqual } from 'node:util';
import type { Decision } from '../model/decision.ts';
import type { Predicate, StatedCell, Statement } from '../model/statement.ts';
import { type Objection, refused } from './objection.ts';
import { handoffsOf, workloadsOf } from './statement.ts';

/**
 * What the same evidence says when it is decided again, against what was attested. Sentences are left out: a later version of the tool may
 * say the same in other words.
 */
export function judgementObjections({ predicate }: Statement, again: Decision): readonly Objection[] {
  return [
    ...placementObjections(predicate, again),
    ...strategyObjections(predicate.strategy, again.recommended.strategy),
    ...handoffObjections(predicate.handoffs, handoffsOf(again)),
  ];
}

const differs = (what: string, said: string, says: string): Objection =>
  refused(`${what}: the statement says ${said}, and this evidence ${says}`);

function placementObjections({ workloads }: Predicate, again: Decision): readonly Objection[] {
  const stated = placementsIn(workloads);
  const decided = placementsIn(workloadsOf(again));
  return [...new Set([...stated.keys(), ...decided.keys()])].sort().flatMap((place) => {
    const [was, is] = [stated.get(place), decided.get(place)];
    if (isDeepStrictEqual(was, is)) return [];
    const [said, says] = [saidOf(was), saidOf(is)];
    const reasons = said === says ? ' for other reasons' : '';
    return [differs(place, said, `${says}${reasons}`)];
  });
}

const strategyObjections = (was: Predicate['strategy'], is: Predicate['strategy']): readonly Objection[] =>
  was === is ? [] : [differs('the recommended strategy', was ?? 'none', is ?? 'none')];

function handoffObjections(stated: Predicate['handoffs'], decided: Predicate['handoffs']): readonly Objection[] {
  const [was, is] = [verdictsIn(stated), verdictsIn(decided)];
  return [...new Set([...was.keys(), ...is.keys()])].sort().flatMap((handoff) => {
    const [said, says] = [was.get(handoff) ?? 'nothing', is.get(handoff) ?? 'nothing'];
    return said === says ? [] : [differs(handoff, said, says)];
  });
}

const verdictsIn = (handoffs: Predicate['handoffs']): ReadonlyMap<string, string> =>
  new Map(
    handoffs.map(({ target, writtenIn, readIn, verdict }) => [
      `the handoff through ${target}, written in ${writtenIn} and read in ${readIn}`,
      verdict,
    ]),
  );

type Judged = Omit<StatedCell, 'why' | 'waived'> & {
  readonly waived: readonly { readonly target: string; readonly rule: string; readonly until: string }[];
  /** Whether the recommended strategy puts it here. */
  readonly recommended: boolean;
};

const placementsIn = (workloads: Statement['predicate']['workloads']): ReadonlyMap<string, Judged> =>
  new Map(
    workloads.flatMap(({ name, placement, cells }) =>
      cells.map(({ why: _why, waived, ...rest }): [string, Judged] => [
        `${name} on ${rest.context}`,
        {
          ...rest,
          waived: waived.map(({ target, rule, until }) => ({ target, rule, until })),
          recommended: placement === rest.context,
        },
      ]),
    ),
  );

const saidOf = (judged: Judged | undefined): string =>
  judged === undefined ? 'nothing' : `${judged.placement}${judged.recommended ? ' and recommended' : ''}`;
