// `probe --version` beside `node -e 0` on the same Node, whole processes, interleaved: the npm build, and the single executable beside the
// Node that is built into it.
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import process from 'node:process';

const ROUNDS = 40;

type Command = readonly [command: string, ...args: string[]];

function elapsedMs([command, ...args]: Command): number {
  const startedMs = performance.now();
  const { status } = spawnSync(command, args, { stdio: 'ignore' });
  if (status !== 0) throw new Error(`${command} ${args.join(' ')} ended with ${status}`);
  return performance.now() - startedMs;
}

const median = (values: readonly number[]): number =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;

function compare(name: string, bare: Command, probe: Command, aim: number): void {
  const bareMs: number[] = [];
  const probeMs: number[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    bareMs.push(elapsedMs(bare));
    probeMs.push(elapsedMs(probe));
  }
  console.log(`${name}: node -e 0 ${median(bareMs).toFixed(1)} ms, probe --version ${median(probeMs).toFixed(1)} ms`);
  console.log(`  ratio ${(median(probeMs) / median(bareMs)).toFixed(3)} (aim: at most ${aim}, ${ROUNDS} rounds)`);
}

function printedBy(...args: readonly string[]): string {
  const { status, stdout } = spawnSync(process.execPath, args, { encoding: 'utf8' });
  if (status !== 0) throw new Error(`node ${args.join(' ')} ended with ${status}`);
  return stdout.trim();
}

compare('npm build', [process.execPath, '-e', '0'], [process.execPath, 'dist/cli.js', '--version'], 1.25);

const output = join('.cache', 'bench-executable');
printedBy('scripts/build-binary.mjs', '--arch', process.arch, '--output', output);
const node = printedBy(
  ...['--input-type=module', '--eval'],
  "import { nodeFor } from './scripts/binary/node.mjs'; console.log(nodeFor(process.arch));",
);
compare('executable', [node, '-e', '0'], [join(output, `probe-linux-${process.arch}`), '--version'], 1.5);
