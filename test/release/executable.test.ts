import { createHash } from 'node:crypto';
import { copyFileSync, existsSync, readdirSync, readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { buildExecutables, output, probeVersion, ROOT } from '../kit/released.ts';
import { onPath, requireTool } from '../kit/requires.ts';

const built = inject('executables') ?? '';
const at = (name: string): string => join(built, name);

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'probe-executable-'));
});
afterAll(() => rm(folder, { recursive: true }));

const sumsIn = (place: string): Readonly<Record<string, string>> =>
  Object.fromEntries(
    readFileSync(join(place, 'SHA256SUMS'), 'utf8')
      .trim()
      .split('\n')
      .map((line) => line.split('  ').reverse()),
  );

describe.skipIf(requireTool('executable', built !== ''))('the single executable (needs its Node.js, from npm)', () => {
  test('stands beside its checksums and its bill of materials, for both architectures', () => {
    const files = ['probe-linux-arm64', 'probe-linux-x64', 'sbom.cdx.json'];
    expect(readdirSync(built).sort()).toEqual(['SHA256SUMS', ...files]);
    const sums = sumsIn(built);
    expect(Object.keys(sums).sort()).toEqual(files);
    for (const name of files)
      expect(
        createHash('sha256')
          .update(readFileSync(at(name)))
          .digest('hex'),
      ).toBe(sums[name]);
  });

  test('knows its version alone in an empty folder, with no variable set', () => {
    const alone = join(folder, 'probe');
    copyFileSync(at(`probe-linux-${process.arch}`), alone);
    expect(output('env', ['-i', alone, '--version'], folder)).toBe(`${probeVersion}\n`);
    expect(readdirSync(folder)).toEqual(['probe']);
  });

  test('comes again byte for byte when it is built again', async () => {
    const again = await mkdtemp(join(folder, 'again-'));
    buildExecutables(again, '--arch', 'arm64', '--arch', 'x64');
    expect(sumsIn(again)).toEqual(sumsIn(built));
    await rm(again, { recursive: true });
  });

  test('states in its bill of materials each package that users install, as locked, and its Node.js', () => {
    const { packages } = JSON.parse(readFileSync(join(ROOT, 'package-lock.json'), 'utf8'));
    const locked = Object.entries<{ version: string; dev?: true }>(packages).filter(
      ([path, { dev }]) => path !== '' && dev !== true,
    );
    const { components } = JSON.parse(readFileSync(at('sbom.cdx.json'), 'utf8'));
    const stated = components.map((each: Record<string, string>) => each['bom-ref']);
    const node = output(at(`probe-linux-${process.arch}`), ['--version'], folder) && nodeVersion();
    expect(stated.sort()).toEqual(
      [...locked.map(([path, entry]) => `${path}@${entry.version}`), `node@${node}`].sort(),
    );
  });

  test('refuses a command line as the npm build does: exit 2', () => {
    expect(() => output(at(`probe-linux-${process.arch}`), ['al'])).toThrow(/exit 2\n.*unknown command 'al'/s);
  });
});

const ARM64 = '/usr/aarch64-linux-gnu';
const emulates = onPath('qemu-aarch64-static') && existsSync(join(ARM64, 'lib', 'libstdc++.so.6'));

describe.skipIf(requireTool('executable', built !== '') || requireTool('qemu-aarch64', emulates))(
  'the executable for arm64 (needs qemu-aarch64-static and the libraries of an arm64 system)',
  () => {
    const emulated = (...args: readonly string[]): string =>
      output('qemu-aarch64-static', ['-L', ARM64, at('probe-linux-arm64'), ...args], folder);

    test('starts and knows its version', () => {
      expect(emulated('--version')).toBe(`${probeVersion}\n`);
    });

    test('loads its chunks: it prints the schema of a report as the other one does', () => {
      expect(emulated('schema', 'report')).toBe(output(at('probe-linux-x64'), ['schema', 'report'], folder));
    });
  },
);

function nodeVersion(): string {
  const { optionalDependencies } = JSON.parse(readFileSync(join(ROOT, 'scripts', 'binary', 'package.json'), 'utf8'));
  return optionalDependencies[`node-linux-${process.arch}`];
}
