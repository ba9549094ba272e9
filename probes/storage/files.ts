import { lstat, readdir, readFile, unlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { isMissing, refusedBy } from './causes.ts';
import type { FolderPlace } from './settings.ts';
import { type Listed, MOST_LISTED, type Open, type Store } from './store.ts';

// A mounted path, such as a volume. Those of clouds have no append and no rename, and some no modes: whole files alone are written.

export const openFolder: Open<FolderPlace> = async ({ folder }) => ({
  store: storeIn(folder),
  server: undefined,
  certificate: null,
  ready: async () => {},
});

const storeIn = (folder: string): Store => ({
  async write(name, bytes, signal) {
    await writeFile(join(folder, name), bytes, { flag: 'w', signal }).catch(refusedBy('path', 'write'));
  },
  async read(name, signal) {
    return await readFile(join(folder, name), { signal }).catch(orNull).catch(refusedBy('path', 'read'));
  },
  async list(beginning) {
    const names = await readdir(folder).catch(refusedBy('path', 'list'));
    const ours = names.filter((name) => name.startsWith(beginning)).slice(0, MOST_LISTED);
    const listed = await Promise.all(ours.map((name) => listedIn(folder, name)));
    return listed.filter((each) => each !== null);
  },
  async remove(name) {
    // `rm` would look at what may not be deleted as at a folder, and answer ENOTDIR
    await unlink(join(folder, name)).catch(orNull).catch(refusedBy('path', 'delete'));
  },
});

/** A link, or a folder of such a name, is no canary. */
async function listedIn(folder: string, name: string): Promise<Listed | null> {
  const found = await lstat(join(folder, name)).catch(orNull).catch(refusedBy('path', 'list'));
  return found?.isFile() === true ? { name, bytes: found.size, modifiedMs: found.mtimeMs } : null;
}

/** Another run may have been quicker to delete it. */
function orNull(error: unknown): null {
  if (isMissing(error)) return null;
  throw error;
}
