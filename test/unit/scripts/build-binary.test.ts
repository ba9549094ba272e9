import { Buffer } from 'node:buffer';
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { afterAll, expect, test } from 'vitest';

// What is refused, before anything is built.

const ROOT = join(import.meta.dirname, '..', '..', '..');
const folder = mkdtempSync(join(tmpdir(), 'probe-binary-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** The beginning of a Linux executable: 64 bits, little endian, for this machine (e_machine). */
function executable(name: string, machine: number): string {
  const header = Buffer.alloc(64);
  header.set([0x7f, 0x45, 0x4c, 0x46, 2, 1, 1]);
  header.writeUInt16LE(2, 16);
  header.writeUInt16LE(machine, 18);
  return written(name, header);
}

function written(name: string, content: Buffer | string): string {
  writeFileSync(join(folder, name), content);
  return join(folder, name);
}

const X64 = executable('node-x64', 62);
const ARM64 = executable('node-arm64', 183);

test.each<[string, string, readonly string[], string]>([
  [
    'for x64 to both',
    X64,
    [],
    'is for x64, and cannot become probe-linux-arm64\nName the architecture that it is for: --arch x64\n',
  ],
  [
    'for arm64 to both',
    ARM64,
    [],
    'is for arm64, and cannot become probe-linux-x64\nName the architecture that it is for: --arch arm64\n',
  ],
  ['for x64 to arm64', X64, ['--arch', 'arm64'], 'is for x64, and cannot become probe-linux-arm64\n'],
  [
    'for another machine',
    executable('node-ppc64', 21),
    ['--arch', 'x64'],
    'is no Linux executable for x64 or arm64, and cannot become probe-linux-x64\n',
  ],
  [
    'that is a script',
    written('script', '#!/bin/sh\n'),
    ['--arch', 'x64'],
    'is no Linux executable for x64 or arm64, ',
  ],
  ['that is empty', written('empty', ''), ['--arch', 'x64'], 'is no Linux executable for x64 or arm64, '],
])('a Node.js %s is refused', (_, node, args, why) => {
  const output = join(folder, 'output');
  const words = [join(ROOT, 'scripts', 'build-binary.mjs'), '--node', node, '--output', output, ...args];
  const { status, stderr } = spawnSync(process.execPath, words, { encoding: 'utf8' });
  expect(status).toBe(1);
  expect(stderr).toContain(`Error: ${node} ${why}`);
  expect(existsSync(output)).toBe(false);
});
