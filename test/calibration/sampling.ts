import { expect } from 'vitest';
import type { Criteria } from '../../src/model/policy.ts';
import { createRandom, type State } from '../kit/simulate.ts';
import { untilDecided } from '../kit/simulate-judging.ts';

// What a test of this folder allows for: a share counted in so many simulated contexts may be off by four of its standard errors, a mean
// by 5 %. The seeds are fixed, so that a test is red or green for good.

const STANDARD_ERRORS = 4;
/** Published shares are rounded to a tenth of a percent. */
const ROUNDING = 0.0005;

export const allowance = (share: number, count: number): number => {
  // None in 20,000 may still be one in 20,000.
  const variable = Math.min(1 - ROUNDING, Math.max(ROUNDING, share));
  return ROUNDING + STANDARD_ERRORS * Math.sqrt((variable * (1 - variable)) / count);
};

export function expectShare(what: string, counted: number, count: number, share: number): void {
  const slack = allowance(share, count);
  expect(Math.abs(counted / count - share), `${what}: ${counted} of ${count}, expected ${share}`).toBeLessThan(slack);
}

export function expectAtMost(what: string, counted: number, count: number, promised: number): void {
  const slack = allowance(promised, count);
  expect(counted / count, `${what}: ${counted} of ${count}`).toBeLessThan(promised + slack);
}

export function expectMean(what: string, mean: number, expected: number): void {
  expect(Math.abs(mean / expected - 1), `${what}: ${mean}, expected ${expected}`).toBeLessThan(0.05);
}

/** What the workload of the published tables asks: of every 10 job runs with 5 connections fewer than one may fail. */
export const criteria = (over: Partial<Criteria> = {}): Criteria => ({
  tolerable: 0.1,
  connections: 5,
  retriesFirstConnection: false,
  runsPerMonth: 720,
  threshold: 20,
  ...over,
});

/** Attempts of a run, and the runs after which one gives up, of the published tables. */
export const ATTEMPTS = 15;
export const MOST_RUNS = 60;

export type Totals = { readonly pass: number; readonly fail: number; readonly meanRuns: number };

/** Simulated contexts, each judged after every run until there is a verdict. */
export function histories(state: State, asked: Criteria, contexts: number, seed: number): Totals {
  const random = createRandom(seed);
  const decisions = { 'accepted-rate': 0, 'rejected-rate': 0 };
  let runs = 0;
  for (let context = 0; context < contexts; context += 1) {
    const ended = untilDecided(state, random, { criteria: asked, attempts: ATTEMPTS, most: MOST_RUNS });
    if (ended.decision !== null) decisions[ended.decision] += 1;
    runs += ended.runs.length;
  }
  return { pass: decisions['accepted-rate'], fail: decisions['rejected-rate'], meanRuns: runs / contexts };
}
