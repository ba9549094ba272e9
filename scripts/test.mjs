// Runs the tests (arguments go to vitest) and closes with one line that states how many there were.
import { spawnSync } from 'node:child_process';
import { appendFileSync, existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { closingLine, count, NOTHING, skippedTitles } from './ci/count.mjs';

const root = join(import.meta.dirname, '..');
const folder = mkdtempSync(join(tmpdir(), 'probe-tests-'));
const file = join(folder, 'report.json');

const node = (...args) => spawnSync(process.execPath, args, { cwd: root, stdio: 'inherit' }).status ?? 1;

// Tests of the command run what is built, and an old build would answer for the sources.
const built = node('scripts/build.mjs');
const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${file}`];
const exitCode =
  built === 0 ? node('node_modules/vitest/vitest.mjs', 'run', ...reporters, ...process.argv.slice(2)) : built;

const report = existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : null;
rmSync(folder, { recursive: true });

const counts = report === null ? { ...NOTHING, failed: 1 } : count(report, exitCode);
for (const title of report === null ? [] : skippedTitles(report)) console.log(`skipped: ${title}`);
console.log(closingLine(counts));

const tally = process.env['PROBE_TEST_TALLY'];
if (tally !== undefined) appendFileSync(tally, `${JSON.stringify(counts)}\n`);

process.exitCode = counts.failed > 0 || counts.passed === 0 ? 1 : 0;
