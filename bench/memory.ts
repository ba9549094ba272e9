// A million attempts of one run through the fold: resident memory grows by less than 20 MB between the first tenth and the last. Each attempt
// is a record of its own, made as reading would make it, with times of all sizes, failures, and addresses that change.
import process from 'node:process';
import { analyze } from '../src/analyze/analyze.ts';
import type { EvidenceFolder } from '../src/model/evidence.ts';
import { DEFAULT_POLICY } from '../src/model/policy.ts';
import { folderOf, instant, run, T0 } from '../test/kit/evidence.ts';
import { historyAttempt } from '../test/kit/long-history.ts';

const ATTEMPTS = 1_000_000;
const ALLOWED_MB = 20;
const LOOK_EVERY = 10_000;

const megabytes = (bytes: number): number => bytes / 2 ** 20;

const resident = { first: 0, last: 0 };
const heap: number[] = [];

function look(n: number): void {
  const now = megabytes(process.memoryUsage.rss());
  if (n <= ATTEMPTS / 10) resident.first = Math.max(resident.first, now);
  if (n > ATTEMPTS - ATTEMPTS / 10) resident.last = Math.max(resident.last, now);
  if (n !== ATTEMPTS / 10 && n !== ATTEMPTS) return;
  globalThis.gc?.();
  heap.push(megabytes(process.memoryUsage().heapUsed));
}

const empty = folderOf([run(0, [])]);
const folder: EvidenceFolder = {
  ...empty,
  *records() {
    for (let n = 1; n <= ATTEMPTS; n += 1) {
      yield JSON.parse(JSON.stringify(historyAttempt('run-0', n, T0)));
      if (n % LOOK_EVERY === 0) look(n);
    }
  },
};

const startedMs = performance.now();
const analysis = analyze(folder, {
  context: 'serverless',
  vantage: 'driver',
  scope: 'period',
  run: null,
  only: null,
  judgedAt: instant(T0 + 2 * 86_400_000),
  policy: DEFAULT_POLICY,
});
const [folded] = analysis.targets[0]?.runs ?? [];
const [early = Number.NaN, late = Number.NaN] = heap;
console.log(
  `folded        ${(folded?.succeeded ?? 0) + (folded?.failed ?? 0)} attempts in ${((performance.now() - startedMs) / 1_000).toFixed(1)} s, with making them`,
);
console.log(
  `resident      ${resident.first.toFixed(1)} MB at most in the first tenth, ${resident.last.toFixed(1)} MB in the last`,
);
console.log(`growth        ${(resident.last - resident.first).toFixed(1)} MB (aim: under ${ALLOWED_MB} MB)`);
console.log(`heap in use   ${early.toFixed(2)} MB after a tenth, ${late.toFixed(2)} MB at the end`);
