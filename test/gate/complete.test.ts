import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { REGISTRY } from '../../probes/index.ts';
import { CAUSES, isCause } from '../../src/model/causes.ts';
import { NEVER_NAMED, TESTED_ELSEWHERE } from './elsewhere.ts';
import { MATRIX } from './matrix.ts';
import { FAULTS, kindOf } from './places.ts';
import { HEALTHY, nameOf, type Row, targetName, UNANSWERED } from './row.ts';

const rowsOf = (probe: string): readonly Row[] => MATRIX[probe] ?? [];

test('every probe has rows, and only they have', () => {
  expect(Object.keys(MATRIX).sort()).toEqual(REGISTRY.map(({ type }) => type).sort());
});

describe.each(REGISTRY.map(({ type, stages }) => ({ type, stages })))('of probe $type', ({ type, stages }) => {
  test('there is a row in which nothing is wrong, and it passes', () => {
    expect(rowsOf(type).find(({ fault }) => fault === HEALTHY)).toMatchObject({ cause: null, verdict: 'pass' });
  });

  test('there is a row in which nothing answers, and it does not pass', () => {
    expect(rowsOf(type).find(({ fault }) => fault === UNANSWERED)).toMatchObject({
      cause: 'connect-timeout',
      verdict: 'fail',
    });
  });

  test('every stage that it declares is where some row ends', () => {
    const reached = new Set(rowsOf(type).map(({ stage }) => stage));
    expect(stages.filter((stage) => !reached.has(stage))).toEqual([]);
  });

  test('no two rows have one name', () => {
    const names = rowsOf(type).map(targetName);
    expect(names.filter((name, index) => names.indexOf(name) !== index)).toEqual([]);
  });
});

describe.each(FAULTS.map((faults) => ({ ...faults, name: `${faults.probe} ${faults.of ?? ''}`.trim() })))(
  'of the fixture of $name',
  ({ probe, of, places }) => {
    const kinds = Object.entries(places).flatMap(([at, dos]) => dos.map((does) => `${at} ${does}`));
    const planted = rowsOf(probe)
      .filter((row) => row.of === of)
      .flatMap(({ fault }) => (typeof fault === 'string' ? [] : [`${fault.at} ${kindOf(fault.do)}`]));

    test('every fault has its row', () => {
      expect(kinds.filter((kind) => !planted.includes(kind))).toEqual([]);
    });

    test('no row names a fault that there is not', () => {
      expect(planted.filter((kind) => !kinds.includes(kind))).toEqual([]);
    });
  },
);

test('a row that fails says where and why', () => {
  const silent = Object.values(MATRIX)
    .flat()
    .filter(({ verdict, cause }) => (verdict === 'pass') !== (cause === null));
  expect(silent.map(nameOf)).toEqual([]);
});

describe('every cause', () => {
  const byRows = new Set(
    Object.values(MATRIX)
      .flat()
      .flatMap(({ cause, finding }) => [cause, finding ?? null]),
  );
  const isByRow = (cause: string): boolean => isCause(cause) && byRows.has(cause);

  test('is brought about by a row, or by a test that is named, or is said to be named nowhere', () => {
    const known = [...Object.keys(TESTED_ELSEWHERE), ...Object.keys(NEVER_NAMED)];
    expect(Object.keys(CAUSES).filter((cause) => !isByRow(cause) && !known.includes(cause))).toEqual([]);
  });

  test('is listed as tested elsewhere, or named nowhere, only where no row has it', () => {
    expect([...Object.keys(TESTED_ELSEWHERE), ...Object.keys(NEVER_NAMED)].filter(isByRow)).toEqual([]);
  });

  test.each(Object.entries(TESTED_ELSEWHERE))('%s is in the test that is named for it', (cause, { file, title }) => {
    const text = readFileSync(join(import.meta.dirname, '..', file), 'utf8');
    expect(text).toContain(title);
    expect(text).toMatch(new RegExp(`[' ]${cause}'`));
  });
});
