import { bytesOf, CANARY_PREFIX, type Canary, canaryNamed, digestOf, nameOf } from './canary.ts';
import { StorageRefused } from './causes.ts';
import type { Listed, StagedStore } from './store.ts';

/** So many of other contexts are read in a run. */
const MOST_READ = 8;
const MOST_DELETED = 16;
/** A mounted path may show a file while its writer is still at it, for no longer than a stage may take. */
const MAY_BE_UNFINISHED_MS = 60_000;
/** Whose context runs no more deletes nothing more: from then on anyone does. */
const ABANDONED_MS = 7 * 24 * 60 * 60_000;
/** What is younger may be of a process that was started with this one, or of the driver before them. */
const MAY_BE_OF_THIS_LAUNCH_MS = 60 * 60_000;

export type Arrived = Canary & { readonly digest: string };

export type Handoff = {
  /** Canaries of other contexts that have arrived whole. */
  readonly read: readonly Arrived[];
  readonly damaged: number;
  /** Whether what was to be deleted could be; null where there was nothing, as in the first run of a context. */
  readonly deletes: boolean | null;
};

export const NO_HANDOFF: Handoff = { read: [], damaged: 0, deletes: null };

type Found = Listed & { readonly canary: Canary };

export type Reader = Canary & {
  /** How many were started with it at once, itself among them. */
  readonly processes: number;
};

/** Reads what other contexts have left here, for all that come after to read as well; deletes what its own context has left in earlier runs. */
export async function takeOver(store: StagedStore, own: Reader): Promise<Handoff> {
  const found = (await store.list(CANARY_PREFIX)).flatMap((each): readonly Found[] => {
    const canary = canaryNamed(each.name);
    return canary === null ? [] : [{ ...each, canary }];
  });
  const nowMs = found.find(({ name }) => name === nameOf(own))?.modifiedMs ?? null;
  const read: Found[] = [];
  let damaged = 0;
  for (const each of toRead(found, own)) {
    const state = await stateOf(store, each, nowMs);
    if (state === 'whole') read.push(each);
    if (state === 'damaged') damaged += 1;
  }
  return {
    read: read.map(({ canary }) => ({ ...canary, digest: digestOf(bytesOf(canary)) })),
    damaged,
    deletes: await deleteAll(store, toDelete(found, own, nowMs)),
  };
}

/** The newest of each context come first: one that runs on many hosts would hide the others. */
function toRead(found: readonly Found[], own: Canary): readonly Found[] {
  const ranks = new Map<string, number>();
  return found
    .filter(({ canary }) => canary.context !== own.context)
    .sort((a, b) => b.modifiedMs - a.modifiedMs)
    .map((each) => {
      const rank = ranks.get(each.canary.context) ?? 0;
      ranks.set(each.canary.context, rank + 1);
      return { each, rank };
    })
    .sort((a, b) => a.rank - b.rank)
    .slice(0, MOST_READ)
    .map(({ each }) => each);
}

/** Ages are by the clock of the storage alone: where it does not show when the own one was written, none is known. */
function toDelete(found: readonly Found[], own: Reader, nowMs: number | null): readonly Found[] {
  const olderThan = (each: Found, ageMs: number) => nowMs !== null && nowMs - each.modifiedMs > ageMs;
  const left = found.filter((each) => {
    if (each.name === nameOf(own)) return false;
    if (each.canary.context !== own.context) return olderThan(each, ABANDONED_MS);
    return own.processes === 1 || olderThan(each, MAY_BE_OF_THIS_LAUNCH_MS);
  });
  // processes that were started at once begin at different ones, and so get through with all of them
  const from = Number.parseInt(own.run.slice(0, 8), 16) % Math.max(1, left.length);
  const ours = (each: Found) => Number(each.canary.context === own.context);
  // own ones first: others may be of those that this context may not delete
  return [...left.slice(from), ...left.slice(0, from)].toSorted((a, b) => ours(b) - ours(a)).slice(0, MOST_DELETED);
}

type State = 'whole' | 'damaged' | 'vanished' | 'unfinished';

async function stateOf(store: StagedStore, found: Found, nowMs: number | null): Promise<State> {
  const expected = bytesOf(found.canary);
  // what is larger than any canary of ours is not fetched
  if (found.bytes > expected.length) return 'damaged';
  const bytes = await store.read(found.name);
  if (bytes === null) return 'vanished';
  if (bytes.equals(expected)) return 'whole';
  const isBeginning = bytes.equals(expected.subarray(0, bytes.length));
  const mayGrow = nowMs !== null && nowMs - found.modifiedMs < MAY_BE_UNFINISHED_MS;
  return isBeginning && mayGrow ? 'unfinished' : 'damaged';
}

/** A context that may not delete leaves its canaries there: that is told, and is no failure. */
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
