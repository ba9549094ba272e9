import { isDeepStrictEqual } from 'node:util';
import type { Decision } from '../model/decision.ts';
import type { StatedCell, Statement } from '../model/statement.ts';
import { type Objection, refused } from './objection.ts';
import { workloadsOf } from './statement.ts';

/**
 * What the same evidence says when it is decided again, against what was attested. Sentences are left out: a later version of the tool may
 * say the same in other words.
 */
export function judgementObjections({ predicate }: Statement, again: Decision): readonly Objection[] {
  const stated = placementsIn(predicate.workloads);
  const decided = placementsIn(workloadsOf(again));
  return [...new Set([...stated.keys(), ...decided.keys()])].sort().flatMap((place) => {
    const [was, is] = [stated.get(place), decided.get(place)];
    if (isDeepStrictEqual(was, is)) return [];
    const [said, says] = [saidOf(was), saidOf(is)];
    const reasons = said === says ? ' for other reasons' : '';
    return [refused(`${place}: the statement says ${said}, and this evidence ${says}${reasons}`)];
  });
}

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
