import { writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { build, transform } from 'esbuild';
import { splitOptions } from '../build-options.mjs';

const TARGET = 'node24';

/**
 * Writes the split bundle into a folder, client libraries and all, each chunk as one function expression of CommonJS: the loader of a
 * single executable can neither resolve nor import. Returns the names of the chunks.
 */
export async function writeChunks(folder) {
  const { outputFiles } = await build({ ...splitOptions(), outdir: folder, target: TARGET, write: false });
  for (const { path, text } of outputFiles) {
    const { code } = await transform(text.replace(/^#!.*\n/, ''), {
      format: 'cjs',
      platform: 'node',
      target: TARGET,
      minifySyntax: true,
      minifyWhitespace: true,
      supported: { 'dynamic-import': false },
    });
    writeFileSync(join(folder, basename(path)), `(function(exports,require,module){${code}\n})`);
  }
  return outputFiles.map(({ path }) => basename(path)).sort();
}
