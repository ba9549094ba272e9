import { execFile, spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import type { Report } from '../../src/model/report.ts';
import { type Ended, reportIn, verdictsIn } from './cli.ts';

export const ROOT = join(import.meta.dirname, '..', '..');

export const probeVersion: string = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')).version;

/** Runs a command to its end and returns what it printed; anything but exit 0 is an error that quotes it. */
export function output(command: string, args: readonly string[], cwd: string = ROOT): string {
  const { status, stdout, stderr, error } = spawnSync(command, args, { cwd, encoding: 'utf8', maxBuffer: 1 << 28 });
  if (status !== 0) throw new Error(`${command} ${args.join(' ')}: exit ${status}\n${stderr}`, { cause: error });
  return stdout;
}

/** Packs what stands built into a folder; returns the path of the tarball. */
export function pack(folder: string): string {
  const printed = output('npm', ['pack', '--ignore-scripts', '--json', '--pack-destination', folder]);
  const [{ filename }] = JSON.parse(printed);
  return join(folder, filename);
}

/** Builds executables, of both architectures unless one is named, their checksums and their bill of materials. */
export const buildExecutables = (folder: string, ...args: readonly string[]): string =>
  output(process.execPath, ['scripts/build-binary.mjs', '--output', folder, ...args]);

export type LabRun = Ended & { readonly report: Report };

/** The main job on the embedded lab, with nothing in the environment, so that no Node.js of this machine is found. */
export async function runLab(command: string, args: readonly string[], cwd: string): Promise<LabRun> {
  const job = ['all', '--lab', 'dedicated', '--profile', 'quick', '--report', 'json'];
  const ended = await new Promise<Ended>((resolve) => {
    const child = execFile(command, [...args, ...job], { cwd, env: {} }, (_error, stdout, stderr) =>
      resolve({ exit: child.exitCode, stdout, stderr }),
    );
  });
  return { ...ended, report: reportIn(ended) };
}

/** What a run came to: its exit code, each target and each workload with its verdict. */
export const outcomeOf = ({ exit, report }: LabRun): object => ({
  exit,
  verdict: report.verdict,
  targets: verdictsIn(report),
  workloads: Object.fromEntries(report.workloads.map(({ name, verdict }) => [name, verdict])),
});
