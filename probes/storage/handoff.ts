import { bytesOf, CANARY_PREFIX, type Canary, canaryNamed, digestOf, nameOf } from './canary.ts';
import { StorageRefused } from './causes.ts';
import type { Listed, StagedStore } from './store.ts';

/** So many of other contexts are read in a run, the newest first. */
const MOST_READ = 8;
const MOST_DELETED = 16;
/** A mounted path may show a file while its writer is still at it, for no longer than a stage may take. */
const MAY_BE_UNFINISHED_MS = 60_000;

export type Arrived = Canary & { readonly digest: string };

export type Handoff = {
  /** Canaries of other contexts that have arrived whole. */
  readonly read: readonly Arrived[];
  readonly damaged: number;
  /** Whether what was to be deleted could be; null where there was nothing. */
  readonly deletes: boolean | null;
};

export const NO_HANDOFF: Handoff = { read: [], damaged: 0, deletes: null };

type Found = Listed & { readonly canary: Canary };

/** Reads what other contexts have left here and deletes it, and what this context has left in earlier runs. */
export async function takeOver(store: StagedStore, own: Canary): Promise<Handoff> {
  const listed = await store.list(CANARY_PREFIX);
  const found = listed
    .flatMap((each) => {
      const canary = canaryNamed(each.name);
      return canary === null ? [] : [{ ...each, canary }];
    })
    .sort((a, b) => b.modifiedMs - a.modifiedMs);
  const ownName = nameOf(own);
  const nowMs = found.find(({ name }) => name === ownName)?.modifiedMs ?? Number.POSITIVE_INFINITY;
  const read: Found[] = [];
  let damaged = 0;
  for (const each of found.filter(({ canary }) => canary.context !== own.context).slice(0, MOST_READ)) {
    const state = await stateOf(store, each, nowMs);
    if (state === 'whole') read.push(each);
    if (state === 'damaged') damaged += 1;
  }
  const earlier = found.filter(({ canary, name }) => canary.context === own.context && name !== ownName);
  return {
    read: read.map(({ canary }) => ({ ...canary, digest: digestOf(bytesOf(canary)) })),
    damaged,
    deletes: await deleteAll(store, [...read, ...earlier].slice(0, MOST_DELETED)),
  };
}

type State = 'whole' | 'damaged' | 'vanished' | 'unfinished';

async function stateOf(store: StagedStore, found: Found, nowMs: number): Promise<State> {
  const expected = bytesOf(found.canary);
  // what is larger than any canary of ours is not fetched
  if (found.bytes > expected.length) return 'damaged';
  const bytes = await store.read(found.name);
  if (bytes === null) return 'vanished';
  if (bytes.equals(expected)) return 'whole';
  const isBeginning = bytes.equals(expected.subarray(0, bytes.length));
  return isBeginning && nowMs - found.modifiedMs < MAY_BE_UNFINISHED_MS ? 'unfinished' : 'damaged';
}

/** A context that may not delete leaves canaries to others: that is told, and is no failure. */
async function deleteAll(store: StagedStore, found: readonly Found[]): Promise<boolean | null> {
  if (found.length === 0) return null;
  try {
    for (const { name } of found) await store.remove(name);
    return true;
  } catch (error) {
    if (error instanceof StorageRefused && MAY_NOT.has(error.refusal)) return false;
    throw error;
  }
}

const MAY_NOT: ReadonlySet<string> = new Set(['not-authorized', 'storage-read-only']);
