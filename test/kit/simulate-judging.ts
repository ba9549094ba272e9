import { attemptBound, attemptDecision } from '../../src/analyze/attempts.ts';
import { assessPeriod, type PeriodAssessment } from '../../src/analyze/period.ts';
import { createTally } from '../../src/analyze/tally.ts';
import type { RunOfTarget, RunTally } from '../../src/model/analysis.ts';
import { type Criteria, DEFAULT_POLICY } from '../../src/model/policy.ts';
import { instant, T0 } from './evidence.ts';
import type { Random, State } from './simulate.ts';

// Simulated contexts, judged by the product's own code at every look, as a user would who waits for a verdict.

const HOUR_MS = 3_600_000;

export type Ended = {
  readonly decision: 'accepted-rate' | 'rejected-rate' | null;
  readonly runs: readonly RunOfTarget[];
  readonly attempts: number;
};

const NOTHING = createTally().read();

/** The attempts of one run, counted as they are made. */
function attempting(state: State, random: Random) {
  const fails = state.begin(random);
  const counts = { ...NOTHING, firstScored: true };
  let streak = 0;
  return {
    counts,
    attempt() {
      const failed = fails();
      if (counts.succeeded + counts.failed === 0) counts.firstFailed = failed;
      else if (failed !== streak > 0) counts.turns += 1;
      streak = failed ? streak + 1 : 0;
      counts.longestFailures = Math.max(counts.longestFailures, streak);
      if (failed) counts.failed += 1;
      else counts.succeeded += 1;
    },
  };
}

/** One run of a history: of its own host, an hour after the one before. */
export function drawRun(state: State, random: Random, index: number, attempts: number): RunOfTarget {
  const run = attempting(state, random);
  for (let made = 0; made < attempts; made += 1) run.attempt();
  const startedAt = instant(T0 + index * HOUR_MS);
  return {
    run: `run-${index}`,
    startedAt,
    endedAt: startedAt,
    bootId: `host-${index}`,
    profile: 'gate',
    scope: 'period',
    complete: true,
    damaged: false,
    stop: 'attempts',
    controlWorked: true,
    egress: [],
    ...run.counts,
    parts: [],
  };
}

export type Periods = {
  readonly criteria: Criteria;
  readonly attempts: number;
  readonly most: number;
};

const CIRCUMSTANCES = { policy: DEFAULT_POLICY, ephemeral: true } as const;

/** A history that grows run by run, with what is said of it after each. */
export function* looks(
  state: State,
  random: Random,
  { criteria, attempts, most }: Periods,
): Generator<{
  readonly runs: readonly RunOfTarget[];
  readonly assessment: PeriodAssessment;
}> {
  const runs: RunOfTarget[] = [];
  while (runs.length < most) {
    runs.push(drawRun(state, random, runs.length, attempts));
    yield { runs, assessment: assessPeriod(runs, criteria, CIRCUMSTANCES) };
  }
}

/** Goes on until the rule over runs decides. */
export function untilDecided(state: State, random: Random, periods: Periods): Ended {
  let ended: Ended = { decision: null, runs: [], attempts: 0 };
  for (const { runs, assessment } of looks(state, random, periods)) {
    ended = { decision: assessment.decision, runs, attempts: runs.length * periods.attempts };
    if (assessment.decision !== null) break;
  }
  return ended;
}

export type OneRun = { readonly criteria: Criteria; readonly most: number };

/** One run, with its counts after each attempt. */
function* attemptLooks(state: State, random: Random, most: number): Generator<RunTally> {
  const run = attempting(state, random);
  for (let made = 0; made < most; made += 1) {
    run.attempt();
    yield run.counts;
  }
}

/** Goes on until the test over attempts decides, or the run has made all it may. */
export function untilDecidedInRun(state: State, random: Random, { criteria, most }: OneRun) {
  let attempts = 0;
  for (const tally of attemptLooks(state, random, most)) {
    attempts += 1;
    const decision = attemptDecision(tally, criteria);
    if (decision !== null) return { decision, attempts };
  }
  return { decision: null, attempts };
}

/** The bound that is printed for one run, after each attempt. */
export function* attemptBounds(state: State, random: Random, { criteria, most }: OneRun): Generator<number> {
  for (const tally of attemptLooks(state, random, most)) yield attemptBound(tally, criteria);
}
