// Bundles src/cli.ts into dist: a small entry, and a chunk for whatever a command loads when it needs it. One large bundle would cost
// each start its parsing. Client libraries stay outside: they are loaded from node_modules at the first attempt.
import { createHash } from 'node:crypto';
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));

function filesBelow(folder) {
  return readdirSync(folder, { withFileTypes: true })
    .flatMap((entry) => (entry.isDirectory() ? filesBelow(join(folder, entry.name)) : [join(folder, entry.name)]))
    .sort();
}

/** Over what is built and the exact versions it is built with: the same sources give the same digest on every machine. */
function digestOfSources() {
  const hash = createHash('sha256');
  for (const file of [
    ...filesBelow(join(root, 'src')),
    ...filesBelow(join(root, 'probes')),
    join(root, 'package-lock.json'),
  ]) {
    hash.update(relative(root, file)).update('\0').update(readFileSync(file)).update('\0');
  }
  return `sha256:${hash.digest('hex')}`;
}

// built beside dist and moved into place, so that nothing ever sees half of it
mkdirSync(join(root, '.cache'), { recursive: true });
const fresh = mkdtempSync(join(root, '.cache', 'dist-'));
await build({
  absWorkingDir: root,
  entryPoints: { cli: 'src/cli.ts' },
  outdir: fresh,
  bundle: true,
  splitting: true,
  format: 'esm',
  platform: 'node',
  target: 'node20',
  minifySyntax: true,
  minifyWhitespace: true,
  legalComments: 'none',
  chunkNames: '[name]-[hash]',
  external: ['tedious', 'kafkajs', 'undici', 'node-forge'],
  define: { PROBE_VERSION: JSON.stringify(version), PROBE_DIGEST: JSON.stringify(digestOfSources()) },
  // CommonJS packages within the bundle still call require for Node's own modules
  banner: { js: "import{createRequire as nodeRequire}from'node:module';const require=nodeRequire(import.meta.url);" },
  logLevel: 'warning',
});
chmodSync(fresh, 0o755); // a temporary folder is its owner's alone, and the tool is run by others
chmodSync(join(fresh, 'cli.js'), 0o755);
const dist = join(root, 'dist');
const old = `${fresh}-old`;
try {
  renameSync(dist, old);
} catch (error) {
  if (error.code !== 'ENOENT') throw error;
}
renameSync(fresh, dist);
rmSync(old, { recursive: true, force: true });
