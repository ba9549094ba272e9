import { type ChildProcess, spawn } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm, watch } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { stringify } from 'yaml';
import { type EvidenceRecord, evidenceRecord } from '../../src/model/records.ts';
import { type Report, type ReportTarget, report } from '../../src/model/report.ts';

// The built command as a user has it: a process of its own, with an environment that says nothing but what the test says.

const CLI = join(import.meta.dirname, '..', '..', 'dist', 'cli.js');

export type Ended = {
  /** Null where a signal ended the process. */
  readonly exit: number | null;
  readonly stdout: string;
  readonly stderr: string;
};

export type Running = { readonly child: ChildProcess; readonly ended: Promise<Ended> };

export type Surroundings = {
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
  /** What the command reads from standard input; without it there is nothing to read. */
  readonly stdin?: string;
  /** Standard input stays open after that. */
  readonly holdsStdin?: boolean;
  /** Another Node.js than the one that runs the test. */
  readonly node?: string;
  /** Another build of the command than `dist/cli.js`. */
  readonly cli?: string;
};

export function startProbe(args: readonly string[], around: Surroundings = {}): Running {
  const { cwd = tmpdir(), env = {}, stdin = '', holdsStdin = false, node = process.execPath, cli = CLI } = around;
  const child = spawn(node, [cli, ...args], { cwd, env: { PATH: process.env['PATH'], ...env } });
  const ended = new Promise<Ended>((resolve, reject) => {
    let stdout = '';
    let stderr = '';
    child.stdout.setEncoding('utf8').on('data', (text) => {
      stdout += text;
    });
    child.stderr.setEncoding('utf8').on('data', (text) => {
      stderr += text;
    });
    child.on('error', reject);
    child.on('close', (exit) => resolve({ exit, stdout, stderr }));
  });
  // a command that ends without reading leaves nobody to write to
  child.stdin.on('error', () => {});
  if (holdsStdin) child.stdin.write(stdin);
  else child.stdin.end(stdin);
  return { child, ended };
}

export const runProbe = (args: readonly string[], around?: Surroundings): Promise<Ended> =>
  startProbe(args, around).ended;

/** What standard output holds, which is to be one report and nothing else. */
export function reportIn({ exit, stdout, stderr }: Pick<Ended, 'stdout'> & Partial<Ended>): Report {
  if (stdout === '') throw new Error(`probe exited ${exit} without a report:\n${stderr}`);
  return report.parse(JSON.parse(stdout));
}

export function targetIn({ targets }: Report, name: string): ReportTarget {
  const target = targets.find((each) => each.name === name);
  if (target === undefined) throw new Error(`the report has no target ${name}`);
  return target;
}

/** Each target with its verdict. */
export const verdictsIn = ({ targets }: Report): Readonly<Record<string, string>> =>
  Object.fromEntries(targets.map(({ name, verdict }) => [name, verdict]));

/** The causes of all findings that are no pass. */
export const causesIn = ({ findings }: ReportTarget): readonly (string | null)[] =>
  findings.filter(({ verdict }) => verdict !== 'pass').map(({ cause }) => cause);

/** A report as text, less the one line that differs when the same evidence is judged again. */
export const withoutJudgedAt = (text: string): string => text.replace(/^ {2}"judgedAt": ".*",\n/m, '');

export type Workspace = {
  readonly folder: string;
  path(name: string): string;
  /** A file of this folder; returns its path. */
  write(name: string, text: string): string;
  /** `probe.yaml`, which the command finds by itself. */
  configure(config: object): void;
  /** Runs the command in this folder. */
  probe(args: readonly string[], around?: Omit<Surroundings, 'cwd'>): Promise<Ended>;
  start(args: readonly string[], around?: Omit<Surroundings, 'cwd'>): Running;
  [Symbol.asyncDispose](): Promise<void>;
};

/** A folder to run the command in, gone afterwards. */
export async function openWorkspace(config?: object): Promise<Workspace> {
  const folder = await mkdtemp(join(tmpdir(), 'probe-cli-'));
  const path = (name: string): string => join(folder, name);
  const write = (name: string, text: string): string => {
    writeFileSync(path(name), text, { mode: 0o600 });
    return path(name);
  };
  const configure = (written: object): void => void write('probe.yaml', stringify(written, { lineWidth: 0 }));
  if (config !== undefined) configure(config);
  return {
    folder,
    path,
    write,
    configure,
    probe: (args, around) => runProbe(args, { ...around, cwd: folder }),
    start: (args, around) => startProbe(args, { ...around, cwd: folder }),
    [Symbol.asyncDispose]: () => rm(folder, { recursive: true }),
  };
}

/** Every whole line of every file of an evidence folder. */
export function evidenceIn(folder: string): readonly EvidenceRecord[] {
  return readdirSync(folder)
    .sort()
    .flatMap((name) => readFileSync(join(folder, name), 'utf8').split('\n').slice(0, -1))
    .map((line) => evidenceRecord.parse(JSON.parse(line)));
}

const PATIENCE_MS = 20_000;

/** Resolves as soon as the evidence of a run holds so many attempts, all targets together. */
export async function attemptsWritten(folder: string, count: number, { ended }: Running): Promise<void> {
  const tooLate = new AbortController();
  const patience = setTimeout(
    () => tooLate.abort(new Error(`no ${count} attempts within ${PATIENCE_MS} ms`)),
    PATIENCE_MS,
  );
  const over = ended.then(({ exit, stderr }) => tooLate.abort(new Error(`the run is over, exit ${exit}:\n${stderr}`)));
  try {
    mkdirSync(folder, { recursive: true });
    const changes = watch(folder, { signal: tooLate.signal });
    for await (const _ of changes) if (attemptsIn(folder) >= count) return;
  } catch (error) {
    throw tooLate.signal.aborted ? tooLate.signal.reason : error;
  } finally {
    clearTimeout(patience);
    over.catch(() => {});
  }
}

const attemptsIn = (folder: string): number => evidenceIn(folder).filter(({ record }) => record === 'attempt').length;

export type Keep = {
  <T extends AsyncDisposable>(starting: Promise<T>): Promise<T>;
  [Symbol.asyncDispose](): Promise<void>;
};

/** Servers that the tests of a file share; the last one started is the first to go. */
export function openKeep(): Keep {
  const kept: AsyncDisposable[] = [];
  const keep = async <T extends AsyncDisposable>(starting: Promise<T>): Promise<T> => {
    const started = await starting;
    kept.push(started);
    return started;
  };
  const dispose = async () => {
    for (const one of kept.reverse()) await one[Symbol.asyncDispose]();
  };
  return Object.assign(keep, { [Symbol.asyncDispose]: dispose });
}
