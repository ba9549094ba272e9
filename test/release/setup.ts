import { mkdirSync, mkdtempSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';
import { buildExecutables, output, pack } from '../kit/released.ts';

declare module 'vitest' {
  interface ProvidedContext {
    readonly tarball: string;
    /** The folder into which the tarball was installed; null where no package registry could be reached. */
    readonly installed: string | null;
    /** The folder of the executables; null where their Node.js could not be had. */
    readonly executables: string | null;
  }
}

/** What is released is made once, for all tests of this folder. */
export function setup({ provide }: TestProject): () => Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'probe-release-'));
  const inside = (name: string): string => {
    mkdirSync(join(folder, name));
    return join(folder, name);
  };
  const tarball = pack(inside('packed'));
  provide('tarball', tarball);
  provide(
    'installed',
    attempt(inside('installed'), (into) => install(tarball, into)),
  );
  provide('executables', attempt(inside('executables'), buildExecutables));
  return () => rm(folder, { recursive: true });
}

const install = (tarball: string, into: string): string =>
  output('npm', ['install', '--prefer-offline', '--ignore-scripts', '--no-audit', '--no-fund', tarball], into);

function attempt(folder: string, work: (folder: string) => string): string | null {
  try {
    work(folder);
    return folder;
  } catch (error) {
    console.error(error);
    return null;
  }
}
