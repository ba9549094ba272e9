// `probe --version` beside `node -e 0` on the same Node, whole processes, interleaved. The aim is a ratio of at most 1.25.
import { spawnSync } from 'node:child_process';
import process from 'node:process';

const ROUNDS = 40;

function elapsedMs(args: readonly string[]): number {
  const startedMs = performance.now();
  const { status } = spawnSync(process.execPath, args, { stdio: 'ignore' });
  if (status !== 0) throw new Error(`node ${args.join(' ')} ended with ${status}`);
  return performance.now() - startedMs;
}

const median = (values: readonly number[]): number =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;

const bare: number[] = [];
const version: number[] = [];
for (let round = 0; round < ROUNDS; round += 1) {
  bare.push(elapsedMs(['-e', '0']));
  version.push(elapsedMs(['dist/cli.js', '--version']));
}
console.log(`node -e 0         ${median(bare).toFixed(1)} ms`);
console.log(`probe --version   ${median(version).toFixed(1)} ms`);
console.log(`ratio             ${(median(version) / median(bare)).toFixed(3)} (aim: at most 1.25, ${ROUNDS} rounds)`);
