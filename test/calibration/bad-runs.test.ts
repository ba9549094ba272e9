import { badRuns, bursts, firstOnly } from '../kit/simulate.ts';
import { exactly, overRuns } from '../kit/simulate-exact.ts';
import { describeOverRuns, type Row, row } from './over-runs.ts';
import { MOST_RUNS } from './sampling.ts';

/** For runs that are bad or clean as a whole everything is known exactly. */
function exact(state: Row['state'], share: number): Row {
  const { pass, fail, trials } = exactly(overRuns(0.1, MOST_RUNS), share);
  return row(state, 100 * share, rounded(100 * pass), rounded(100 * fail), rounded(trials));
}

const rounded = (number: number): number => Math.round(number * 100) / 100;

describeOverRuns(
  'a share of bad runs',
  [
    ...[0.01, 0.02, 0.05, 0.1, 0.2].map((share) => exact(badRuns(share), share)),
    row(badRuns(0.02, 0.5), 1.93, 74.4, 5.5, 41.7),
    row(badRuns(0.05, 0.5), 4.86, 29.2, 29.4, 41.3),
    row(badRuns(0.1, 0.5), 9.65, 5.0, 74.3, 27.1),
    row(badRuns(0.2, 0.5), 19.43, 0.1, 99.4, 10.9),
    row(badRuns(0.05, 1, 0.01), 9.66, 3.9, 75.8, 25.6),
    row(badRuns(0.05, 1, 0.002), 5.92, 20.1, 39.2, 39.0),
  ],
  20_261_124,
);

describeOverRuns(
  'the first attempt only, where the workload does not retry it',
  [1, 0.1, 0.02].map((share) => exact(firstOnly(share), share)),
  20_261_125,
);

describeOverRuns(
  'bursts',
  [
    row(bursts(0.02, 5), 5.48, 23.5, 35.0, 39.9),
    row(bursts(0.02, 50), 2.47, 64.5, 8.8, 42.8),
    row(bursts(0.1, 5), 25.98, 0, 100, 6.4),
    row(bursts(0.1, 50), 12.31, 1.5, 88.4, 20.4),
  ],
  20_261_126,
);
