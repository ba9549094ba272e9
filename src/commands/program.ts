import { Command, CommanderError } from 'commander';
import { EXIT } from '../model/verdict.ts';
import { TOOL } from '../tool.ts';
import type { Io } from './io.ts';
import { onceEach } from './once-each.ts';

// The grammar of the command line. What a command does is loaded when it is called.

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
const gathering = (command: Command) =>
  sampled(command)
    .option('--publish <dir>', 'a volume without append or rename: evidence goes there in parts, each a new file')
    .option('--end-with-stdin', 'interrupt the run when standard input ends; its first line holds the secrets');
const sampled = (command: Command) =>
  judged(configured(command))
    .option('--evidence <dir>', 'the folder that evidence is written to and judged from')
    .option('--workload <name>', 'only what this workload uses; repeatable', collect, []);
const requested = (command: Command) =>
  command.option('--requested-at <time>', 'when the platform was asked for this run: from there it has been starting');

/** Parses the command line and runs its command; the exit code. A wrong command line has been explained on standard error. */
export async function runCommand(argv: readonly string[], io: Io): Promise<number> {
  let exitCode: number = EXIT.defect;
  const program = programOf(io, (code) => {
    exitCode = code;
  });
  try {
    await program.parseAsync(await expandType(argv, program, io), { from: 'user' });
    return exitCode;
  } catch (error) {
    if (error instanceof CommanderError) return wasAsked(error, argv) ? EXIT.ok : EXIT.usage;
    throw error;
  }
}

/** `probe help` ends with the exit code that stands in the process, where ours stands from the first; without arguments it is an error. */
const wasAsked = ({ code, exitCode }: CommanderError, argv: readonly string[]): boolean =>
  exitCode === 0 || (code === 'commander.help' && argv.length > 0);

/** `probe sqlserver …` is short for `probe run --type sqlserver …`. */
async function expandType(argv: readonly string[], program: Command, io: Io): Promise<string[]> {
  const [first, ...rest] = argv;
  if (first === undefined || first.startsWith('-') || first === 'help') return [...argv];
  if (program.commands.some((command) => command.name() === first)) return [...argv];
  const types = (await io.registry()).map(({ type }) => type);
  return types.includes(first) ? ['run', '--type', first, ...rest] : [...argv];
}

