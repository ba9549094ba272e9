// Runs every benchmark of bench/, each a process of its own, from the sources that are built for it alone.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import { build } from 'esbuild';

const root = join(import.meta.dirname, '..');
const wanted = process.argv.slice(2);
const names = readdirSync(join(root, 'bench'))
  .filter((name) => name.endsWith('.ts') && (wanted.length === 0 || wanted.includes(name.replace(/\.ts$/, ''))))
  .sort();

let failed = 0;
for (const name of names) {
  // below the root, so that the packages are found
  const folder = mkdtempSync(join(root, '.cache', 'bench-'));
  const outfile = join(folder, name.replace(/\.ts$/, '.mjs'));
  await build({
    entryPoints: [join(root, 'bench', name)],
    outfile,
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node20',
    packages: 'external',
    logLevel: 'warning',
  });
  console.log(`\n== ${name}`);
  const { status } = spawnSync(process.execPath, ['--expose-gc', outfile], { cwd: root, stdio: 'inherit' });
  if (status !== 0) failed += 1;
  rmSync(folder, { recursive: true });
}
process.exitCode = failed === 0 && names.length > 0 ? 0 : 1;
