import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readFolder } from '../../../src/evidence/read.ts';
import type { EvidenceStore } from '../../../src/evidence/store.ts';
import { type AttemptOver, failed } from '../../kit/evidence.ts';
import { type Folder, folder, onlyFile, write } from './written.ts';

/** Some text beyond ASCII, so that a cut can fall within a character. */
const ATTEMPTS: readonly AttemptOver[] = [{}, {}, failed('login-timeout', { observation: 'Prüfung – ok' })];

function written(attempts = ATTEMPTS): Folder {
  const evidence = folder();
  write(evidence.store, { attempts });
  return evidence;
}

/** Changes the only file: its lines, the last of which is empty. */
function edit(evidence: Folder, change: (lines: string[]) => readonly string[]): Folder {
  const name = onlyFile(evidence);
  evidence.put(name, change(evidence.text(name).split('\n')).join('\n'));
  return evidence;
}

const recordsOf = (store: EvidenceStore) => [...readFolder(store).records(new Set(['run-0']))];

describe('a run that was killed', () => {
  test('loses none of its finished records and is never whole, wherever its last lines were cut', () => {
    const whole = written();
    const name = onlyFile(whole);
    const bytes = whole.bytes(name);
    const lines = whole.text(name).trimEnd().split('\n');
    const tail = Buffer.byteLength(lines.slice(-2).join('\n'));
    const expected = recordsOf(whole.store);
    const cutShort = folder();
    // the line feed after the end says nothing that is not known without it
    for (let cut = bytes.length - 2; cut >= bytes.length - 1 - tail; cut -= 1) {
      const kept = bytes.subarray(0, cut);
      cutShort.put(name, kept);
      const finished = kept.toString('utf8').split('\n').length - 1;
      const { headers, problems } = readFolder(cutShort.store);
      expect(headers.map(({ state }) => state)).toEqual(['no-end']);
      expect(problems).toEqual([]);
      const found = recordsOf(cutShort.store);
      // a line may be whole but for its line feed
      expect([finished - 1, finished]).toContain(found.length);
      expect(found).toEqual(expected.slice(0, found.length));
    }
  });

  test('in the middle of its very first line is named', () => {
    const evidence = edit(written(), ([first = '']) => [first.slice(0, 50)]);
    expect(readFolder(evidence.store)).toMatchObject({
      headers: [],
      problems: [expect.stringContaining(onlyFile(evidence))],
    });
  });

  test('before its first line is named', () => {
    const evidence = edit(written(), () => []);
    expect(readFolder(evidence.store).problems).toHaveLength(1);
  });

  test('says so', () => {
    const evidence = edit(written(), (lines) => [...lines.slice(0, -2), '']);
    expect(readFolder(evidence.store).headers).toMatchObject([
      { state: 'no-end', end: null, why: 'it has no end: killed, or still running' },
    ]);
  });
});

describe('a run is damaged', () => {
  test.each<[string, (lines: string[]) => readonly string[]]>([
    ['a line in the middle cannot be read', ([run = '', , ...rest]) => [run, '{"record":"attempt","ru', ...rest]],
    ['a line in the middle is no record', ([run = '', , ...rest]) => [run, '{"record":"attempt"}', ...rest]],
    ['a line in the middle is empty', ([run = '', ...rest]) => [run, '', ...rest]],
    ['a line was taken out', ([run = '', , ...rest]) => [run, ...rest]],
    ['a line is there twice', ([run = '', first = '', ...rest]) => [run, first, first, ...rest]],
    ['two lines were joined', ([run = '', one = '', two = '', ...rest]) => [run, one + two, ...rest]],
    [
      'the end has another number',
      (lines) => lines.map((line) => (line.includes('"end"') ? line.replace('"records":5', '"records":4') : line)),
    ],
    ['there are two ends', (lines) => [...lines.slice(0, -1), lines.at(-2) ?? '', '']],
    ['something unreadable follows the end', (lines) => [...lines.slice(0, -1), 'and then']],
    [
      'a failure was made unreadable and the killed run goes on after it',
      (lines) =>
        lines
          .slice(0, -2)
          .map((line) => (line.includes('"failed"') ? line.slice(0, -1) : line))
          .concat(''),
    ],
  ])('where %s', (_, change) => {
    const evidence = edit(written(), change);
    const { headers } = readFolder(evidence.store);
    expect(headers).toMatchObject([{ state: 'damaged' }]);
    expect(headers[0]?.why).not.toBeNull();
  });

  test('wherever bytes of it were overwritten, or nothing that it said has changed', () => {
    const evidence = written();
    const name = onlyFile(evidence);
    const bytes = evidence.bytes(name);
    const before = recordsOf(evidence.store);
    fc.assert(
      fc.property(fc.nat(bytes.length - 1), fc.constantFrom(...'\n\0}"x'), (place, byte) => {
        const changed = Buffer.from(bytes);
        changed.write(byte, place, 'latin1');
        evidence.put(name, changed);
        const { headers, problems } = readFolder(evidence.store);
        const isWhole = headers.length === 1 && headers[0]?.state === 'whole' && problems.length === 0;
        // a byte within a value, such as a detail, is no business of the reader: the number of records is
        if (isWhole)
          expect(recordsOf(evidence.store).map((record) => record.record)).toEqual(
            before.map((record) => record.record),
          );
      }),
      { numRuns: 300 },
    );
  });

  test('with the place where, for people', () => {
    const evidence = edit(written(), ([run = '', one = '', , ...rest]) => [run, one, 'x', ...rest]);
    expect(readFolder(evidence.store).headers[0]?.why).toBe(`${onlyFile(evidence)}:3 cannot be read`);
  });

  test('keeps the failures that can still be read', () => {
    const evidence = edit(written(), ([run = '', , ...rest]) => [run, 'x', ...rest]);
    expect(recordsOf(evidence.store)).toMatchObject([
      { outcome: 'succeeded' },
      { outcome: 'failed' },
      { record: 'stop' },
    ]);
  });
});
