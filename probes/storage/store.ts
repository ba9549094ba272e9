import type { Buffer } from 'node:buffer';
import type { AttemptHandle } from '../../src/model/probe.ts';
import type { CertificateFacts } from '../../src/net/certificate.ts';
import type { Place, StorageSettings } from './settings.ts';

/** What is listed of a canary. */
export type Listed = {
  readonly name: string;
  readonly bytes: number;
  /** By the clock of the storage, in milliseconds since 1970. */
  readonly modifiedMs: number;
};

/** The four things that a handoff needs of a storage, below the prefix of the target. Names are those of canaries, without the prefix. */
export type Store = {
  write(name: string, bytes: Buffer, signal: AbortSignal): Promise<void>;
  /** Null where there is none of this name. */
  read(name: string, signal: AbortSignal): Promise<Buffer | null>;
  /** Those whose names begin so, a thousand at most. */
  list(beginning: string, signal: AbortSignal): Promise<readonly Listed[]>;
  /** One that has gone already is removed as well. */
  remove(name: string, signal: AbortSignal): Promise<void>;
};

export const MOST_LISTED = 1_000;

export type Opened = {
  readonly store: Store;
  /** The server, as a span names it; none behind a mounted path that we could know of. */
  readonly server: string | undefined;
  readonly certificate: CertificateFacts | null;
  /** Outside every stage, before each thing that is asked of the store. */
  ready(): Promise<void>;
};

/** Opens what one attempt needs, on a connection of its own. */
export type Open<P extends Place> = (place: P, settings: StorageSettings, at: AttemptHandle) => Promise<Opened>;

/** A store whose every answer is a stage of its own. */
export type StagedStore = {
  write(name: string, bytes: Buffer): Promise<void>;
  read(name: string): Promise<Buffer | null>;
  list(beginning: string): Promise<readonly Listed[]>;
  remove(name: string): Promise<void>;
};

export function staged({ store, server, ready }: Opened, at: AttemptHandle): StagedStore {
  async function ask<T>(work: (signal: AbortSignal) => Promise<T>): Promise<T> {
    await ready();
    return await at.stage('request', work, server);
  }
  return {
    write: (name, bytes) => ask((signal) => store.write(name, bytes, signal)),
    read: (name) => ask((signal) => store.read(name, signal)),
    list: (beginning) => ask((signal) => store.list(beginning, signal)),
    remove: (name) => ask((signal) => store.remove(name, signal)),
  };
}
