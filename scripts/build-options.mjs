// What the npm package and the single executables have in common: the sources, their version and digest, and how esbuild takes them.
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';

export const root = join(import.meta.dirname, '..');
export const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));

/** Client libraries: the npm package loads them from node_modules at the first attempt, a single executable carries them as chunks. */
export const CLIENT_LIBRARIES = [
  '@aws-sdk/client-s3',
  '@azure/storage-blob',
  'kafkajs',
  'node-forge',
  'tedious',
  'undici',
];

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

/** A small entry, and a chunk for whatever a command loads when it needs it. One large bundle would cost each start its parsing. */
export const splitOptions = () => ({
  absWorkingDir: root,
  entryPoints: { cli: 'src/cli.ts' },
  bundle: true,
  splitting: true,
  format: 'esm',
  platform: 'node',
  minifySyntax: true,
  minifyWhitespace: true,
  legalComments: 'none',
  chunkNames: '[name]-[hash]',
  define: { PROBE_VERSION: JSON.stringify(version), PROBE_DIGEST: JSON.stringify(digestOfSources()) },
  logLevel: 'warning',
});
