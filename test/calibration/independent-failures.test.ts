import { describe, test } from 'vitest';
import type { Criteria } from '../../src/model/policy.ts';
import { badRuns, clean, firstOnly, independent, type State } from '../kit/simulate.ts';
import { describeOverRuns, row } from './over-runs.ts';
import { criteria, expectShare, histories } from './sampling.ts';

describeOverRuns(
  'failures that are independent of each other',
  [
    row(clean, 0, 100, 0, 32),
    row(independent(0.001), 0.5, 99.1, 0.1, 34.3),
    row(independent(0.005), 2.48, 80.6, 4.5, 42.0),
    row(independent(0.01), 4.9, 39.8, 23.0, 43.9),
    row(independent(0.02), 9.58, 1.0, 77.9, 23.6),
    row(independent(0.1), 40.96, 0, 100, 3.0),
    row(independent(0.5), 96.87, 0, 100, 2.0),
  ],
  20_261_127,
);

describeOverRuns(
  'bad runs in which one attempt in ten fails',
  [
    row(badRuns(0.02, 0.1), 0.82, 96.4, 0.7, 36.0),
    row(badRuns(0.05, 0.1), 2.03, 80.9, 4.1, 41.0),
    row(badRuns(0.1, 0.1), 4.07, 45.6, 18.0, 43.6),
    row(badRuns(0.2, 0.1), 8.21, 5.6, 63.5, 30.7),
  ],
  20_261_128,
);

const CONTEXTS = 250;

type Workload = {
  readonly title: string;
  readonly asked: Partial<Criteria>;
  /** The share of passes in %. */
  readonly passes: readonly (readonly [State, number])[];
};

const WORKLOADS: readonly Workload[] = [
  {
    title: 'a workload that retries its first connection',
    asked: { retriesFirstConnection: true },
    passes: [
      [independent(0.001), 100],
      [independent(0.005), 88.8],
      [independent(0.01), 32.8],
      [independent(0.02), 0.5],
      [firstOnly(1), 100],
    ],
  },
  {
    title: 'a workload with ten connections',
    asked: { connections: 10 },
    passes: [
      [independent(0.001), 96.1],
      [independent(0.005), 34.1],
      [independent(0.01), 3.1],
      [badRuns(0.1, 0.1), 16.5],
      [badRuns(0.2, 0.1), 0.6],
    ],
  },
  {
    title: 'a workload with one connection',
    asked: { connections: 1 },
    passes: [
      [independent(0.01), 71.2],
      [independent(0.02), 44.9],
      [badRuns(0.2, 0.1), 45.7],
    ],
  },
];

describe.each(WORKLOADS)('$title', ({ asked, passes }) => {
  test.each(
    passes.map(([state, pass]) => [`${state.name}: pass ${pass} % (${CONTEXTS} contexts)`, state, pass] as const),
  )('%s', (_, state, pass) => {
    const totals = histories(state, criteria(asked), CONTEXTS, 20_261_129);
    expectShare('pass', totals.pass, CONTEXTS, pass / 100);
  });
});
