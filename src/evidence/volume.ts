import { mkdirSync, statSync } from 'node:fs';
import { open, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { PreflightError } from '../model/preflight-error.ts';
import { codeOf, type EvidenceStore, folderStore } from './store.ts';

/** A folder that takes whole new files and nothing else: a cloud volume has no append, rename, link or change of rights. */
export type Volume = {
  readonly folder: string;
  /** A new file, written in one go; one that broke off is taken away again where that is possible. */
  write(name: string, text: string): Promise<void>;
  /** What lies there, for reading. */
  readonly store: EvidenceStore;
};

const HINT =
  'Name a folder of a volume that exists and that this job may write to: /Volumes/CATALOG/SCHEMA/VOLUME/evidence.';

/** The folder is made where only it is missing; a volume that is missing is not. */
export function openVolume(folder: string): Volume {
  try {
    mkdirSync(folder, { mode: 0o700 });
  } catch (error) {
    if (codeOf(error) !== 'EEXIST') throw notUsable(folder, error);
  }
  if (!statSync(folder).isDirectory())
    throw new PreflightError('ERR_EVIDENCE_FOLDER', `${folder} is a file, and evidence is published to a folder`, HINT);
  return { folder, store: folderStore(folder), write: (name, text) => writeNew(join(folder, name), text) };
}

// not synchronous: a slow volume would stand in the way of the attempts and spoil what they measure
async function writeNew(path: string, text: string): Promise<void> {
  const file = await open(path, 'wx', 0o600);
  try {
    await file.writeFile(text, 'utf8');
    await file.close();
  } catch (error) {
    await file.close().catch(() => {});
    await rm(path, { force: true }).catch(() => {});
    throw error;
  }
}

export function notUsable(folder: string, error: unknown): unknown {
  const why = codeOf(error);
  if (why === null || error instanceof PreflightError) return error;
  const missing = why === 'ENOENT' ? `: there is no ${dirname(folder)}` : '';
  const message = `evidence cannot be published to ${folder} (${why})${missing}`;
  return new PreflightError('ERR_EVIDENCE_FOLDER', message, HINT, { cause: error });
}
