import { expect, test } from 'vitest';
import { type AttemptOver, clean, failed, run, type SyntheticRun } from '../kit/evidence.ts';
import { badRuns, bursts, createRandom, firstOnly, independent, type Random, type State } from '../kit/simulate.ts';
import { untilDecided, untilDecidedInRun } from '../kit/simulate-judging.ts';
import { rateOf, reportOf } from '../unit/judge/judging.ts';
import { ATTEMPTS, criteria, MOST_RUNS } from './sampling.ts';

// The simulations ask the rule alone, which is fast. Here it is held that evidence which goes the whole way, from records to a report, is
// judged as the rule alone says.

const CONTEXTS = 25;
const VERDICTS = { 'accepted-rate': 'pass', 'rejected-rate': 'fail', undecided: 'inconclusive' } as const;

const STATES = [
  independent(0.01),
  independent(0.02),
  badRuns(0.05),
  badRuns(0.1, 0.5),
  firstOnly(0.1),
  bursts(0.02, 5),
].map((state) => [state.name, state] as const);

/** An attempt on which every context is judged alike, so that the rule over failure rates decides alone. */
const attemptOf = (fails: boolean): AttemptOver => (fails ? failed('connection-reset') : {});

function attempts(state: State, random: Random, count: number): AttemptOver[] {
  const fails = state.begin(random);
  return Array.from({ length: count }, () => attemptOf(fails()));
}

test.each(STATES)(`over runs, %s: records of ${CONTEXTS} contexts are judged as the rule decides`, (_, state) => {
  for (let seed = 0; seed < CONTEXTS; seed += 1) {
    const asked = { criteria: criteria(), attempts: ATTEMPTS, most: MOST_RUNS };
    const ended = untilDecided(state, createRandom(seed), asked);
    const random = createRandom(seed);
    const history: SyntheticRun[] = ended.runs.map((__, index) => run(index, attempts(state, random, ATTEMPTS)));
    const finding = rateOf(history);
    expect(finding.verdict, `seed ${seed}: ${finding.observed}`).toBe(VERDICTS[ended.decision ?? 'undecided']);
  }
});

test.each(STATES)(`in one run, %s: records of ${CONTEXTS} runs are judged as the rule decides`, (_, state) => {
  for (let seed = 0; seed < CONTEXTS; seed += 1) {
    const ended = untilDecidedInRun(state, createRandom(seed), { criteria: criteria(), most: 500 });
    const one = run(0, attempts(state, createRandom(seed), ended.attempts), { scope: 'run' });
    const finding = rateOf([one], { scope: 'run' });
    // Compute that is new at every run: what passes there is a warning that one run was judged.
    const verdict = VERDICTS[ended.decision ?? 'undecided'];
    expect(finding.verdict, `seed ${seed}: ${finding.observed}`).toBe(verdict === 'pass' ? 'warn' : verdict);
  }
});

test('a clean history is a pass as a whole, whatever other rules look at', () => {
  const history = Array.from({ length: 32 }, (_, index) => run(index, clean(ATTEMPTS)));
  expect(reportOf(history)).toMatchObject({ verdict: 'pass', exitCode: 0 });
});
