import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export type PlainVolume = {
  /** For a process that is to find `folder` a volume of a cloud: no append, rename, link, change of rights or sync. */
  env(folder: string): Readonly<Record<string, string>>;
  [Symbol.dispose](): void;
};

/** Builds what refuses those calls; it needs gcc. */
export function buildPlainVolume(): PlainVolume {
  const folder = mkdtempSync(join(tmpdir(), 'probe-volume-'));
  const library = join(folder, 'plain-volume.so');
  const source = join(import.meta.dirname, 'plain-volume.c');
  const { status, stderr } = spawnSync('gcc', ['-shared', '-fPIC', '-o', library, source, '-ldl'], {
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(`gcc: ${stderr}`);
  return {
    env: (volume) => ({ PLAIN_VOLUME: volume, LD_PRELOAD: library }),
    [Symbol.dispose]: () => rmSync(folder, { recursive: true }),
  };
}
