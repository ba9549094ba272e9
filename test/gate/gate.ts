import { randomUUID } from 'node:crypto';
import type { Report } from '../../src/model/report.ts';
import { STAGE_DEADLINES_MS } from '../../src/model/stages.ts';
import { type Ended, reportIn } from '../kit/cli.ts';
import { type Bench, openBench } from './bench.ts';
import { type Row, targetName } from './row.ts';

/** What a scene makes of a row: its servers stand, and this is how the configuration names them. */
export type Staged = {
  readonly target: Readonly<Record<string, unknown>>;
  /** Targets that stand before this one, and that no row judges. */
  readonly before?: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  /** Variables of the command. */
  readonly env?: Readonly<Record<string, string>>;
  /** Requests that a fixture did not expect. */
  problems?(): readonly string[];
};

export type Scene<R extends Row> = (row: R, bench: Bench) => Promise<Staged>;

export type Gate = {
  readonly runs: readonly GateRun[];
  readonly report: Pick<Report, 'targets'>;
  problemsOf(row: Row): readonly string[];
  /** Runs the command for this row alone. */
  alone(row: Row): Promise<Ended>;
  [Symbol.asyncDispose](): Promise<void>;
};

export type GateRun = { readonly rows: readonly Row[]; readonly ended: Ended; readonly report: Report };

/** Never shown: a report that holds it is itself a finding of the gate. */
export const SECRET = `gate-${randomUUID()}`;

const JUDGED = ['--scope', 'run', '--context', 'bench', '--report', 'json'];
/** So many targets in one run: with more of them the command would take its own load for what it is, and not count the attempts. */
const ROWS_A_RUN = 40;

/** All rows of a probe as targets of the built command. */
export async function runGate<R extends Row>(rows: readonly R[], scene: Scene<R>): Promise<Gate> {
  const bench = await openBench();
  try {
    const staged = await Promise.all(rows.map(async (row) => ({ row, ...(await scene(row, bench)) })));
    bench.workspace.configure(configOf(staged));
    const env = Object.assign({ GATE_SECRET: SECRET }, ...staged.map((one) => one.env));
    const probe = (names: readonly string[]) => bench.workspace.probe(['run', ...names, ...JUDGED], { env });
    const runs: GateRun[] = [];
    for (const some of inRuns(staged)) {
      const ended = await probe(some.flatMap(namesOf));
      runs.push({ rows: some.map(({ row }) => row), ended, report: reportIn(ended) });
    }
    return {
      runs,
      report: { targets: runs.flatMap(({ report }) => report.targets) },
      problemsOf: (row) => staged.find((one) => one.row === row)?.problems?.() ?? [],
      alone: (row) => probe([targetName(row)]),
      [Symbol.asyncDispose]: () => bench[Symbol.asyncDispose](),
    };
  } catch (error) {
    await bench[Symbol.asyncDispose]();
    throw error;
  }
}

type StagedRow = Staged & { readonly row: Row };

const namesOf = ({ row, before = {} }: StagedRow): readonly string[] => [...Object.keys(before), targetName(row)];

const inRuns = (staged: readonly StagedRow[]): readonly (readonly StagedRow[])[] =>
  Array.from({ length: Math.ceil(staged.length / ROWS_A_RUN) }, (_, run) =>
    staged.slice(run * ROWS_A_RUN, (run + 1) * ROWS_A_RUN),
  );

/** One in two job runs may fail, with one connection each: five clean attempts carry a pass, and three that fail are a blocker. */
const ATTEMPTS = 5;
const FAILING_ATTEMPTS = 3;
const MOST_ATTEMPTS = 20;
const WORKLOAD = { connectsFrom: 'driver', connectionsPerRun: 1, tolerableFailedRuns: '50%', duration: '30m' } as const;
/** Silence is awaited so long where a row is about silence, and otherwise as long as any run awaits it. */
const SILENCE = '1s';

function configOf(staged: readonly StagedRow[]): object {
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
    contexts: { bench: { ephemeral: false } },
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
