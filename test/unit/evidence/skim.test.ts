import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readFolder } from '../../../src/evidence/read.ts';
import { openEvidence } from '../../../src/evidence/skim.ts';
import { type EvidenceStore, memoryStore } from '../../../src/evidence/store.ts';
import type { EvidenceFolder } from '../../../src/model/evidence.ts';
import { failed, instant, T0 } from '../../kit/evidence.ts';
import { type Folder, folder, write } from './written.ts';

// A reading that believes what the first and the last line of a file say has to come to what a whole reading comes to.

const RUNS = ['run-0', 'run-1', 'run-2'] as const;

function writeThree(store: EvidenceStore): void {
  for (const [index, run] of RUNS.entries())
    write(store, { run: { run, at: instant(T0 + index * 1_000) }, attempts: [{}, failed('login-timeout'), {}] });
}

function written(): Folder {
  const evidence = folder();
  writeThree(evidence.store);
  return evidence;
}

const everything = ({ headers, problems, records }: EvidenceFolder) => ({
  records: [...records(new Set(RUNS))],
  // an attempt whose time was changed to one after the end is an attempt all the same
  headers: headers.map(({ lastAt: _lastAt, ...header }) => header),
  problems,
});

/** What comes of it, and how many lines were given for that. */
function reading(store: EvidenceStore) {
  let given = 0;
  const counting: EvidenceStore = {
    ...store,
    *lines(name) {
      for (const line of store.lines(name)) {
        given += 1;
        yield line;
      }
    },
  };
  const found = openEvidence(counting).folding(everything);
  return { found, given };
}

describe('a folder in which nothing is wrong', () => {
  test.each<[string, () => EvidenceStore]>([
    ['on disk', () => written().store],
    [
      'in memory',
      () => {
        const store = memoryStore();
        writeThree(store);
        return store;
      },
    ],
  ])('is read once, %s, and says what a whole reading says', (_, make) => {
    const store = make();
    const { found, given } = reading(store);
    // a run, three attempts, a stop and an end, and the run once more
    expect(given).toBe(RUNS.length * (6 + 1));
    expect(found).toEqual(everything(readFolder(store)));
    expect(found.records).toHaveLength(3 * 4);
  });

  test('has no run read that is not asked for', () => {
    const { store } = written();
    const records = openEvidence(store).folding(({ records: of }) => [...of(new Set(['run-1']))]);
    expect(new Set(records.map(({ run }) => run))).toEqual(new Set(['run-1']));
  });

  test('may be empty', () => {
    expect(reading(folder().store).found).toEqual({ records: [], headers: [], problems: [] });
  });
});

type Damage = (lines: readonly string[]) => readonly string[];

const replaced = (lines: readonly string[], at: number, by: readonly string[]): readonly string[] =>
  lines.toSpliced(at % lines.length, 1, ...by);

/** Of the lines of a file, the last of which is empty. */
const DAMAGES: readonly (readonly [string, Damage])[] = [
  ['a line that cannot be read', (lines) => replaced(lines, 2, ['{"record":"attempt","run":"run-1"'])],
  ['a line that is lost', (lines) => replaced(lines, 2, [])],
  ['a line that is there twice', (lines) => replaced(lines, 2, [lines[2] ?? '', lines[2] ?? ''])],
  ['a record of another run', (lines) => replaced(lines, 2, [(lines[2] ?? '').replace('"run-1"', '"run-2"')])],
  ['an attempt after the end', (lines) => [...lines.slice(0, -1), lines[2] ?? '', '']],
  ['a second beginning', (lines) => replaced(lines, 2, [lines[0] ?? ''])],
  ['another beginning', (lines) => replaced(lines, 2, [(lines[0] ?? '').replace('"sha256:1"', '"sha256:2"')])],
  ['an end in the middle', (lines) => replaced(lines, 2, [lines.at(-2) ?? ''])],
  ['no end', (lines) => [...lines.slice(0, -2), '']],
  ['an end without its line feed', (lines) => lines.slice(0, -1)],
  ['an empty line', (lines) => replaced(lines, 2, ['', lines[2] ?? ''])],
  ['no line at all', () => []],
];

describe('a folder in which something is wrong', () => {
  test.each(DAMAGES)('says what a whole reading says, with %s', (_, damage) => {
    const evidence = written();
    const name = evidence.names()[1] ?? '';
    evidence.put(name, damage(evidence.text(name).split('\n')).join('\n'));
    expect(reading(evidence.store).found).toEqual(everything(readFolder(evidence.store)));
  });

  test('says what a whole reading says, where a file lost its last lines after it had been looked at', () => {
    const evidence = written();
    const name = evidence.names()[1] ?? '';
    const looked = openEvidence(evidence.store);
    evidence.put(name, `${evidence.text(name).split('\n').slice(0, 3).join('\n')}\n`);
    expect(looked.folding(everything)).toEqual(everything(readFolder(evidence.store)));
  });

  test('with a copy of a file, counts it once', () => {
    const evidence = written();
    evidence.put('copy.ndjson', evidence.text(evidence.names()[0] ?? ''));
    expect(reading(evidence.store).found).toEqual(everything(readFolder(evidence.store)));
  });

  test('with a file that is no evidence, names it', () => {
    const evidence = written();
    evidence.put('notes.txt', 'remember to run this again\n');
    expect(reading(evidence.store).found.problems).toEqual([expect.stringContaining('notes.txt')]);
  });

  test('says what a whole reading says, wherever bytes were overwritten', () => {
    const evidence = written();
    const name = evidence.names()[1] ?? '';
    const sound = evidence.bytes(name);
    fc.assert(
      fc.property(
        fc.nat(sound.length - 1),
        fc.uint8Array({ minLength: 1, maxLength: 6 }),
        fc.constantFrom('overwritten', 'inserted', 'cut out'),
        (at, bytes, how) => {
          const rest = sound.subarray(how === 'inserted' ? at : at + bytes.length);
          const put = how === 'cut out' ? [] : [bytes];
          evidence.put(name, Buffer.concat([sound.subarray(0, at), ...put, rest]));
          expect(reading(evidence.store).found).toEqual(everything(readFolder(evidence.store)));
        },
      ),
      { numRuns: 150, seed: 20_261_124 },
    );
  });

  test('is read again as a whole where the system gives no more of a file', () => {
    const { store } = written();
    const [first = ''] = store.list();
    const failing: EvidenceStore = {
      ...store,
      *lines(name) {
        let line = 0;
        for (const one of store.lines(name)) {
          line += 1;
          if (name === first && line === 3) throw Object.assign(new Error('read'), { code: 'EIO' });
          yield one;
        }
      },
    };
    const { found } = reading(failing);
    expect(found.headers.map(({ state }) => state)).toEqual(['damaged', 'whole', 'whole']);
    expect(found.problems).toEqual([expect.stringContaining('EIO')]);
  });

  test('of a newer version is an error that says so, wherever the newer run stands', () => {
    const evidence = written();
    const [name = ''] = evidence.names();
    evidence.put(name, evidence.text(name).replace('"schemaVersion":1', '"schemaVersion":2'));
    expect(() => reading(evidence.store)).toThrow(/schema version 2/);
  });
});
