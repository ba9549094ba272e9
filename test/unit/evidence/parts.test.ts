import { describe, expect, test } from 'vitest';
import { readFolder } from '../../../src/evidence/read.ts';
import { openEvidence } from '../../../src/evidence/skim.ts';
import { memoryStore } from '../../../src/evidence/store.ts';
import type { EvidenceFolder } from '../../../src/model/evidence.ts';
import { failed } from '../../kit/evidence.ts';
import { type Folder, folder, write } from './written.ts';

// A run of three attempts, a stop and an end, as it is published: five records beside that of the run.

const RUN = 'run-0';

function whole(): readonly string[] {
  const store = memoryStore();
  write(store, { attempts: [{}, failed('login-timeout'), {}] });
  return store.list().flatMap((name) => [...store.lines(name)].map(({ text }) => text));
}

const LINES = whole();
const WHOLE = `${LINES.join('\n')}\n`;

/** The records from `from` up to `to`, as a part. */
function part(from: number, to: number): string {
  const run = JSON.parse(LINES[0] ?? '');
  const beginning = JSON.stringify({ ...run, part: { recordsBefore: from, everySeconds: 60 } });
  return `${[beginning, ...LINES.slice(1 + from, 1 + to)].join('\n')}\n`;
}

function folderWith(files: Readonly<Record<string, string>>): Folder {
  const evidence = folder();
  for (const [name, text] of Object.entries(files)) evidence.put(name, text);
  return evidence;
}

const everything = ({ headers, problems, records }: EvidenceFolder) => ({
  records: [...records(new Set([RUN]))].map((record) => JSON.stringify(record)),
  headers: headers.map(({ run: { part: _part, ...run }, ...header }) => ({ ...header, run })),
  problems,
});

const EXPECTED = everything(readFolder(folderWithLater({ whole: WHOLE })));

/** Not within a test, and so without its clean-up. */
function folderWithLater(files: Readonly<Record<string, string>>) {
  const store = memoryStore();
  for (const [name, text] of Object.entries(files)) {
    const file = store.create(name);
    for (const line of text.trimEnd().split('\n')) file.append(line);
  }
  return store;
}

describe('a run in parts is the run that it was, where', () => {
  test.each<[string, Readonly<Record<string, string>>]>([
    ['each part begins where the last one ended', { a: part(0, 0), b: part(0, 2), c: part(2, 5) }],
    ['their names are in another order', { a: part(2, 5), b: part(0, 2), c: part(0, 0) }],
    ['a part lies there twice, and one was cut short', { a: part(0, 2), b: part(2, 3), c: part(2, 5) }],
    ['a part broke off in the middle of a line', { a: part(0, 2), b: part(2, 4).slice(0, -20), c: part(2, 5) }],
    ['two parts overlap', { a: part(0, 3), b: part(1, 5) }],
    ['the file of the whole run lies beside them', { a: part(0, 0), b: part(0, 2), c: part(2, 5), whole: WHOLE }],
    ['the file of the whole run lies beside some of them', { a: part(0, 0), b: part(2, 4), whole: WHOLE }],
    ['all of them were put into one file', { all: part(0, 0) + part(0, 2) + part(2, 5) }],
  ])('%s', (_, files) => {
    const { store } = folderWith(files);
    const sorted = (found: ReturnType<typeof everything>) => ({ ...found, records: found.records.toSorted() });
    expect(sorted(everything(readFolder(store)))).toEqual(sorted(EXPECTED));
    expect(sorted(openEvidence(store).folding(everything))).toEqual(sorted(EXPECTED));
  });
});

describe('a run in parts is damaged where', () => {
  test.each<[string, Readonly<Record<string, string>>, string]>([
    ['a part is lost', { a: part(0, 1), c: part(3, 5) }, '2 of its records are missing'],
    ['the first part is lost', { b: part(2, 5) }, '2 of its records are missing'],
    ['a part is lost and the run has no end', { a: part(0, 1), c: part(3, 4) }, '2 of its records are missing'],
    [
      'a part broke off, and the rest was published',
      { a: part(0, 2).slice(0, -20), c: part(2, 5) },
      '1 of its records',
    ],
    [
      'two files of the whole run differ',
      { a: part(0, 2), b: WHOLE, c: WHOLE.replace('"failed"', '"x"') },
      'cannot be read',
    ],
  ])('%s', (_, files, why) => {
    const { store } = folderWith(files);
    for (const { headers } of [readFolder(store), openEvidence(store).folding(everything)])
      expect(headers).toMatchObject([{ state: 'damaged', why: expect.stringContaining(why) }]);
  });
});

test('a run in parts that was killed says how much of it may be lost', () => {
  const { store } = folderWith({ a: part(0, 0), b: part(0, 2) });
  expect(readFolder(store).headers).toMatchObject([
    {
      state: 'no-end',
      records: 3,
      why: 'it has no end: killed, or still running; what its last 60 s found may not have been published',
    },
  ]);
});

test('a run in parts is read once, as a run in one file is', () => {
  const { store } = folderWith({ a: part(0, 0), b: part(0, 2), c: part(2, 5) });
  let given = 0;
  const counting: typeof store = {
    ...store,
    *lines(name) {
      for (const line of store.lines(name)) {
        given += 1;
        yield line;
      }
    },
  };
  openEvidence(counting).folding(everything);
  // five records, and three times the run record, each of them looked at once before
  expect(given).toBe(5 + 3 + 3);
});

test('a part that is not what the next one says is read as a whole', () => {
  const { store } = folderWith({ a: part(0, 1), b: part(2, 5) });
  expect(openEvidence(store).folding(everything)).toEqual(everything(readFolder(store)));
});