function programOf(io: Io, ends: (exitCode: number) => void): Command {
  const program = new Command('probe')
    .description('Decides from evidence which workloads can move to serverless compute.')
    .version(TOOL.version)
    .exitOverride()
    .configureOutput({ writeErr: io.err, writeOut: io.out });

  requested(gathering(program.command('all').description('try every target'))).action(async (options) =>
    ends(await (await import('./run.ts')).run(null, options, io)),
  );
  requested(gathering(program.command('run').argument('[name...]').description('try some targets')))
    .option('--type <type>', 'all targets of one type (`probe sqlserver` is short for it)')
    .action(async (names, options) => ends(await (await import('./run.ts')).run(names, options, io)));
  configured(program.command('check').description('check the configuration without the network'))
    .option('--offline-references', 'accept references that only resolve in the context')
    .action(async (options) => ends(await (await import('./check.ts')).check(options, io)));
  sampled(program.command('plan').argument('[name...]').description('what a run would do to each server; no network'))
    .option('--type <type>', 'only targets of one type')
    .option('--privileges', 'the grants, ACLs and firewall lines that are needed')
    .action(async (names, options) => ends(await (await import('./plan.ts')).plan(names, options, io)));
  program
    .command('init')
    .description('write a configuration from a JDBC URL, Kafka properties, Spark options or a Databricks job')
    .option('--from <file>', 'a file, or - for standard input; repeatable', collect, [])
    .option('--from-jobs <file...>', 'jobs of Databricks, as JSON or a bundle: a workload for each task')
    .option('--jdbc <url>', 'a JDBC URL; repeatable', collect, [])
    .option('--output <file>', 'write to a new file')
    .action(async (options) => ends(await (await import('./init.ts')).init(options, io)));
  judged(program.command('judge').argument('<dir>').description('verdicts again from saved evidence'))
    .option('--config <file>', 'judge under this configuration')
    .action(async (dir, options) => ends(await (await import('./judge.ts')).judge(dir, options, io)));
  program
    .command('decide')
    .argument('<dir...>')
    .description('where each workload may go, from saved evidence of all contexts')
    .option('--config <file>', 'workloads, contexts and policy (probe.yaml; also PROBE_CONFIG)')
    .option('--report <format[=file]>', 'table, json; repeatable', collect, [])
    .option('--profile <name>', 'gate or strict')
    .option('--workload <name>', 'with --context: exits 0, 1 or 3 for this workload there')
    .option('--context <name>', 'with --workload')
    .option('--emit <platform>', 'the placement as a fragment for this platform: databricks')
    .action(async (dirs, options) => ends(await (await import('./decide.ts')).decide(dirs, options, io)));
  program
    .command('attest')
    .argument('<dir...>')
    .description('what the evidence decides, as a signed statement')
    .option('--key <key>', 'the private key: a PEM file, or a reference to one')
    .option('--unsigned', 'the statement as it is to be signed, for a signer of your own')
    .option('--config <file>', 'workloads, contexts and policy (probe.yaml; also PROBE_CONFIG)')
    .option('--expires <span>', 'such as 14d; at most, and by default, policy.maxAge')
    .option('--commit <sha>', 'by default that of GITHUB_SHA, BUILD_SOURCEVERSION or CI_COMMIT_SHA')
    .option('--output <file>', 'write to a file')
    .action(async (dirs, options) => ends(await (await import('./attest.ts')).attest(dirs, options, io)));
  program
    .command('verify')
    .argument('<file>')
    .description('whether a signed statement lets workloads run where they are to run')
    .option('--key <key>', 'the trusted public key: a PEM file, or a reference to one')
    .option(
      '--workload <name>',
      'with --context; repeatable. Every workload needs a place where none is named',
      collect,
      [],
    )
    .option('--context <name>', 'of each workload in turn, or of all', collect, [])
    .option('--bundle <file>', 'whatever this Databricks bundle puts on a context; repeatable', collect, [])
    .option(
      '--task <key=workload>',
      'a task of the bundle that is named otherwise, or `KEY=none`; repeatable',
      collect,
      [],
    )
    .option('--compute <key=context>', 'a compute of the bundle that is named otherwise; repeatable', collect, [])
    .option('--evidence <dir>', 'compare its digests, and decide again; repeatable', collect, [])
    .option('--config <file>', 'the configuration that must still be the one')
    .option('--at <date>', 'as of this date or time, instead of now')
    .option('--accept-lab', 'take evidence of the embedded lab')
    .option('--verbose', 'what else the statement says')
    .action(async (file, options) => ends(await (await import('./verify.ts')).verify(file, options, io)));
  program
    .command('render')
    .argument('<report>')
    .description('any format from a saved JSON report')
    .option('--report <format[=file]>', 'table, json; repeatable', collect, [])
    .action(async (file, options) => ends(await (await import('./render.ts')).render(file, options, io)));
  program
    .command('explain')
    .argument('<cause>')
    .description('what a cause means and what to do')
    .action(async (code) => ends(await (await import('./explain.ts')).explain(code, io)));
  program
    .command('schema')
    .argument('<name>')
    .description('JSON Schema of config, report, decision, statement or evidence')
    .action(async (name) => ends(await (await import('./schema.ts')).schema(name, io)));
  program
    .command('echo')
    .description('an address echo of your own, for targets of type egress')
    .option('--host <address>', 'the address to listen on', '0.0.0.0')
    .option('--http <port>', 'HTTP port (8080)')
    .option('--tcp <port>', 'raw TCP port (7000)')
    .action(async (options) => ends(await (await import('./echo.ts')).echo(options, io)));
  program
    .command('lab')
    .argument('<kind>')
    .description('keep the embedded lab running and print a configuration for it')
    .option('--write <file>', 'write the configuration to a new file')
    .action(async (kind, options) => ends(await (await import('./lab.ts')).lab(kind, options, io)));
  for (const command of program.commands) onceEach(command);
  return program;
}
