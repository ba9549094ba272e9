import { readdirSync, readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { publint } from 'publint';
import { describe, expect, inject, test } from 'vitest';
import { output, pack, ROOT } from '../kit/released.ts';

const tarball = inject('tarball');
const names = output('tar', ['-tzf', tarball])
  .trim()
  .split('\n')
  .map((name) => name.replace(/^package\//, ''))
  .sort();
const textOf = (name: string): string => output('tar', ['-xzOf', tarball, `package/${name}`]);

const EXPECTED = [
  /^(package\.json|README\.md|CHANGELOG\.md|LICENSE)$/,
  /^dist\/[\w-]+\.js$/,
  /^docs\/([\w-]+\/)*[\w-]+\.md$/,
  // what a pipeline of the user's is made from
  /^docs\/gate\/[\w-]+\.(yml|sh|py)$/,
  /^deploy\/kubernetes\/[\w-]+\.(md|yaml)$/,
  /^probes\/\w+\/README\.md$/,
];

describe('the package', () => {
  test('holds what is built and what describes it: no source, no test, no fixture, no configuration of ours', () => {
    expect(names.filter((name) => !EXPECTED.some((pattern) => pattern.test(name)))).toEqual([]);
  });

  test('holds every chunk of the build, and the page of every probe', () => {
    const built = readdirSync(join(ROOT, 'dist')).map((name) => `dist/${name}`);
    expect(names).toEqual(expect.arrayContaining([...built, 'probes/kafka/README.md', 'LICENSE']));
  });

  test('holds no key, no token, no address of a package registry and no path of the machine that built it', () => {
    const found = names.filter((name) =>
      /-----BEGIN [A-Z ]*PRIVATE KEY-----\s+[A-Za-z0-9+/]{20}|_authToken|registry\.npmjs\.org|\beyJ[\w-]{20,}\.eyJ/.test(
        textOf(name),
      ),
    );
    expect(found).toEqual([]);
    expect(names.filter((name) => textOf(name).includes(ROOT))).toEqual([]);
  });

  test('runs nothing when it is installed', () => {
    const { scripts } = JSON.parse(textOf('package.json'));
    expect(Object.keys(scripts).filter((name) => /install/.test(name))).toEqual([]);
  });

  test('has nothing that publint objects to', async () => {
    const buffer = readFileSync(tarball);
    const bytes = buffer.buffer.slice(buffer.byteOffset, buffer.byteOffset + buffer.byteLength);
    const { messages } = await publint({ pack: { tarball: bytes }, strict: true });
    expect(messages).toEqual([]);
  });

  test('comes again byte for byte when it is packed again', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'probe-packed-'));
    try {
      expect(readFileSync(pack(folder)).equals(readFileSync(tarball))).toBe(true);
    } finally {
      await rm(folder, { recursive: true });
    }
  });
});
