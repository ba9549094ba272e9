import { createHash } from 'node:crypto';
import { closeSync, openSync, readSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { PreflightError } from '../model/preflight-error.ts';
import { codeOf, openFolder } from './store.ts';

const CHUNK_BYTES = 64 * 1024;

/** SHA-256 of every file of an evidence folder, byte for byte, in order of their names. */
export const digestsOf = (folder: string): readonly { readonly name: string; readonly sha256: string }[] =>
  openFolder(folder, 'read')
    .list()
    .map((name) => ({ name, sha256: digestOf(folder, name) }));

function digestOf(folder: string, name: string): string {
  const path = join(folder, name);
  try {
    // a pipe would be waited for, and a device may never end
    if (statSync(path).isFile()) return sha256Of(path);
  } catch (error) {
    const why = codeOf(error);
    throw why === null ? error : notAttested(folder, name, why, error);
  }
  throw notAttested(folder, name, 'no regular file');
}

const notAttested = (folder: string, name: string, why: string, cause?: unknown): PreflightError =>
  new PreflightError(
    'ERR_EVIDENCE_FOLDER',
    `${name} in ${folder} cannot be read (${why})`,
    'What cannot be read cannot be attested: make it readable, or move it out of the folder.',
    { cause },
  );

function sha256Of(path: string): string {
  const file = openSync(path, 'r');
  try {
    const hash = createHash('sha256');
    const chunk = Buffer.alloc(CHUNK_BYTES);
    for (let size = readSync(file, chunk); size > 0; size = readSync(file, chunk)) hash.update(chunk.subarray(0, size));
    return hash.digest('hex');
  } finally {
    closeSync(file);
  }
}
