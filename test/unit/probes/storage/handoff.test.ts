import { mkdirSync, readdirSync, readFileSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { bytesOf, digestOf, nameOf } from '../../../../probes/storage/canary.ts';
import { takeOver } from '../../../../probes/storage/handoff.ts';
import { storage } from '../../../../probes/storage/probe.ts';
import { saidOf, type TryOptions, tryOnce } from '../../../kit/attempt.ts';

const run = (index: number): string => `00000000-0000-4000-8000-${String(index).padStart(12, '0')}`;
const OWN = { context: 'serverless', run: run(0) };

let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'probe-storage-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const attempt = (over: TryOptions = {}) => tryOnce(storage, { url: folder }, { ...OWN, ...over });

/** A canary that some run has left, with these bytes or its own, so many seconds old. */
function left(
  context: string,
  index: number,
  { bytes, ageSeconds = index }: { bytes?: Uint8Array; ageSeconds?: number } = {},
) {
  const canary = { context, run: run(index) };
  const path = join(folder, nameOf(canary));
  writeFileSync(path, bytes ?? bytesOf(canary));
  const thenSeconds = Date.now() / 1_000 - ageSeconds;
  utimesSync(path, thenSeconds, thenSeconds);
  return { ...canary, digest: digestOf(bytesOf(canary)) };
}

const names = (): readonly string[] => readdirSync(folder).sort();

test('an attempt writes one canary, reads it back and finds it in the list', async () => {
  const { observation, stages } = await attempt();
  expect(observation).toEqual({
    wrote: digestOf(bytesOf(OWN)),
    back: 'same',
    listed: true,
    read: [],
    damaged: 0,
    deletes: null,
    serverCertificate: null,
  });
  expect(readFileSync(join(folder, nameOf(OWN))).equals(bytesOf(OWN))).toBe(true);
  expect(stages.map(({ stage, server }) => [stage, server])).toEqual(
    Array.from({ length: 4 }, () => ['request', null]),
  );
});

test('only the first attempt of a run looks for those of others', async () => {
  const other = left('dedicated', 1);
  expect((await attempt({ n: 2 })).observation).toMatchObject({ read: [] });
  expect((await attempt({ n: 1 })).observation).toMatchObject({ read: [other] });
});

test('what one context has read is there for the next one', async () => {
  const other = left('dedicated', 1);
  const third = { context: 'pod', run: run(9) };
  for (const reader of [OWN, third, OWN])
    expect((await attempt(reader)).observation).toMatchObject({
      read: expect.arrayContaining([other]),
      damaged: 0,
      deletes: null,
    });
  expect(names()).toEqual([OWN, third, other].map(nameOf).sort());
});

test('eight of other contexts are read, the newest of each before all others', async () => {
  const hosts = Array.from({ length: 9 }, (_, index) => left('executors', index + 1));
  const [newer, older] = [left('dedicated', 20), left('dedicated', 21)];
  const pod = left('pod', 30);
  const { observation } = await attempt();
  expect(observation).toMatchObject({ read: [hosts[0], newer, pod, hosts[1], older, ...hosts.slice(2, 5)] });
});

describe('what its own context has left', () => {
  test('is deleted, and not read', async () => {
    left(OWN.context, 1);
    left(OWN.context, 2, { bytes: Buffer.from('damaged') });
    expect((await attempt()).observation).toMatchObject({ read: [], damaged: 0, deletes: true });
    expect(names()).toEqual([nameOf(OWN)]);
  });

  test('stays where it may be of a process that was started with this one', async () => {
    const beside = left(OWN.context, 1, { ageSeconds: 3_000 });
    left(OWN.context, 2, { ageSeconds: 4_000 });
    expect((await attempt({ processes: 3 })).observation).toMatchObject({ deletes: true });
    expect(names()).toEqual([OWN, beside].map(nameOf).sort());
    expect((await attempt({ processes: 3 })).observation).toMatchObject({ deletes: null });
  });

  test('goes, however much it is: processes that were started at once begin at different ones', async () => {
    const stale = Array.from({ length: 40 }, (_, index) => nameOf({ ...OWN, run: run(index + 1) }));
    const gone = new Set<string>();
    for (const first of ['00000000', '0000000e', '0000001c']) {
      const own = { ...OWN, run: run(0).replace('00000000', first), processes: 3 };
      const written = { name: nameOf(own), bytes: 512, modifiedMs: 2 * 3_600_000 };
      // none of them sees yet what the others delete
      const list = async () => [...stale.map((name) => ({ name, bytes: 512, modifiedMs: 0 })), written];
      const remove = async (name: string) => void gone.add(name);
      await takeOver({ list, remove, read: async () => null, write: async () => {} }, own);
    }
    expect([...gone].sort()).toEqual(stale);
  });
});

describe('what a context has left that runs no more', () => {
  const WEEK_SECONDS = 7 * 24 * 3_600;

  test.each([
    ['whole', undefined],
    ['damaged', Buffer.from('damaged')],
  ])('is deleted after a week, %s', async (_, bytes) => {
    const given = bytes === undefined ? {} : { bytes };
    const young = left('dedicated', 1, { ageSeconds: WEEK_SECONDS - 60 });
    left('dedicated', 2, { ageSeconds: WEEK_SECONDS + 60, ...given });
    expect((await attempt()).observation).toMatchObject({ damaged: bytes === undefined ? 0 : 1, deletes: true });
    expect(names()).toEqual([OWN, young].map(nameOf).sort());
  });
});

test('nothing else in the folder is touched', async () => {
  const canary = nameOf({ context: 'dedicated', run: run(1) });
  const theirs = ['part-0.parquet', `${canary}.tmp`, 'preflight-probe-notes.txt', 'preflight-probe-x-1.canary'];
  for (const name of theirs) writeFileSync(join(folder, name), 'theirs');
  mkdirSync(join(folder, canary));
  const elsewhere = join(folder, 'part-0.parquet');
  symlinkSync(elsewhere, join(folder, nameOf({ context: 'dedicated', run: run(2) })));

  expect((await attempt()).observation).toMatchObject({ read: [], damaged: 0, deletes: null });
  expect(names()).toHaveLength(theirs.length + 3);
  for (const name of theirs) expect(readFileSync(join(folder, name), 'utf8')).toBe('theirs');
});

describe('one of another context that is not as its name says', () => {
  const whole = bytesOf({ context: 'dedicated', run: run(1) });
  const changed = Buffer.from(whole);
  changed[300] = (changed[300] ?? 0) ^ 1;

  test.each([
    ['has one bit changed', changed, 0],
    ['is that of another run', bytesOf({ context: 'dedicated', run: run(2) }), 0],
    ['goes on after its end', Buffer.concat([whole, Buffer.from('\n')]), 0],
    ['is cut short', whole.subarray(0, 100), 120],
    ['is empty', Buffer.alloc(0), 120],
  ])('is counted, and stays to be looked at: it %s', async (_, bytes, ageSeconds) => {
    left('dedicated', 1, { bytes, ageSeconds });
    const sound = left('dedicated', 3);
    expect((await attempt()).observation).toMatchObject({ read: [sound], damaged: 1, deletes: null });
    expect(names()).toContain(nameOf({ context: 'dedicated', run: run(1) }));
  });

  test('is left alone while it may still be under way', async () => {
    left('dedicated', 1, { bytes: whole.subarray(0, 100), ageSeconds: 0 });
    expect((await attempt()).observation).toMatchObject({ read: [], damaged: 0, deletes: null });
  });
});

test.each([
  ['missing', () => rm(folder, { recursive: true }), 'write: ENOENT: no such file or directory'],
  [
    'a file',
    async () => {
      await rm(folder, { recursive: true });
      writeFileSync(folder, '');
    },
    'write: ENOTDIR: not a directory',
  ],
])('a folder that is %s is not found, and not created', async (_, spoil, detail) => {
  await spoil();
  const tried = await attempt();
  expect(saidOf(tried)).toBe('request storage-not-found');
  expect(tried.failure?.classified).toMatchObject({ detail });
});
