import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, existsSync, mkdirSync, readdirSync, readlinkSync, symlinkSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { createInterface } from 'node:readline';
import { z } from 'zod';
import { onPath } from '../../kit/requires.ts';

/** Filled by scripts/ci/pyspark.sh; nothing here reaches for the network. */
const HOME = join(process.env['PROBE_CACHE'] ?? join(homedir(), '.cache', 'preflight-probe'), 'pyspark-4.0.0');
const REPOSITORY = join(import.meta.dirname, '..', '..', '..');
const LAUNCHER = join(REPOSITORY, 'deploy', 'databricks', 'launcher', 'src', 'probe_launcher');

export const pysparkIsHere = (): boolean => existsSync(join(HOME, 'jars', 'pom.xml')) && onPath('java');

const answer = z.object({
  /** What the entry point raised. */
  error: z.string().nullable(),
  output: z.string(),
  rows: z.array(z.record(z.string(), z.unknown())),
});
export type Answer = z.infer<typeof answer>;

export type Engine = {
  readonly folder: string;
  /** Where the launcher is installed, with its agent. */
  readonly installed: string;
  run(entry: string, args: readonly string[], environment?: Readonly<Record<string, string>>): Promise<Answer>;
  sql(statement: string): Promise<Answer>;
  [Symbol.asyncDispose](): Promise<void>;
};

/** A real Spark, with the launcher installed as its wheel is: one session, since a start takes ten seconds. */
export async function startEngine(master: string, env: Readonly<Record<string, string>> = {}): Promise<Engine> {
  const folder = await mkdtemp(join(tmpdir(), 'probe-spark-'));
  const installed = install(folder);
  const python = join(HOME, 'bin', 'python');
  const engine = spawn(python, [join(import.meta.dirname, 'engine.py'), master, join(HOME, 'jars')], {
    stdio: ['pipe', 'pipe', 'pipe'],
    env: {
      PATH: `${nodeOfEachHost(folder)}:${process.env['PATH']}`,
      HOME: folder,
      PYTHONPATH: installed,
      PYTHONDONTWRITEBYTECODE: '1',
      PYSPARK_PYTHON: python,
      SPARK_HOME: homeOf(folder),
      SPARK_LOCAL_IP: '127.0.0.1',
      SPARK_TEST_FOLDER: folder,
      SPARK_LOCAL_DIRS: join(folder, 'local'),
      ...env,
    },
  });
  let told = '';
  engine.stderr.setEncoding('utf8').on('data', (text) => {
    told = `${told}${text}`.slice(-4_000);
  });
  const lines = createInterface({ input: engine.stdout })[Symbol.asyncIterator]();
  const line = async (): Promise<string> => {
    const next = await lines.next();
    if (next.done === true) throw new Error(`Spark has ended:\n${told}`);
    return next.value;
  };
  await line();
  const ask = async (asked: object): Promise<Answer> => {
    engine.stdin.write(`${JSON.stringify(asked)}\n`);
    return answer.parse(JSON.parse(await line()));
  };
  return {
    folder,
    installed,
    run: (entry, args, environment = {}) => ask({ entry, arguments: args, environment }),
    sql: (sql) => ask({ sql }),
    async [Symbol.asyncDispose]() {
      const ended = once(engine, 'exit');
      engine.stdin.end();
      await ended;
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** Executors work in a folder of the home of Spark, which is therefore one of our own. */
function homeOf(folder: string): string {
  const home = join(folder, 'spark');
  const lib = join(HOME, 'lib');
  const python = readdirSync(lib).find((name) => name.startsWith('python3')) ?? '';
  const installed = join(lib, python, 'site-packages', 'pyspark');
  mkdirSync(home);
  for (const name of readdirSync(installed)) if (name !== 'work') symlinkSync(join(installed, name), join(home, name));
  return home;
}

/** A host is the folder that an executor works in: what differs on one of them lies in a file of its number. */
const NODE = `#!/bin/sh
host="$SPARK_TEST_FOLDER/host-\${PWD##*/}"
if [ -f "$host/without-node" ]; then exit 127; fi
if [ -f "$host/environment" ]; then . "$host/environment"; fi
exec '${process.execPath}' "$@"
`;

function nodeOfEachHost(folder: string): string {
  const bin = join(folder, 'bin');
  mkdirSync(bin);
  writeFileSync(join(bin, 'node'), NODE, { mode: 0o700 });
  return bin;
}

/** What is different on the host of this executor, from now on; an empty text makes it a host as any other. */
export function equip({ folder }: Engine, executor: number, file: 'without-node' | 'environment', text: string): void {
  const host = join(folder, `host-${executor}`);
  mkdirSync(host, { recursive: true });
  writeFileSync(join(host, file), text);
}

/** Processes that work in the folder of this executor: the executor itself. */
export const executorProcesses = ({ folder }: Engine, executor: number): readonly number[] =>
  readdirSync('/proc').flatMap((name) => {
    if (!/^\d+$/.test(name)) return [];
    const at = workingFolder(Number(name));
    return at.startsWith(join(folder, 'spark', 'work')) && at.endsWith(`/${executor}`) ? [Number(name)] : [];
  });

function workingFolder(pid: number): string {
  try {
    return readlinkSync(`/proc/${pid}/cwd`);
  } catch {
    // it has ended meanwhile
    return '';
  }
}

function install(folder: string): string {
  const installed = join(folder, 'installed');
  cpSync(LAUNCHER, join(installed, 'probe_launcher'), {
    recursive: true,
    filter: (path) => !path.includes('__pycache__'),
  });
  const modules = join(installed, 'probe_launcher', 'agent', 'node_modules');
  mkdirSync(modules, { recursive: true });
  // its libraries are found from where the link leads to
  symlinkSync(REPOSITORY, join(modules, 'preflight-probe'));
  return installed;
}
