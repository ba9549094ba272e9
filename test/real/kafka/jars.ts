import { execFile, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';
import { type BrokerSetup, scramCredentials, serverProperties } from './config.ts';

const run = promisify(execFile);

/** Filled by scripts/ci/kafka-jars.sh; nothing here reaches for the network. */
const JARS = join(process.env['PROBE_CACHE'] ?? join(homedir(), '.cache', 'preflight-probe'), 'kafka-jars');

/** The broker serves one test file, so a quick start matters and throughput does not. */
const JVM = ['-XX:TieredStopAtLevel=1', '-XX:+UseSerialGC', '-Xmx256m', '-cp', join(JARS, '*')];

const STARTED = /Kafka Server started/;
const STOP_WITHIN_MS = 10_000;

export const jarsAreHere = (): boolean => existsSync(join(JARS, 'pom.xml')) && javaMajor() >= 17;

/** Formats a storage folder of its own and runs the broker on it; the returned function stops it and removes the folder. */
export async function startFromJars(setup: Omit<BrokerSetup, 'logFolder'>): Promise<() => Promise<void>> {
  const folder = await mkdtemp(join(tmpdir(), 'probe-kafka-'));
  const removeFolder = () => rm(folder, { recursive: true, force: true });
  try {
    const config = join(folder, 'server.properties');
    await writeFile(config, serverProperties({ ...setup, logFolder: join(folder, 'log') }), { mode: 0o600 });
    await run('java', [...JVM, 'kafka.tools.StorageTool', ...formatArguments(config, setup)]);
    const stop = await startBroker(config);
    return async () => {
      await stop();
      await removeFolder();
    };
  } catch (error) {
    await removeFolder();
    throw error;
  }
}

export const formatArguments = (config: string, { accounts }: Pick<BrokerSetup, 'accounts'>): readonly string[] => [
  'format',
  '--config',
  config,
  '--cluster-id',
  'cHJlZmxpZ2h0LXByb2JlLQ',
  '--standalone',
  ...scramCredentials(accounts).flatMap((credential) => ['--add-scram', credential]),
];

async function startBroker(config: string): Promise<() => Promise<void>> {
  const broker = spawn('java', [...JVM, 'kafka.Kafka', config], { stdio: ['ignore', 'ignore', 'pipe'] });
  const exited = once(broker, 'exit');
  const lastLines: string[] = [];

  await new Promise<void>((resolve, reject) => {
    // The log is read to the end of the process: a full pipe would stop the broker.
    createInterface({ input: broker.stderr }).on('line', (line) => {
      lastLines.push(line);
      if (lastLines.length > 20) lastLines.shift();
      if (STARTED.test(line)) resolve();
    });
    broker.on('error', reject);
    broker.on('exit', () => reject(new Error(`the Kafka broker ended while starting:\n${lastLines.join('\n')}`)));
  });

  return async () => {
    broker.kill('SIGTERM');
    const impatient = setTimeout(() => broker.kill('SIGKILL'), STOP_WITHIN_MS);
    await exited;
    clearTimeout(impatient);
  };
}

function javaMajor(): number {
  const said = spawnSync('java', ['-version'], { encoding: 'utf8' }).stderr ?? '';
  return Number(/version "(\d+)/.exec(said)?.[1] ?? 0);
}
