import { statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { readFolder } from '../../../src/evidence/read.ts';
import { type EvidenceStore, folderStore, memoryStore, openFolder } from '../../../src/evidence/store.ts';
import { beginRun } from '../../../src/evidence/write.ts';
import { PreflightError } from '../../../src/model/preflight-error.ts';
import { Redaction } from '../../../src/model/redaction.ts';
import { attemptRecords, failed, instant, T0, target } from '../../kit/evidence.ts';
import { type Folder, folder, onlyFile, runRecord, stopRecord, write } from './written.ts';

const recordsOf = (store: EvidenceStore, ...runs: string[]) => [...readFolder(store).records(new Set(runs))];

describe('evidence that was written', () => {
  test('is read back as it was, in its order', () => {
    const { store } = folder();
    const written = write(store, {
      attempts: [
        {},
        failed('login-timeout', { measures: { skewMs: -3.5 }, taint: 'uplink', part: { name: 'join', reached: true } }),
        { hold: { kind: 'idle', plannedMs: 1_000, keepalive: { intervalMs: 30_000 } }, egress: ['203.0.113.9'] },
      ],
    });
    const { headers, problems } = readFolder(store);
    expect(problems).toEqual([]);
    expect(headers).toEqual([
      {
        run: runRecord(),
        end: { record: 'end', run: 'run-0', at: instant(T0 + 61_000), interrupted: false, records: 5 },
        lastAt: instant(T0 + 61_000),
        records: 6,
        state: 'whole',
        why: null,
      },
    ]);
    expect(recordsOf(store, 'run-0')).toEqual(written);
  });

  test('is read back whole however long its lines are, and wherever a read of the disk cuts a character', () => {
    const { store } = folder();
    const written = write(store, {
      attempts: Array.from({ length: 3 }, (_, index) => ({ observation: 'x'.repeat(index) + 'ü€😀'.repeat(20_000) })),
    });
    expect(recordsOf(store, 'run-0')).toEqual(written);
  });

  test('is the same in memory and in a folder', () => {
    const { store } = folder();
    const memory = memoryStore();
    for (const one of [store, memory]) {
      write(one);
      write(one, { run: { run: 'run-1', at: instant(T0 + 3_600_000) }, end: 'interrupted' });
      write(one, { run: { run: 'run-2', at: instant(T0 + 7_200_000) }, end: null });
    }
    const { headers, problems } = readFolder(store);
    const inMemory = readFolder(memory);
    expect(memory.list()).toEqual(store.list());
    expect(inMemory.headers).toEqual(headers);
    expect(inMemory.problems).toEqual(problems);
    expect(recordsOf(memory, 'run-0', 'run-1', 'run-2')).toEqual(recordsOf(store, 'run-0', 'run-1', 'run-2'));
  });

  test('stands in the file before the next attempt begins', () => {
    const evidence = folder();
    const writer = beginRun(evidence.store, runRecord(), new Redaction());
    const lines = () => evidence.text(onlyFile(evidence)).split('\n').length - 1;
    expect(lines()).toBe(1);
    for (const [index, record] of attemptRecords([{}, {}]).entries()) {
      writer.write(record);
      expect(lines()).toBe(index + 2);
    }
  });

  test('is read for the runs that are asked for, and no others', () => {
    const { store } = folder();
    write(store);
    write(store, { run: { run: 'run-1' } });
    expect(new Set(recordsOf(store, 'run-1').map(({ run }) => run))).toEqual(new Set(['run-1']));
  });

  test('is listed in the order in which the runs began, whatever the files are called', () => {
    const evidence = folder();
    for (const hour of [2, 0, 1])
      write(evidence.store, { run: { run: `run-${hour}`, at: instant(T0 + hour * 3_600_000) } });
    const [first = '', ...rest] = evidence.names();
    evidence.put('zzz', evidence.bytes(first));
    evidence.put(first, '');
    expect(rest).toHaveLength(2);
    expect(readFolder(evidence.store).headers.map(({ run }) => run.run)).toEqual(['run-0', 'run-1', 'run-2']);
  });
});

describe('the files', () => {
  const modeOf = ({ path }: Folder, name = '.') => statSync(join(path, name)).mode & 0o777;

  test('are for their owner alone, and so is a folder that is made for them', () => {
    const evidence = folder();
    const inner = { ...evidence, path: join(evidence.path, 'a', 'b') };
    write(openFolder(inner.path, 'write'));
    expect(modeOf(inner)).toBe(0o700);
    const [name = ''] = openFolder(inner.path, 'read').list();
    expect(modeOf(inner, name)).toBe(0o600);
  });

  test('are named for people: context, time of the start and run, with nothing that a path could be made of', () => {
    const evidence = folder();
    write(evidence.store, { run: { context: { ...runRecord().context, name: '../../etc/été 1' } } });
    expect(onlyFile(evidence)).toMatch(/^_[A-Za-z0-9_.-]*_etc_t_1-20261101T080000Z-run-0\.0001\.ndjson$/);
  });

  test('have names that a file system takes, however long the context’s is', () => {
    const evidence = folder();
    write(evidence.store, { run: { context: { ...runRecord().context, name: 'long'.repeat(100) } } });
    expect(readFolder(evidence.store).headers).toHaveLength(1);
  });

  test('are never written over', () => {
    const { store } = folder();
    write(store);
    expect(() => write(store)).toThrow();
    expect(readFolder(store).headers).toMatchObject([{ state: 'whole' }]);
  });
});

describe('a folder that cannot be used', () => {
  const codeOf = (work: () => unknown): unknown => {
    try {
      work();
    } catch (error) {
      return error instanceof PreflightError ? error.code : error;
    }
    return null;
  };

  const withFile = (evidence: Folder): Folder => {
    evidence.put('a', '');
    return evidence;
  };

  test.each<[string, (evidence: Folder) => unknown]>([
    ['that is not there', ({ path }) => openFolder(join(path, 'none'), 'read')],
    ['that is a file', (evidence) => openFolder(join(withFile(evidence).path, 'a'), 'read')],
    ['that cannot be made', (evidence) => openFolder(join(withFile(evidence).path, 'a', 'b'), 'write')],
    ['that went away before the run began', ({ path }) => write(folderStore(join(path, 'gone')))],
  ])('since it is one %s is the operator’s to mend', (_, work) => {
    expect(codeOf(() => work(folder()))).toBe('ERR_EVIDENCE_FOLDER');
  });
});

describe('secrets', () => {
  test('are redacted in all that is written, the run record and keys included', () => {
    const evidence = folder();
    const redaction = new Redaction();
    redaction.add('hunter2-hunter2', false);
    redaction.add('sa7', true);
    write(evidence.store, {
      redaction,
      run: {
        invoker: { 'hunter2-hunter2': 'x' },
        targets: [target({ name: 'sa7', endpoint: 'hunter2-hunter2:1', expect: { note: 'is hunter2-hunter2' } })],
      },
      attempts: [
        failed('login-rejected', {
          failure: {
            stage: 'connect',
            server: null,
            cause: 'x',
            code: null,
            number: null,
            detail: 'hunter2-hunter2 sa7',
          },
        }),
        { observation: { version: Buffer.from('x hunter2-hunter2').toString('base64') } },
      ],
    });
    const text = evidence.text(onlyFile(evidence));
    expect(text).not.toContain('hunter2-hunter2');
    expect(text).not.toContain(Buffer.from('hunter2-hunter2').toString('base64').slice(4, 16));
    expect(text).toContain('"detail":"[redacted] [redacted]"');
    expect(text).toContain('"name":"sa7"');
    expect(readFolder(evidence.store).headers).toMatchObject([{ state: 'whole' }]);
  });
});

test('a record that could not be written makes its run damaged, also where the end could be', () => {
  const memory = memoryStore();
  const failing: EvidenceStore = {
    ...memory,
    create(name) {
      const file = memory.create(name);
      return {
        ...file,
        append(line) {
          if (line.includes('"n":2')) throw new Error('ENOSPC');
          file.append(line);
        },
      };
    },
  };
  const writer = beginRun(failing, runRecord(), new Redaction());
  for (const record of [...attemptRecords([{}, {}, {}]), stopRecord('run-0')]) {
    try {
      writer.write(record);
    } catch {
      // the engine tells of it; here it is what a later reader sees that counts
    }
  }
  writer.end(instant(T0), false);
  expect(readFolder(memory).headers).toMatchObject([{ state: 'damaged', why: '1 of its records are missing' }]);
});
