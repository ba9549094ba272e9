import { randomUUID } from 'node:crypto';
import type { Report, ReportTarget } from '../../src/model/report.ts';
import { type Ended, reportIn } from '../kit/cli.ts';
import { type Bench, openBench } from './bench.ts';
import { misclassifications } from './check.ts';
import { CONTEXT, configurationOf } from './configuration.ts';
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

/** Never shown: a report that holds it is itself a finding of the gate. */
export const SECRET = `gate-${randomUUID()}`;

export type StagedRow = Staged & { readonly row: Row };

export type GateRun = { readonly ended: Ended; readonly report: Report };

export type Gate = {
  readonly runs: readonly GateRun[];
  /** Of each row the target in the last run that tried it. */
  readonly report: Pick<Report, 'targets'>;
  problemsOf(row: Row): readonly string[];
  /** Runs the command for this row alone. */
  alone(row: Row): Promise<GateRun>;
  [Symbol.asyncDispose](): Promise<void>;
};

const JUDGED = ['--scope', 'run', '--context', CONTEXT, '--report', 'json'];

/**
 * So many rows in one run, and then so many of those that are not as expected and lost attempts to our own machine: what a starved
 * command leaves out of the rate is no classification. A wrong one of a run that was not disturbed is final.
 */
const ROWS_A_RUN: readonly number[] = [40, 10, 4, 1];

/** All rows of a probe as targets of the built command. */
export async function runGate<R extends Row>(rows: readonly R[], scene: Scene<R>): Promise<Gate> {
  const bench = await openBench();
  try {
    return await gateOn(bench, rows, scene);
  } catch (error) {
    await bench[Symbol.asyncDispose]();
    throw error;
  }
}

async function gateOn<R extends Row>(bench: Bench, rows: readonly R[], scene: Scene<R>): Promise<Gate> {
  const runs: GateRun[] = [];
  const targets = new Map<string, ReportTarget>();
  const staged = new Map<Row, StagedRow>();

  /** Servers anew, since some faults happen only so often. */
  async function stage(some: readonly R[]): Promise<readonly StagedRow[]> {
    const fresh = await Promise.all(some.map(async (row) => ({ row, ...(await scene(row, bench)) })));
    for (const one of fresh) staged.set(one.row, one);
    return fresh;
  }

  async function run(some: readonly R[]): Promise<GateRun> {
    const fresh = await stage(some);
    bench.workspace.configure(configurationOf(fresh));
    const env = Object.assign({ GATE_SECRET: SECRET }, ...fresh.map((one) => one.env));
    const ended = await bench.workspace.probe(['all', ...JUDGED], { env });
    const done = { ended, report: reportIn(ended) };
    runs.push(done);
    return done;
  }

  let left = rows;
  for (const size of ROWS_A_RUN) {
    for (const some of inParts(left, size))
      for (const target of (await run(some)).report.targets) targets.set(target.name, target);
    const report = { targets: [...targets.values()] };
    left = left.filter(
      (row) => isDisturbed(targets.get(targetName(row))) && misclassifications(row, report).length > 0,
    );
  }
  return {
    runs,
    report: { targets: [...targets.values()] },
    problemsOf: (row) => staged.get(row)?.problems?.() ?? [],
    alone: async (row) => undisturbed(() => run(rows.filter((one) => one === row))),
    [Symbol.asyncDispose]: () => bench[Symbol.asyncDispose](),
  };
}

const inParts = <T>(all: readonly T[], size: number): readonly (readonly T[])[] =>
  Array.from({ length: Math.ceil(all.length / size) }, (_, part) => all.slice(part * size, (part + 1) * size));

/** Attempts or holds of it were ours to lose. */
const isDisturbed = (target: ReportTarget | undefined): boolean =>
  target !== undefined &&
  (target.attempts.tainted > 0 || target.holds.some(({ outcome }) => outcome === 'interrupted'));

const TRIES = 4;

async function undisturbed(run: () => Promise<GateRun>): Promise<GateRun> {
  for (let tries = 1; ; tries += 1) {
    const done = await run();
    const isStarved = done.report.context?.findings.some(({ cause }) => cause === 'local-starvation') === true;
    if (tries === TRIES || !(isStarved || done.report.targets.some(isDisturbed))) return done;
  }
}
