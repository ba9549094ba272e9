import { mkdirSync, readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { build, type Plugin } from 'esbuild';

const root = join(import.meta.dirname, '..', '..');

export type PlantedBuild = { readonly cli: string; [Symbol.asyncDispose](): Promise<void> };

/** The command built from its sources as they are, but with another registry of probes, a module beside this one. */
export async function buildWith(registry: string): Promise<PlantedBuild> {
  mkdirSync(join(root, '.cache'), { recursive: true });
  // below the root, so that the client libraries are found
  const folder = await mkdtemp(join(root, '.cache', 'planted-'));
  await build({
    absWorkingDir: root,
    entryPoints: { cli: 'src/cli.ts' },
    outdir: folder,
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: 'node',
    target: 'node20',
    external: ['tedious', 'kafkajs', 'undici', 'node-forge'],
    banner: { js: "import{createRequire as nodeRequire}from'node:module';const require=nodeRequire(import.meta.url);" },
    plugins: [replacing(/probes\/index\.ts$/, join(import.meta.dirname, registry)), shortened],
    logLevel: 'warning',
  });
  return { cli: join(folder, 'cli.js'), [Symbol.asyncDispose]: () => rm(folder, { recursive: true }) };
}

const replacing = (filter: RegExp, path: string): Plugin => ({
  name: 'replacing',
  setup: ({ onResolve }) => onResolve({ filter }, () => ({ path })),
});

const BOUND = 'const LOAD_MS = 30_000;';

/** The bound on how long a client library may load is there, and nobody waits for the whole of it in a test. */
const shortened: Plugin = {
  name: 'shortened',
  setup: ({ onLoad }) =>
    onLoad({ filter: /src\/sample\/target\.ts$/ }, ({ path }) => {
      const contents = readFileSync(path, 'utf8');
      if (!contents.includes(BOUND)) throw new Error(`${path} has no more "${BOUND}"`);
      return { contents: contents.replace(BOUND, 'const LOAD_MS = 1_000;'), loader: 'ts' };
    }),
};
