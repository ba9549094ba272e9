// Bundles src/cli.ts into dist for the npm package. Client libraries stay outside: they are loaded from node_modules at the first attempt.
import { chmodSync, mkdirSync, mkdtempSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'esbuild';
import { CLIENT_LIBRARIES, root, splitOptions } from './build-options.mjs';

// built beside dist and moved into place, so that nothing ever sees half of it
mkdirSync(join(root, '.cache'), { recursive: true });
const fresh = mkdtempSync(join(root, '.cache', 'dist-'));
await build({
  ...splitOptions(),
  outdir: fresh,
  target: 'node20',
  external: CLIENT_LIBRARIES,
  // CommonJS packages within the bundle still call require for Node's own modules
  banner: { js: "import{createRequire as nodeRequire}from'node:module';const require=nodeRequire(import.meta.url);" },
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
