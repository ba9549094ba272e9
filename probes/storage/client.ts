import type { AttemptHandle, Client } from '../../src/model/probe.ts';
import { bytesOf, digestOf, nameOf } from './canary.ts';
import { classify, StorageRefused } from './causes.ts';
import { NO_HANDOFF, takeOver } from './handoff.ts';
import type { Observation } from './probe.ts';
import { placeOf, type StorageSettings } from './settings.ts';
import { type Opened, staged } from './store.ts';

/** With the client library of the settings' own scheme alone. */
export async function createClient(settings: StorageSettings): Promise<Client<StorageSettings, Observation>> {
  const open = await opening(settings);
  return { attempt: async (_settings, at) => handOver(await open(at), at), classify };
}

async function opening(settings: StorageSettings): Promise<(at: AttemptHandle) => Promise<Opened>> {
  const place = placeOf(settings);
  switch (place.kind) {
    case 'path': {
      const { openFolder } = await import('./files.ts');
      return (at) => openFolder(place, settings, at);
    }
    case 's3': {
      const { openBucket } = await import('./s3.ts');
      return (at) => openBucket(place, settings, at);
    }
    case 'abfss': {
      const { openContainer } = await import('./container.ts');
      return (at) => openContainer(place, settings, at);
    }
    default:
      return place satisfies never;
  }
}

async function handOver(opened: Opened, at: AttemptHandle): Promise<Observation> {
  const store = staged(opened, at);
  const own = { context: at.context, run: at.run, processes: at.processes };
  const name = nameOf(own);
  const bytes = bytesOf(own);
  await store.write(name, bytes);
  const back = await store.read(name);
  if (back !== null && !back.equals(bytes))
    await at.stage('request', async () => refuseAltered(back, bytes), opened.server);
  const listed = await store.list(name);
  // Once a run: what other contexts leave here meanwhile is the next run's.
  const handoff = at.n === 1 ? await takeOver(store, own) : NO_HANDOFF;
  return {
    wrote: digestOf(bytes),
    // Gone is no failure of the attempt: another run of this context may have come between. A rule counts how often it does.
    back: back === null ? 'gone' : 'same',
    listed: listed.some((each) => each.name === name && each.bytes === bytes.length),
    ...handoff,
    read: [...handoff.read],
    serverCertificate: opened.certificate,
  };
}

function refuseAltered(back: Uint8Array, bytes: Uint8Array): never {
  const told =
    back.length === bytes.length
      ? `read: ${back.length} bytes came back, and not those that were written`
      : `read: ${back.length} bytes came back of ${bytes.length}`;
  throw new StorageRefused('storage-canary-altered', told, { code: null });
}
