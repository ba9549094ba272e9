// How many attempts, and how many runs, until there is a verdict: simulated and judged by the product's own code at every look, beside the
// exact expectation of the same test and beside a sample of fixed size with the same two errors, which is judged once by the bound of
// Clopper and Pearson.
import type { Criteria } from '../src/model/policy.ts';
import { badRuns, createRandom, independent } from '../test/kit/simulate.ts';
import {
  exactly,
  guarded,
  type Outcome,
  overRuns,
  ratesOf,
  refusingBursts,
  type Test,
  wald,
} from '../test/kit/simulate-exact.ts';
import { untilDecided, untilDecidedInRun } from '../test/kit/simulate-judging.ts';

const TOLERABLE = 0.1;
const SEED = 20_261_124;

const criteria = (connections: number): Criteria => ({
  tolerable: TOLERABLE,
  connections,
  retriesFirstConnection: false,
  runsPerMonth: 720,
  threshold: 20,
});

type Decided = { readonly decision: 'accepted-rate' | 'rejected-rate' | null; readonly trials: number };

/** The means over so many seeded contexts. */
function simulated(contexts: number, once: (random: () => number) => Decided): Outcome {
  const random = createRandom(SEED);
  const ended = Array.from({ length: contexts }, () => once(random));
  const share = (wanted: Decided['decision']) => ended.filter(({ decision }) => decision === wanted).length / contexts;
  return {
    pass: share('accepted-rate'),
    fail: share('rejected-rate'),
    trials: ended.reduce((sum, { trials }) => sum + trials, 0) / contexts,
  };
}

type Fixed = { readonly size: number; readonly most: number };

/** The smallest sample that passes with at most so many failures and errs, at both rates, no more often than the sequential test does. */
function fixedSize(test: Test, p0: number, p1: number): Fixed {
  const wrongPass = exactly(test, p1).pass;
  const wrongFail = exactly(test, p0).fail;
  for (let most = 0; ; most += 1) {
    let size = most + 1;
    while (atMost(most, size, p1) > wrongPass) size += 1;
    if (1 - atMost(most, size, p0) <= wrongFail) return { size, most };
  }
}

/** The chance of no more than so many failures in a sample: a pass, by Clopper and Pearson, where it is small enough at the upper rate. */
function atMost(most: number, size: number, rate: number): number {
  let term = (1 - rate) ** size;
  let sum = term;
  for (let failures = 1; failures <= most; failures += 1) {
    term *= ((size - failures + 1) / failures) * (rate / (1 - rate));
    sum += term;
  }
  return sum;
}

const percent = (share: number, digits = 1): string => `${(share * 100).toFixed(digits)} %`;

function printTable(title: string, heads: readonly string[], rows: readonly (readonly string[])[]): void {
  console.log(`\n${title}`);
  const widths = heads.map((head, at) => Math.max(head.length, ...rows.map((row) => row[at]?.length ?? 0)));
  for (const row of [heads, ...rows]) console.log(row.map((cell, at) => cell.padStart(widths[at] ?? 0)).join('   '));
}

const ATTEMPT_CONTEXTS = 4_000;

function attemptsToVerdict(profile: string, connections: number, most: number): void {
  const { p0, p1 } = ratesOf(TOLERABLE, connections);
  const endless = wald(p0, p1, 20);
  const ended = refusingBursts(guarded(endless, most));
  const fixed = fixedSize(endless, p0, p1);
  const rows = [0, 0.001, 0.01, 0.02, 0.1, 0.5].map((rate) => {
    const expected = exactly(ended, rate);
    const asked = { criteria: criteria(connections), most };
    const measured = simulated(ATTEMPT_CONTEXTS, (random) => {
      const { decision, attempts } = untilDecidedInRun(independent(rate), random, asked);
      return { decision, trials: attempts };
    });
    return [
      percent(rate),
      measured.trials.toFixed(1),
      expected.trials.toFixed(1),
      (measured.trials / expected.trials).toFixed(3),
      `${fixed.size}`,
      `${percent(measured.pass)} (${percent(expected.pass)})`,
      `${percent(measured.fail)} (${percent(expected.fail)})`,
    ];
  });
  printTable(
    `attempts to verdict in one run, profile ${profile} (connections: ${connections}), at most ${most} attempts, ${ATTEMPT_CONTEXTS} runs each; ` +
      `the fixed sample passes with up to ${fixed.most} failures`,
    ['failing', 'measured', 'exact', 'ratio', 'fixed size', 'pass (exact)', 'fail (exact)'],
    rows,
  );
}

const RUN_CONTEXTS = 2_000;
const ATTEMPTS = 15;
const MOST_RUNS = 60;

/** Statistics §3.1: 20,000 simulated contexts each. */
const PUBLISHED: readonly (readonly [share: number, runs: string])[] = [
  [0, '32.0'],
  [0.02, '42.2'],
  [0.05, '41.2'],
  [0.1, '26.1'],
  [0.2, '10.7'],
];

function runsToVerdict(): void {
  const test = overRuns(TOLERABLE, MOST_RUNS);
  const fixed = fixedSize(overRuns(TOLERABLE, 2_000), TOLERABLE / 10, TOLERABLE);
  const rows = PUBLISHED.map(([share, runs]) => {
    const expected = exactly(test, share);
    const measured = simulated(RUN_CONTEXTS, (random) => {
      const ended = untilDecided(badRuns(share), random, {
        criteria: criteria(5),
        attempts: ATTEMPTS,
        most: MOST_RUNS,
      });
      return { decision: ended.decision, trials: ended.runs.length };
    });
    return [
      percent(share),
      measured.trials.toFixed(1),
      expected.trials.toFixed(1),
      runs,
      (measured.trials / expected.trials).toFixed(3),
      `${fixed.size}`,
      `${percent(measured.pass)} (${percent(expected.pass)})`,
      `${percent(measured.fail)} (${percent(expected.fail)})`,
    ];
  });
  printTable(
    `runs to verdict over a period, ${ATTEMPTS} attempts each, at most ${MOST_RUNS} runs, ${RUN_CONTEXTS} contexts each; ` +
      `the fixed sample passes with up to ${fixed.most} bad runs`,
    ['bad runs', 'measured', 'exact', 'published', 'ratio', 'fixed size', 'pass (exact)', 'fail (exact)'],
    rows,
  );
}

attemptsToVerdict('quick', 1, 100);
attemptsToVerdict('gate', 5, 500);
attemptsToVerdict('strict', 10, 1_000);
runsToVerdict();
