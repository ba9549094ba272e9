// Builds the single executables: `npm run build:binary [-- --arch x64] [--node PATH] [--output DIR]`.
// Same sources and lock files give the same bytes, on any machine of the same architecture: see docs/decisions/100-single-executable.md.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  chmodSync,
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join, resolve } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { writeChunks } from './binary/chunks.mjs';
import { refuseForeign } from './binary/elf.mjs';
import { NODE_VERSION, nodeFor } from './binary/node.mjs';
import { writeSbom } from './binary/sbom.mjs';
import { root } from './build-options.mjs';

const FUSE = 'NODE_SEA_FUSE_fce680ab2cc467b6e072b8b5df1996b2';

const { values } = parseArgs({
  options: {
    arch: { type: 'string', multiple: true, default: ['x64', 'arm64'] },
    /** A Node.js that is there already, in place of the one that npm gives; it is for one `--arch`. */
    node: { type: 'string' },
    output: { type: 'string', default: join(root, 'build') },
  },
});

function run(command, args, cwd) {
  const { status, error, stderr } = spawnSync(command, args, { cwd, encoding: 'utf8' });
  if (status !== 0) throw new Error(`${command} ${args.join(' ')} ended with ${status}\n${stderr}`, { cause: error });
}

/** Writes `blob`: the chunks and, where this machine can run that Node.js, their code cache. */
function writeBlob(chunks, folder, node, arch) {
  const native = arch === process.arch;
  // the seed is in no checksum that V8 compares, and without it each cache would have bytes of its own
  if (native) run(node, ['--random-seed=1', join(root, 'scripts', 'binary', 'code-cache.cjs'), folder]);
  const none = join(folder, 'none.cache');
  writeFileSync(none, '');
  const assets = chunks.flatMap((name) => [
    [`./${name}`, join(folder, name)],
    [`./${name}.cache`, native ? join(folder, `${name}.cache`) : none],
  ]);
  copyFileSync(join(root, 'scripts', 'binary', 'loader.cjs'), join(folder, 'loader.cjs'));
  const config = {
    main: 'loader.cjs',
    output: 'blob',
    disableExperimentalSEAWarning: true,
    useCodeCache: false,
    assets: Object.fromEntries(assets),
  };
  writeFileSync(join(folder, 'sea.json'), JSON.stringify(config));
  // a blob without code cache is of no architecture, and a foreign Node.js could not make it
  run(native ? node : nodeFor(process.arch), ['--experimental-sea-config', 'sea.json'], folder);
}

function writeExecutable(chunks, folder, { arch, node }) {
  const name = `probe-linux-${arch}`;
  writeBlob(chunks, folder, node, arch);
  // moved into place, since an executable that runs cannot be written to
  const unfinished = join(output, `.${name}`);
  copyFileSync(node, unfinished);
  chmodSync(unfinished, 0o755);
  const postject = fileURLToPath(import.meta.resolve('postject/dist/cli.js'));
  run(process.execPath, [postject, unfinished, 'NODE_SEA_BLOB', join(folder, 'blob'), '--sentinel-fuse', FUSE]);
  renameSync(unfinished, join(output, name));
  return name;
}

const builds = values.arch.map((arch) => ({ arch, node: values.node ?? nodeFor(arch) }));
for (const { arch, node } of builds) refuseForeign(node, arch);
const output = resolve(values.output);
mkdirSync(join(root, '.cache'), { recursive: true });
const folder = mkdtempSync(join(root, '.cache', 'binary-'));
try {
  mkdirSync(output, { recursive: true });
  const chunks = await writeChunks(folder);
  const executables = builds.map((build) => writeExecutable(chunks, folder, build));
  const sums = [...executables, await writeSbom(output, NODE_VERSION)].map(
    (name) =>
      `${createHash('sha256')
        .update(readFileSync(join(output, name)))
        .digest('hex')}  ${name}\n`,
  );
  writeFileSync(join(output, 'SHA256SUMS'), sums.join(''));
} finally {
  rmSync(folder, { recursive: true });
}
