import { STAGE_DEADLINES_MS } from '../../src/model/stages.ts';
import type { StagedRow } from './gate.ts';
import { type Row, targetName } from './row.ts';

/** One in two job runs may fail, with one connection each: five clean attempts carry a pass, and three that fail are a blocker. */
const ATTEMPTS = 5;
const FAILING_ATTEMPTS = 3;
const MOST_ATTEMPTS = 20;
const WORKLOAD = { connectsFrom: 'driver', connectionsPerRun: 1, tolerableFailedRuns: '50%', duration: '30m' } as const;
/** Silence is awaited so long where a row is about silence, and otherwise as long as any run awaits it. */
const SILENCE = '1s';

/** In which every row is tried. */
export const CONTEXT = 'bench';

export function configurationOf(staged: readonly StagedRow[]): object {
  const targets = staged.flatMap(({ row, target, before = {} }) => [
    ...Object.entries(before),
    [targetName(row), { ...target, sampling: samplingOf(row), ...row.target }] as const,
  ]);
  const workloads = staged.map(({ row }) => [
    targetName(row),
    { uses: [targetName(row)], ...WORKLOAD, ...row.workload },
  ]);
  return {
    version: 1,
    // every row has a server to itself: what is polite to one of a customer's would be slow here
    sampling: { profile: 'gate', attempts: MOST_ATTEMPTS, pace: '1000/s', open: 100 },
    targets: Object.fromEntries(targets),
    workloads: Object.fromEntries(workloads),
    contexts: { [CONTEXT]: { ephemeral: false } },
  };
}

function samplingOf({ stage, cause, sampling }: Row): Readonly<Record<string, unknown>> {
  const isSilent = cause?.endsWith('-timeout') === true && stage !== null && stage in STAGE_DEADLINES_MS;
  return {
    // parts are tried after the first attempt, and three of them must fail
    attempts: stage === null || stage === 'authorize' ? ATTEMPTS : FAILING_ATTEMPTS,
    ...(isSilent ? { deadlines: { [stage]: SILENCE } } : {}),
    ...sampling,
  };
}
