// Adds up what scripts/test.mjs wrote to the tally file; prints one closing line and fails where a test failed or none ran.
import { existsSync, readFileSync } from 'node:fs';
import process from 'node:process';
import { add, closingLine, NOTHING } from './count.mjs';

const [tally] = process.argv.slice(2);
const lines = tally !== undefined && existsSync(tally) ? readFileSync(tally, 'utf8').trim().split('\n') : [];
const total = lines
  .filter(Boolean)
  .map((line) => JSON.parse(line))
  .reduce(add, NOTHING);

console.log(closingLine(total));
process.exitCode = total.failed > 0 || total.passed === 0 ? 1 : 0;
