import { execFileSync } from 'node:child_process';
import { mkdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { readFolder } from '../../../src/evidence/read.ts';
import type { EvidenceStore } from '../../../src/evidence/store.ts';
import { PreflightError } from '../../../src/model/preflight-error.ts';
import { instant, T0 } from '../../kit/evidence.ts';
import { type Folder, folder, onlyFile, write } from './written.ts';

const recordsOf = (store: EvidenceStore, ...runs: string[]) => [...readFolder(store).records(new Set(runs))];

function withRuns(...runs: string[]): Folder {
  const evidence = folder();
  for (const [index, run] of runs.entries()) write(evidence.store, { run: { run, at: instant(T0 + index) } });
  return evidence;
}

describe('a folder', () => {
  test('that is empty has no runs and no problems', () => {
    expect(readFolder(folder().store)).toMatchObject({ headers: [], problems: [] });
  });

  test('counts a file once, under however many names it lies there', () => {
    const evidence = withRuns('run-0');
    const bytes = evidence.bytes(onlyFile(evidence));
    evidence.put('copy.ndjson', bytes);
    evidence.put('another', bytes);
    expect(readFolder(evidence.store).headers).toMatchObject([{ state: 'whole', records: 6 }]);
    expect(recordsOf(evidence.store, 'run-0')).toHaveLength(4);
  });

  test('does not take a copy that was cut short for a clean run', () => {
    const evidence = withRuns('run-0');
    const bytes = evidence.bytes(onlyFile(evidence));
    evidence.put('copy.ndjson', bytes.subarray(0, bytes.length - 200));
    expect(readFolder(evidence.store).headers).toMatchObject([{ state: 'damaged' }]);
  });

  test('reads several runs from one file', () => {
    const evidence = withRuns('run-0', 'run-1');
    const all = Buffer.concat(evidence.names().map((name) => evidence.bytes(name)));
    for (const name of evidence.names()) evidence.put(name, '');
    const merged = folder();
    merged.put('all.ndjson', all);
    expect(readFolder(merged.store)).toMatchObject({
      headers: [
        { run: { run: 'run-0' }, state: 'whole' },
        { run: { run: 'run-1' }, state: 'whole' },
      ],
      problems: [],
    });
    expect(recordsOf(merged.store, 'run-1')).toHaveLength(4);
  });

  test('blames every run of a file for a line in it that cannot be read: whose it was, nobody knows', () => {
    const evidence = withRuns('run-0', 'run-1');
    const [first = '', second = ''] = evidence.names().map((name) => evidence.text(name));
    const merged = folder();
    merged.put('all.ndjson', `${first}{"rec\n${second}`);
    expect(readFolder(merged.store).headers.map(({ state }) => state)).toEqual(['damaged', 'damaged']);
  });

  test('reads a run from several files', () => {
    const evidence = withRuns('run-0');
    const lines = evidence.text(onlyFile(evidence)).split('\n');
    const parts = folder();
    parts.put('b', `${lines.slice(0, 3).join('\n')}\n`);
    parts.put('a', lines.slice(3).join('\n'));
    expect(readFolder(parts.store)).toMatchObject({ headers: [{ state: 'whole', records: 6 }], problems: [] });
  });

  test('finds a run damaged by a line in any of its files', () => {
    const evidence = withRuns('run-0');
    const lines = evidence.text(onlyFile(evidence)).split('\n');
    for (const [a, b] of [
      ['x\n', ''],
      ['', 'x\n'],
    ]) {
      const parts = folder();
      parts.put('a', `${lines.slice(0, 2).join('\n')}\n${a}`);
      parts.put('b', `${b}${lines.slice(2).join('\n')}`);
      expect(readFolder(parts.store).headers).toMatchObject([{ state: 'damaged' }]);
    }
  });

  test('misses a part that is lost', () => {
    const evidence = withRuns('run-0');
    const lines = evidence.text(onlyFile(evidence)).split('\n');
    const parts = folder();
    parts.put('a', `${lines.slice(0, 2).join('\n')}\n`);
    parts.put('c', lines.slice(4).join('\n'));
    expect(readFolder(parts.store).headers).toMatchObject([{ state: 'damaged', why: '2 of its records are missing' }]);
  });

  test('names records whose run record is lost', () => {
    const evidence = withRuns('run-0');
    const [, ...lines] = evidence.text(onlyFile(evidence)).split('\n');
    evidence.put(onlyFile(evidence), lines.join('\n'));
    expect(readFolder(evidence.store)).toMatchObject({
      headers: [],
      problems: ['run run-0: 5 records, and the record that begins the run is missing'],
    });
  });
});

describe('what is foreign', () => {
  test.each([
    ['a report', '{\n  "schemaVersion": 1,\n  "tool": {}\n}\n'],
    ['a picture', Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0, 0, 0, 13])],
    ['nothing at all', ''],
    ['one line of a megabyte and more', 'x'.repeat(3 * 1024 * 1024)],
  ])('is named: %s; the runs beside it are read', (_, content) => {
    const evidence = withRuns('run-0');
    evidence.put('foreign', content);
    const { headers, problems } = readFolder(evidence.store);
    expect(headers).toMatchObject([{ state: 'whole' }]);
    expect(problems).toEqual([expect.stringContaining('foreign')]);
  });

  test.each<[string, (place: string) => void]>([
    ['a link to a folder', (place) => symlinkSync('/', place)],
    ['a link to nothing', (place) => symlinkSync('/nowhere/at/all', place)],
    ['a pipe that nobody writes to', (place) => void execFileSync('mkfifo', [place])],
  ])('is named where it is no file: %s', (_, make) => {
    const evidence = withRuns('run-0');
    make(join(evidence.path, 'foreign'));
    const { headers, problems } = readFolder(evidence.store);
    expect(headers).toMatchObject([{ state: 'whole' }]);
    expect(problems).toEqual([expect.stringContaining('foreign')]);
    expect(recordsOf(evidence.store, 'run-0')).toHaveLength(4);
  });

  test('is left alone where it is a folder, or hidden', () => {
    const evidence = withRuns('run-0');
    mkdirSync(join(evidence.path, 'older'));
    evidence.put('.DS_Store', 'x');
    expect(readFolder(evidence.store).problems).toEqual([]);
  });
});

describe('evidence of another version', () => {
  const changed = (of: (text: string) => string) => {
    const evidence = withRuns('run-0');
    evidence.put(onlyFile(evidence), of(evidence.text(onlyFile(evidence))));
    return evidence;
  };

  test('that is newer than ours is an error that names the file', () => {
    const evidence = changed((text) => text.replace('"schemaVersion":1', '"schemaVersion":2'));
    const read = () => readFolder(evidence.store);
    expect(read).toThrow(PreflightError);
    expect(read).toThrow(`${onlyFile(evidence)}:1: evidence of schema version 2`);
  });

  test('may have keys that we do not know, at any depth', () => {
    const evidence = changed((text) =>
      text.replaceAll('{"record"', '{"novel":1,"record"').replaceAll('"stage":', '"novel":[{}],"stage":'),
    );
    expect(readFolder(evidence.store).headers).toMatchObject([{ state: 'whole' }]);
    expect(JSON.stringify(recordsOf(evidence.store, 'run-0'))).not.toContain('novel');
  });

  test('may have the line ends of another system', () => {
    const evidence = changed((text) => text.replaceAll('\n', '\r\n'));
    expect(readFolder(evidence.store)).toMatchObject({ headers: [{ state: 'whole' }], problems: [] });
  });
});
