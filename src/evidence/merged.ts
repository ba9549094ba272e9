import type { EvidenceStore } from './store.ts';

/** Several folders as one, for reading: a file is named with its folder. */
export function mergedStore(
  folders: readonly { readonly name: string; readonly store: EvidenceStore }[],
): EvidenceStore {
  const [only] = folders;
  if (only !== undefined && folders.length === 1) return only.store;
  const files = new Map<string, { readonly store: EvidenceStore; readonly file: string }>(
    folders.flatMap(({ name, store }) => store.list().map((file) => [`${name}/${file}`, { store, file }] as const)),
  );
  const found = (name: string) => {
    const file = files.get(name);
    if (file === undefined) throw new Error(`${name} is in none of the folders`);
    return file;
  };
  return {
    list: () => [...files.keys()],
    lines(name) {
      const { store, file } = found(name);
      return store.lines(file);
    },
    lastLine(name) {
      const { store, file } = found(name);
      return store.lastLine(file);
    },
    create() {
      throw new Error('several folders are for reading alone');
    },
  };
}
