import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { PreflightError } from '../../model/preflight-error.ts';
import type { Io } from '../io.ts';

const READABLE = 'Name a file that is there and that this user may read.';

export function bytesOf(file: string, { cwd }: Io): Buffer {
  try {
    return readFileSync(resolve(cwd, file));
  } catch (error) {
    throw new PreflightError('ERR_FILE', `${file} cannot be read (${codeOf(error)})`, READABLE, { cause: error });
  }
}

/** Written beside its place and moved there: who verifies meanwhile reads the statement before it, or this one. */
export function writeWhole(file: string, content: Buffer, { cwd }: Io): void {
  const path = resolve(cwd, file);
  const beside = `${path}.part`;
  try {
    writeFileSync(beside, content, { mode: 0o600 });
    renameSync(beside, path);
  } catch (error) {
    rmSync(beside, { force: true });
    throw new PreflightError(
      'ERR_OUTPUT',
      `${file} cannot be written (${codeOf(error)})`,
      'Name a file in a folder that can be written to.',
      { cause: error },
    );
  }
}

const codeOf = (error: unknown): string =>
  error instanceof Error && 'code' in error ? String(error.code) : 'unknown error';
