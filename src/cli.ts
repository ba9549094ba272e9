#!/usr/bin/env node
// The only file that touches `process`, and the only one that imports probes/.
import { defectText } from './commands/defect.ts';
import { firstLineOf } from './commands/first-line.ts';
import type { Io } from './commands/io.ts';
import { PreflightError } from './model/preflight-error.ts';
import { EXIT } from './model/verdict.ts';
import { TOOL } from './tool.ts';

// stands before the first wait: a promise that is lost would otherwise end the process with 13
process.exitCode = EXIT.defect;

const interruption = new AbortController();
let signalExit: number | null = null;
let defects = 0;
/** Whatever goes to standard error passes here: a library may quote a secret in what it throws behind our back. */
let redacted = (text: string): string => text;

const io: Io = {
  env: process.env,
  cwd: process.cwd(),
  async readStdin() {
    let text = '';
    for await (const chunk of process.stdin.setEncoding('utf8')) text += chunk;
    return text;
  },
  async endWithStdin() {
    const line = await firstLineOf(process.stdin, () => interrupt(EXIT.sigterm));
    // a file has none, and ends by itself; a pipe that stays open would keep the process alive after its work
    if ('unref' in process.stdin) process.stdin.unref();
    return line;
  },
  out: (text) => void process.stdout.write(text),
  err: (text) => void process.stderr.write(redacted(text)),
  redactBy: (redaction) => {
    redacted = (text) => redaction.text(text);
  },
  cpuMs() {
    const { user, system } = process.cpuUsage();
    return (user + system) / 1_000;
  },
  signal: interruption.signal,
  broke: () => {
    defects += 1;
  },
  registry: async () => (await import('../probes/index.ts')).REGISTRY,
};

/** Nothing that hangs holds the end up: whoever gave us standard input may be gone, and a probe must not outlive it on production. */
const LONGEST_FAREWELL_MS = 4_500;

function interrupt(code: number): void {
  if (signalExit !== null) return;
  signalExit = code;
  interruption.abort();
  setTimeout(() => {
    process.exitCode = code;
    leave();
  }, LONGEST_FAREWELL_MS).unref();
}

const SIGNALS = [
  ['SIGINT', EXIT.sigint],
  ['SIGTERM', EXIT.sigterm],
] as const;

/** From here on a signal ends the process as it ends any other. */
function deafen(): void {
  for (const [signal] of SIGNALS) process.removeAllListeners(signal);
}

/** Waits for what is being written just now; a volume that hangs would otherwise leave nothing that a signal could reach. */
function leave(): void {
  deafen();
  // by the exit code that is set: to hand `undefined` over would set it to 0
  process.exit();
}

for (const [signal, code] of SIGNALS) {
  process.on(signal, () => {
    if (signalExit === null) {
      signalExit = code;
      interruption.abort();
      return;
    }
    // asked twice: at once, which `process.exit` is not while a file is being written
    deafen();
    process.kill(process.pid, signal);
    // the first process of a container is not ended by a signal that it does not listen to
    process.exit(code);
  });
}

// a library that throws behind our back is our defect; the run goes on and its report is written
for (const event of ['uncaughtException', 'unhandledRejection'] as const) {
  process.on(event, (error: unknown) => {
    defects += 1;
    process.exitCode = EXIT.defect; // also after the end of the command
    io.err(`probe: ${defectText(error)}\n`);
  });
}
// a reader that goes away (`| head`) is no defect; a report that cannot be written is not one that was
process.stderr.on('error', () => {});
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') return;
  io.err(`probe: standard output cannot be written (${error.code ?? error.message})\n`);
  process.exit(EXIT.usage);
});

/** A folder that may not be read, a port that is taken, a file that is there already: the operator's to mend. */
const isOfTheSystem = (error: unknown): error is NodeJS.ErrnoException =>
  error instanceof Error && 'syscall' in error && 'errno' in error;

function failed(error: unknown): number {
  if (error instanceof PreflightError) {
    io.err(`probe: ${error.message}\n${error.hint === null ? '' : `${error.hint}\n`}`);
    return EXIT.usage;
  }
  if (isOfTheSystem(error)) {
    io.err(`probe: ${error.message}\n`);
    return EXIT.usage;
  }
  defects += 1;
  io.err(`probe: ${defectText(error)}\n`);
  return EXIT.defect;
}

async function run(argv: readonly string[]): Promise<number> {
  // asked at every start of a job, and it needs no grammar
  if (argv.length === 1 && (argv[0] === '--version' || argv[0] === '-V')) {
    io.out(`${TOOL.version}\n`);
    return EXIT.ok;
  }
  return (await import('./commands/program.ts')).runCommand(argv, io);
}

async function main(argv: readonly string[]): Promise<void> {
  const exitCode = await run(argv).catch(failed);
  process.exitCode = defects > 0 ? EXIT.defect : (signalExit ?? exitCode);
  // a library may keep a handle open after its work is done; what was written must get out first
  process.stdout.write('', () => setTimeout(leave, 1_000).unref());
}

void main(process.argv.slice(2));
