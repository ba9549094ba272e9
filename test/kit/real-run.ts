import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { type ReportTarget, report } from '../../src/model/report.ts';

const CLI = join(import.meta.dirname, '..', '..', 'dist', 'cli.js');

export type RealRun = {
  readonly exitCode: number | null;
  readonly targets: Readonly<Record<string, ReportTarget>>;
};

/** One quick run of the built command over these targets, in a context that is declared stable, so that one run can pass. */
export async function probeAll(targets: Readonly<Record<string, object>>): Promise<RealRun> {
  const folder = await mkdtemp(join(tmpdir(), 'probe-real-'));
  try {
    const config = {
      version: 1,
      // The server is ours alone, so that the limits need not spare it.
      sampling: { profile: 'quick', pace: '50/s', open: 24 },
      targets,
      contexts: { here: { ephemeral: false } },
    };
    // JSON is YAML too.
    await writeFile(join(folder, 'probe.yaml'), JSON.stringify(config), { mode: 0o600 });
    const { exitCode, stdout, stderr } = await run(folder, ['all', '--report', 'json', '--context', 'here']);
    if (stdout === '') throw new Error(`probe exited ${exitCode} without a report:\n${stderr}`);
    const written = report.parse(JSON.parse(stdout));
    return { exitCode, targets: Object.fromEntries(written.targets.map((target) => [target.name, target])) };
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** Each target in one line: its verdict, and what its attempts died of. */
export const saidOfEach = (targets: RealRun['targets']): Readonly<Record<string, string>> =>
  Object.fromEntries(Object.entries(targets).map(([name, target]) => [name, saidOf(target)]));

/** What its findings blame, each once. */
export const causesOf = (target: ReportTarget | undefined): readonly string[] => [
  ...new Set((target?.findings ?? []).flatMap(({ cause }) => (cause === null ? [] : [cause]))),
];

const saidOf = ({ verdict, failures }: ReportTarget): string =>
  [verdict, ...failures.map(({ stage, cause }) => `${stage} ${cause}`)].join(' ');

function run(cwd: string, args: readonly string[]) {
  return new Promise<{ exitCode: number | null; stdout: string; stderr: string }>((resolve) => {
    const child = execFile(process.execPath, [CLI, ...args], { cwd }, (_error, stdout, stderr) =>
      resolve({ exitCode: child.exitCode, stdout, stderr }),
    );
  });
}
