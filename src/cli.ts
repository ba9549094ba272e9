#!/usr/bin/env node
// The only file that touches `process`, and the only one that imports probes/.
import { Command, CommanderError } from 'commander';
import type { Io } from './commands/io.ts';
import { PreflightError } from './model/preflight-error.ts';
import { EXIT } from './model/verdict.ts';
import { TOOL } from './tool.ts';

// stands before the first wait: a promise that is lost would otherwise end the process with 13
process.exitCode = EXIT.defect;

const interruption = new AbortController();
let signalExit: number | null = null;
let defects = 0;

const io: Io = {
  env: process.env,
  cwd: process.cwd(),
  async readStdin() {
    let text = '';
    for await (const chunk of process.stdin.setEncoding('utf8')) text += chunk;
    return text;
  },
  out: (text) => void process.stdout.write(text),
  err: (text) => void process.stderr.write(text),
  signal: interruption.signal,
  broke: () => {
    defects += 1;
  },
  registry: async () => (await import('../probes/index.ts')).REGISTRY,
};

for (const [signal, code] of [
  ['SIGINT', EXIT.sigint],
  ['SIGTERM', EXIT.sigterm],
] as const) {
  process.on(signal, () => {
    if (signalExit !== null) process.exit(code); // asked twice: at once
    signalExit = code;
    interruption.abort();
  });
}

// a library that throws behind our back is our defect; the run goes on and its report is written
for (const event of ['uncaughtException', 'unhandledRejection'] as const) {
  process.on(event, (error: unknown) => {
    defects += 1;
    io.err(`probe: defect of this tool: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
  });
}
// a reader that goes away (`| head`) is no defect
for (const stream of [process.stdout, process.stderr]) stream.on('error', () => {});

let verdictExit: number = EXIT.defect;
const ends = (code: number) => {
  verdictExit = code;
};

const collect = (value: string, soFar: readonly string[]): readonly string[] => [...soFar, value];
const configured = (command: Command) =>
  command
    .option('--config <file>', 'the configuration (probe.yaml; also PROBE_CONFIG)')
    .option('--secrets-stdin', 'read {"scope/key": "…"} for secret references from standard input')
    .option('--lab <kind>', 'on the embedded lab: dedicated or serverless');
const judged = (command: Command) =>
  command
    .option('--report <format[=file]>', 'table, json; repeatable', collect, [])
    .option('--profile <name>', 'quick, gate or strict')
    .option('--context <name>', 'the name of this context')
    .option('--vantage <name>', 'driver, executor, spark-source or udf')
    .option('--scope <scope>', '`run` judges one run alone');
const sampled = (command: Command) =>
  judged(configured(command))
    .option('--evidence <dir>', 'the folder that evidence is written to and judged from')
    .option('--workload <name>', 'only what this workload uses; repeatable', collect, []);

const program = new Command('probe')
  .description('Decides from evidence which workloads can move to serverless compute.')
  .version(TOOL.version)
  .exitOverride()
  .configureOutput({ writeErr: io.err, writeOut: io.out });

sampled(program.command('all').description('try every target')).action(async (options) =>
  ends(await (await import('./commands/run.ts')).run(null, options, io)),
);
sampled(program.command('run').argument('[name...]').description('try some targets'))
  .option('--type <type>', 'all targets of one type (`probe sqlserver` is short for it)')
  .action(async (names, options) => ends(await (await import('./commands/run.ts')).run(names, options, io)));
configured(program.command('check').description('check the configuration without the network'))
  .option('--offline-references', 'accept references that only resolve in the context')
  .action(async (options) => ends(await (await import('./commands/check.ts')).check(options, io)));
sampled(program.command('plan').description('what a run would do to each server; no network'))
  .option('--privileges', 'the grants, ACLs and firewall lines that are needed')
  .action(async (options) => ends(await (await import('./commands/plan.ts')).plan(options, io)));
judged(program.command('judge').argument('<dir>').description('verdicts again from saved evidence'))
  .option('--config <file>', 'judge under this configuration')
  .action(async (dir, options) => ends(await (await import('./commands/judge.ts')).judge(dir, options, io)));
program
  .command('render')
  .argument('<report>')
  .description('any format from a saved JSON report')
  .option('--report <format[=file]>', 'table, json; repeatable', collect, [])
  .action(async (file, options) => ends(await (await import('./commands/render.ts')).render(file, options, io)));
program
  .command('explain')
  .argument('<cause>')
  .description('what a cause means and what to do')
  .action(async (code) => ends(await (await import('./commands/explain.ts')).explain(code, io)));
program
  .command('schema')
  .argument('<name>')
  .description('JSON Schema of config, report or evidence')
  .action(async (name) => ends(await (await import('./commands/schema.ts')).schema(name, io)));
program
  .command('echo')
  .description('an address echo of your own, for targets of type egress')
  .option('--host <address>', 'the address to listen on', '0.0.0.0')
  .option('--http <port>', 'HTTP port (8080)')
  .option('--tcp <port>', 'raw TCP port (7000)')
  .action(async (options) => ends(await (await import('./commands/echo.ts')).echo(options, io)));
program
  .command('lab')
  .argument('<kind>')
  .description('keep the embedded lab running and print a configuration for it')
  .option('--write <file>', 'write the configuration to a new file')
  .action(async (kind, options) => ends(await (await import('./commands/lab.ts')).lab(kind, options, io)));

/** `probe sqlserver …` is short for `probe run --type sqlserver …`. */
async function expandType(argv: readonly string[]): Promise<string[]> {
  const [first, ...rest] = argv;
  if (first === undefined || first.startsWith('-') || first === 'help') return [...argv];
  if (program.commands.some((command) => command.name() === first)) return [...argv];
  const types = (await io.registry()).map(({ type }) => type);
  return types.includes(first) ? ['run', '--type', first, ...rest] : [...argv];
}

/** `probe help` ends with the exit code that stands in the process, where ours stands from the first; without arguments it is an error. */
const wasAsked = ({ code, exitCode }: CommanderError): boolean =>
  exitCode === 0 || (code === 'commander.help' && process.argv.length > 2);

function exitOf(error: unknown): number {
  if (error instanceof CommanderError) return wasAsked(error) ? EXIT.ok : EXIT.usage;
  if (error instanceof PreflightError) {
    io.err(`probe: ${error.message}\n${error.hint === null ? '' : `${error.hint}\n`}`);
    return EXIT.usage;
  }
  defects += 1;
  io.err(`probe: defect of this tool: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
  return EXIT.defect;
}

async function main(argv: readonly string[]): Promise<void> {
  try {
    await program.parseAsync(await expandType(argv), { from: 'user' });
  } catch (error) {
    verdictExit = exitOf(error);
  }
  process.exitCode = defects > 0 ? EXIT.defect : (signalExit ?? verdictExit);
  // a library may keep a handle open after its work is done; what was written must get out first
  process.stdout.write('', () => setTimeout(() => process.exit(), 1_000).unref());
}

void main(process.argv.slice(2));
