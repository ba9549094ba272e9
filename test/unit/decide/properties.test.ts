import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type Cell, PLACEMENTS } from '../../../src/model/decision.ts';
import { clean, failed, instant, type SyntheticRun } from '../../kit/evidence.ts';
import { cellIn, decisionOf, runIn } from './deciding.ts';

const down = Array.from({ length: 15 }, () => failed('connection-refused'));
const LATER_AT = instant(Date.parse('2026-11-09T00:00:00.000Z'));

/** What a run may be like. */
const KINDS = {
  clean: { attempts: clean(15) },
  down: { attempts: down },
  'one failed': { attempts: [...clean(9), failed('connect-timeout'), ...clean(5)] },
  short: { attempts: clean(4) },
  killed: { attempts: clean(15), end: null },
  interrupted: { attempts: clean(15), end: 'interrupted' as const },
  damaged: { attempts: clean(15), damaged: true },
} as const;
type Kind = keyof typeof KINDS;

/** Mostly clean, so that some of the histories are suitable. */
const kind: fc.Arbitrary<Kind> = fc.oneof(
  { weight: 60, arbitrary: fc.constant<Kind>('clean') },
  { weight: 1, arbitrary: fc.constantFrom<Kind>('down', 'one failed', 'short', 'killed', 'interrupted', 'damaged') },
);
const history = fc.array(kind, { minLength: 25, maxLength: 90 });

/** Each names the five before it, as runs that are written to one folder do. */
function runsOf(kinds: readonly Kind[]): readonly SyntheticRun[] {
  const runs = kinds.map((each, index) => runIn('serverless', index, KINDS[each]));
  return runs.map((one, index) => ({
    ...one,
    earlier: runs.slice(Math.max(0, index - 5), index).map(({ id, at }) => ({ run: id, at: instant(at) })),
  }));
}

const cellOf = (runs: readonly SyntheticRun[]): Cell => cellIn(decisionOf(runs, { decidedAt: LATER_AT }));
const rankOf = ({ placement }: Cell): number => PLACEMENTS.indexOf(placement);

test('more clean evidence never makes a decision worse', () => {
  fc.assert(
    fc.property(history, fc.integer({ min: 1, max: 20 }), (kinds, more) => {
      const before = cellOf(runsOf(kinds));
      const after = cellOf(runsOf([...kinds, ...Array.from({ length: more }, () => 'clean' as const)]));
      expect(rankOf(after)).toBeLessThanOrEqual(rankOf(before));
    }),
    { numRuns: 60, seed: 20261125 },
  );
});

test('taking runs away that others come after never makes a workload suitable', () => {
  let suitableWithoutTheRest = 0;
  fc.assert(
    fc.property(history, fc.infiniteStream(fc.boolean()), (kinds, removes) => {
      const runs = runsOf(kinds);
      const removed = new Set(runs.slice(0, -1).filter(() => removes.next().value === true));
      const left = runs.filter((one) => !removed.has(one));
      if (rankOf(cellOf(runs)) > 0) expect(cellOf(left).placement).not.toBe('suitable');
      else suitableWithoutTheRest += 1;
    }),
    { numRuns: 60, seed: 20261125 },
  );
  // some histories were suitable, and some were not
  expect(suitableWithoutTheRest).toBeGreaterThan(5);
  expect(suitableWithoutTheRest).toBeLessThan(55);
});

test('taking clean runs away never makes a workload suitable, wherever they stood', () => {
  fc.assert(
    fc.property(history, fc.infiniteStream(fc.boolean()), (kinds, removes) => {
      const runs = kinds.map((each, index) => runIn('serverless', index, KINDS[each]));
      const left = runs.filter((_, index) => kinds[index] !== 'clean' || removes.next().value !== true);
      if (rankOf(cellOf(runs)) > 0) expect(cellOf(left).placement).not.toBe('suitable');
    }),
    { numRuns: 60, seed: 20261125 },
  );
});
