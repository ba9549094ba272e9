import { describe, test } from 'vitest';
import type { State } from '../kit/simulate.ts';
import { criteria, expectAtMost, expectMean, expectShare, histories } from './sampling.ts';

/** A row of the published table: shares in %, of 20,000 contexts there; or, for runs that are bad as a whole, exact ones. */
export type Row = {
  readonly state: State;
  /** The share of job runs with five connections that fail. */
  readonly failing: number;
  readonly pass: number;
  readonly fail: number;
  readonly runs: number;
};

export const row = (state: State, failing: number, pass: number, fail: number, runs: number): Row => ({
  state,
  failing,
  pass,
  fail,
  runs,
});

/** At a tolerable share of 10 %: from here on a pass is wrong, up to a tenth of it a fail is. */
const INTOLERABLE = 9.95;
const ACCEPTED = 1;
const PROMISED = 0.05;

/** Where verdicts come early, contexts are cheap and means need more of them; where all are alike, a few do. */
function contextsOf({ runs, pass, fail }: Row): number {
  if (Math.max(pass, fail) === 100 && runs % 1 === 0) return 50;
  return runs < 30 ? 1_200 : 500;
}

const titleOf = (one: Row): string =>
  `${one.state.name}: pass ${one.pass} %, fail ${one.fail} %, after ${one.runs} runs (${contextsOf(one)} contexts)`;

/** The rule over runs does in simulated contexts what is published, and errs no more often than it promises. */
export function describeOverRuns(title: string, rows: readonly Row[], seed: number): void {
  describe(title, () => {
    test.each(rows.map((one) => [titleOf(one), one] as const))('%s', (_, published) => {
      const contexts = contextsOf(published);
      const totals = histories(published.state, criteria(), contexts, seed);
      expectShare('pass', totals.pass, contexts, published.pass / 100);
      expectShare('fail', totals.fail, contexts, published.fail / 100);
      expectMean('runs', totals.meanRuns, published.runs);
      if (published.failing >= INTOLERABLE) expectAtMost('wrong passes', totals.pass, contexts, PROMISED);
      if (published.failing <= ACCEPTED) expectAtMost('wrong fails', totals.fail, contexts, PROMISED);
    });
  });
}
