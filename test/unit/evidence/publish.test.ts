import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { besides, type Publication, startPublishing } from '../../../src/evidence/publish.ts';
import { readFolder } from '../../../src/evidence/read.ts';
import { memoryStore } from '../../../src/evidence/store.ts';
import { openVolume, type Volume } from '../../../src/evidence/volume.ts';
import { beginRun } from '../../../src/evidence/write.ts';
import { Redaction } from '../../../src/model/redaction.ts';
import { attemptRecords, clean, instant, T0 } from '../../kit/evidence.ts';
import { type Folder, folder, runRecord, stopRecord } from './written.ts';

const HOUR_MS = 3_600_000;
const UNINTERRUPTED = new AbortController().signal;

type Told = { readonly why: string; readonly inTheEnd: boolean };

type Outcome = 'written' | 'refused' | 'broken off' | 'hangs';

/** A volume that does with the writes, one after another, what is said, and the rest of them as they are. */
function volumeWith(outcomes: readonly Outcome[]) {
  const evidence = folder();
  const real = openVolume(evidence.path);
  const left = [...outcomes];
  const waiting: (() => void)[] = [];
  const volume: Volume = {
    ...real,
    async write(name, text) {
      const outcome = left.shift() ?? 'written';
      waiting.shift()?.();
      if (outcome === 'hangs') return new Promise(() => {});
      if (outcome === 'written') return real.write(name, text);
      // the first half of it stays, and ends in the middle of a line
      if (outcome === 'broken off') evidence.put(name, text.slice(0, -40));
      throw Object.assign(new Error('no'), { code: 'EIO' });
    },
  };
  const nextWrite = () => new Promise<void>((done) => void waiting.push(done));
  return { evidence, volume, nextWrite };
}

async function publishing(volume: Volume, everyMs = HOUR_MS, id = 'run-0') {
  const told: Told[] = [];
  const publication: Publication = {
    volume,
    everyMs,
    failed: (why, inTheEnd) => void told.push({ why, inTheEnd }),
  };
  const run = runRecord({ run: id });
  const redaction = new Redaction();
  const publisher = await startPublishing(run, redaction, publication);
  const own = memoryStore();
  const writer = beginRun(own, run, redaction, publisher.add);
  return { id, told, publisher, writer, own };
}

const stateOf = ({ store }: Folder) => readFolder(store).headers.map(({ state, records }) => ({ state, records }));

/** Three attempts, a stop and an end. */
async function goOn({ id, writer, publisher }: Awaited<ReturnType<typeof publishing>>, interruption = UNINTERRUPTED) {
  for (const record of [...attemptRecords(clean(3)), stopRecord(id)]) writer.write({ ...record, run: id });
  writer.end(instant(T0 + 61_000), false);
  await publisher.close(interruption);
}

const WHOLE = [{ state: 'whole', records: 6 }];

describe('a run that is published', () => {
  test('is announced before anything is tried, and is whole on the volume when it has ended', async () => {
    const { evidence, volume } = volumeWith([]);
    const run = await publishing(volume);
    expect(stateOf(evidence)).toEqual([{ state: 'no-end', records: 1 }]);
    await goOn(run);
    expect(stateOf(evidence)).toEqual(WHOLE);
    expect(evidence.names().map((name) => name.split('.')[1])).toEqual(['0001', '0002']);
    expect(run.told).toEqual([]);
  });

  test('goes out while it is under way, and without a part where nothing has happened', async () => {
    const { evidence, volume, nextWrite } = volumeWith([]);
    const run = await publishing(volume, 5);
    for (const record of attemptRecords(clean(3))) {
      const written = nextWrite();
      run.writer.write({ ...record, run: 'run-0' });
      await written;
    }
    await run.publisher.close(UNINTERRUPTED);
    expect(stateOf(evidence)).toEqual([{ state: 'no-end', records: 4 }]);
    expect(evidence.names()).toHaveLength(4);
  });

  test.each<[string, readonly Outcome[]]>([
    ['is refused once', ['written', 'refused']],
    ['breaks off in the middle', ['written', 'broken off']],
    ['breaks off twice', ['written', 'broken off', 'broken off']],
  ])('is whole where a part %s, which is said and tried again under another name', async (_, outcomes) => {
    const { evidence, volume } = volumeWith(outcomes);
    const run = await publishing(volume, 5);
    await goOn(run);
    expect(stateOf(evidence)).toEqual(WHOLE);
    expect(run.told.length).toBe(outcomes.length - 1);
    expect(run.told[0]).toEqual({ why: 'EIO', inTheEnd: false });
  });

  test('is told as lost where the volume takes nothing any more', async () => {
    const { evidence, volume } = volumeWith(['written', 'refused', 'refused', 'refused']);
    const run = await publishing(volume, 5);
    await goOn(run);
    expect(stateOf(evidence)).toEqual([{ state: 'no-end', records: 1 }]);
    expect(run.told.at(-1)).toEqual({ why: 'EIO', inTheEnd: true });
  });

  test('is tried once when it is interrupted: whoever waits has no time', async () => {
    const { volume } = volumeWith(['written', 'refused']);
    const run = await publishing(volume);
    await goOn(run, AbortSignal.abort());
    expect(run.told).toEqual([{ why: 'EIO', inTheEnd: true }]);
  });

  test('is waited for no longer than 2 s when it is interrupted', async () => {
    const { volume } = volumeWith(['written', 'hangs']);
    const run = await publishing(volume);
    const begun = performance.now();
    await goOn(run, AbortSignal.abort());
    expect(performance.now() - begun).toBeLessThan(4_000);
    expect(run.told).toEqual([{ why: 'no answer in 2000 ms', inTheEnd: true }]);
  });

  test('is judged by what lies on the local disk, and by the earlier runs of the volume', async () => {
    const { evidence, volume } = volumeWith(['written', 'refused', 'refused', 'refused']);
    await goOn(await publishing(openVolume(evidence.path), 5, 'earlier'));
    const run = await publishing(volume, 5);
    await goOn(run);
    const { headers } = readFolder(besides(volume.store, run.publisher.names(), run.own, run.writer.name));
    expect(headers.map(({ run: { run: id }, state }) => [id, state])).toEqual([
      ['earlier', 'whole'],
      ['run-0', 'whole'],
    ]);
  });
});

describe('a volume', () => {
  test('that cannot be written stops a run before anything is tried', async () => {
    const { volume } = volumeWith(['refused']);
    await expect(publishing(volume)).rejects.toThrow(/^evidence cannot be published to .* \(EIO\)$/);
  });

  test('that is missing is named', () => {
    const missing = join(folder().path, 'no-volume', 'evidence');
    expect(() => openVolume(missing)).toThrow(/^evidence cannot be published to .*: there is no .*no-volume$/);
  });

  test('has the folder made that is named in it', () => {
    const { path } = folder();
    openVolume(join(path, 'evidence'));
    expect(readdirSync(path)).toEqual(['evidence']);
  });

  test('never has a file written over', async () => {
    const evidence = folder();
    const volume = openVolume(evidence.path);
    await volume.write('part', 'one\n');
    await expect(volume.write('part', 'two\n')).rejects.toMatchObject({ code: 'EEXIST' });
    expect(evidence.text('part')).toBe('one\n');
  });
});
