import { describe, expect, test } from 'vitest';
import { clean, failed, run, type SyntheticRun, T0 } from '../kit/evidence.ts';
import { createRandom, type State } from '../kit/simulate.ts';
import { untilDecided } from '../kit/simulate-judging.ts';
import { rateOf } from '../unit/judge/judging.ts';
import { ATTEMPTS, criteria, expectShare } from './sampling.ts';

// Where the rule itself is weak: an outage that outlasts the gap between runs makes one run no draw of its own. No arithmetic mends that; the
// runs must span enough time, and the report says what they may have missed.

const CONTEXTS = 1_000;

/** Down for a share of the time, in outages of so many runs on average. */
function outages(share: number, meanRuns: number): State {
  let down: boolean | null = null;
  return {
    name: `down for ${share}, ${meanRuns} runs long`,
    begin(random) {
      if (down === null) down = random() < share;
      else down = down ? random() >= 1 / meanRuns : random() < share / (1 - share) / meanRuns;
      const fails = down;
      return () => fails;
    },
  };
}

test.each(
  [
    [1, 2.3],
    [2, 15.3],
    [4, 37.6],
    [8, 58.3],
  ].map(([meanRuns = 0, pass = 0]) => ({ meanRuns, pass })),
)(`down for a tenth of the time, $meanRuns runs long: $pass % of ${CONTEXTS} contexts pass with 32 runs`, (row) => {
  const random = createRandom(20_261_133);
  let passed = 0;
  for (let context = 0; context < CONTEXTS; context += 1) {
    const asked = { criteria: criteria(), attempts: ATTEMPTS, most: 32 };
    if (untilDecided(outages(0.1, row.meanRuns), random, asked).decision === 'accepted-rate') passed += 1;
  }
  expectShare('pass', passed, CONTEXTS, row.pass / 100);
});

const HOUR_MS = 3_600_000;

/** Runs every four hours of a target that is down for the last twelve hours of each week. */
const weekly = (runs: number): SyntheticRun[] =>
  Array.from({ length: runs }, (_, index) => {
    const hour = index * 4;
    const isDown = hour % 168 >= 156;
    const attempts = isDown ? Array.from({ length: ATTEMPTS }, () => failed('connect-timeout')) : clean(ATTEMPTS);
    return run(index, attempts, { at: T0 + hour * HOUR_MS });
  });

describe('a target that is down for twelve hours a week, tried every four hours', () => {
  test('passes before its first outage, and the report says that what comes once a week may have been missed', () => {
    const { verdict, observed } = rateOf(weekly(32));
    expect(verdict).toBe('pass');
    const [, hours] = /Bad periods that come less often than every (\d+) h may have been missed\./.exec(observed) ?? [];
    expect(hours).toBe('41');
  });

  test('has lost that pass after the outage', () => {
    const { verdict } = rateOf(weekly(42));
    expect(verdict).not.toBe('pass');
  });
});
