import { expect, test } from 'vitest';
import { type AttemptOver, clean, failed, run, type SyntheticRun } from '../kit/evidence.ts';
import { createRandom, type Random } from '../kit/simulate.ts';
import { reportOf, targetOf } from '../unit/judge/judging.ts';

// A pool of five addresses, one drawn by each run; before the target stands a firewall that knows some of them and drops what comes from the
// others without a word. From within any one run all is well, or nothing is.

const FOLDERS = 200;
const RUNS = 40;
/** No pass is possible before the first of these; with one bad run, none is before the fifty-seventh. */
const LOOKS = [32, 36, RUNS];
const ATTEMPTS = 15;
const POOL = ['203.0.113.1', '203.0.113.2', '203.0.113.3', '203.0.113.4', '198.51.100.5'] as const;

function draw<T>(random: Random, pool: readonly T[]): T {
  const drawn = pool[Math.floor(random() * pool.length)];
  if (drawn === undefined) throw new Error('nothing to draw from');
  return drawn;
}

const dropped = Array.from({ length: ATTEMPTS }, () => failed('connect-timeout'));
const answered = (egress: string): AttemptOver[] => clean(ATTEMPTS).map((one) => ({ ...one, egress: [egress] }));

function historyOf(seed: number, drops: (address: string) => boolean): SyntheticRun[] {
  const random = createRandom(seed);
  return Array.from({ length: RUNS }, (_, index) => {
    const address = draw(random, POOL);
    return run(index, drops(address) ? dropped : answered(address));
  });
}

const verdictsOf = (history: readonly SyntheticRun[]) => LOOKS.map((runs) => reportOf(history.slice(0, runs)).verdict);

test(`every fifth run comes from an address that is dropped: never a pass in ${FOLDERS} folders, after ${LOOKS.join(', ')} runs`, () => {
  const verdicts = Array.from({ length: FOLDERS }, (_, seed) =>
    verdictsOf(historyOf(seed, (address) => address === POOL[4])),
  );
  expect(verdicts.flat().filter((verdict) => verdict === 'pass' || verdict === 'warn')).toEqual([]);
  // The rule fails 99.5 % of such contexts by their sixtieth run, and nine of ten by here.
  expect(verdicts.filter((looks) => looks.at(-1) === 'fail').length).toBeGreaterThan(0.85 * FOLDERS);
});

test('the same runs pass from the thirty-second on where the firewall knows every address', () => {
  const verdicts = verdictsOf(historyOf(0, () => false));
  expect(new Set(verdicts)).toEqual(new Set(['pass']));
});

test('the addresses that were let through are listed with the runs that came from them, and the dropped one is not', () => {
  const history = historyOf(1, (address) => address === POOL[4]);
  const { egress, blocks } = targetOf(history);
  expect(egress.map(({ address }) => address).sort()).toEqual(POOL.slice(0, 4).toSorted());
  expect(egress.reduce((sum, { runs }) => sum + runs, 0)).toBe(blocks?.clean);
});
