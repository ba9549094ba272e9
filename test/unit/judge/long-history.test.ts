import { expect, test } from 'vitest';
import { renderTable } from '../../../src/render/table.ts';
import { type AttemptOver, cleanRuns, failed, run } from '../../kit/evidence.ts';
import { reportOf } from './judging.ts';

const HOUR_MS = 3_600_000;
const YEAR_MS = 365 * 24 * HOUR_MS;
const LONG = { policy: { maxAgeMs: YEAR_MS } };

test('the report of 250 runs lists the latest 200 and counts those before them', () => {
  const killed = run(3, [{}], { end: null });
  const short = run(4, [{}], { context: { ...run(4, []).context!, name: 'another' } });
  const report = reportOf([...cleanRuns(3), killed, short, ...cleanRuns(246, 15, 5)], LONG);
  expect(report.runs).toHaveLength(200);
  expect(report.runs.map(({ id }) => id)).toEqual(Array.from({ length: 200 }, (_, index) => `run-${index + 51}`));
  expect(report.earlierRuns).toEqual({ counted: 50, notCounted: 0, lab: 0 });
  expect(report.targets[0]?.blocks?.counted).toBe(249);
  expect(renderTable(report).replaceAll(/\s+/g, ' ')).toContain('over runs, 250 of 250 counted');
});

test('what is too old is counted among the earlier runs, and people are told of it', () => {
  // judged six hours after the last of them
  const report = reportOf(cleanRuns(250), { policy: { maxAgeMs: 225 * HOUR_MS } });
  expect(report.earlierRuns).toEqual({ counted: 20, notCounted: 30, lab: 0 });
  expect(renderTable(report).replaceAll(/\s+/g, ' ')).toContain('over runs, 220 of 250 counted');
  expect(renderTable(report)).toMatch(/and 30 earlier ones/);
});

test('runs of a lab are marked in the report and told of, those before the listed ones as well', () => {
  const ofLab = cleanRuns(250).map((one, index) => (index < 30 || index === 249 ? { ...one, lab: true } : one));
  const report = reportOf(ofLab, LONG);
  expect(report.earlierRuns.lab).toBe(30);
  expect(report.runs.filter(({ lab }) => lab).map(({ id }) => id)).toEqual(['run-249']);
  expect(renderTable(report)).toMatch(/^ {2}lab {9}31 of 250 runs are of a lab, and say nothing of a real system$/m);
  expect(renderTable(reportOf(cleanRuns(3)))).not.toContain('of a lab');
});

/** A history in which nothing is twice the same. */
const restless = (runs: number) =>
  Array.from({ length: runs }, (_, index) => {
    const address = `10.${index >> 16}.${(index >> 8) & 255}.${index & 255}`;
    const learnt: AttemptOver = {
      egress: [address],
      resolved: [address],
      observation: { version: `${index}`, certificate: 'x'.repeat(300) },
      measures: { [`measure${index}`]: index },
    };
    const broken = failed('connection-reset');
    return run(index, [learnt, { ...broken, failure: { ...broken.failure!, server: address, code: `E${index}` } }]);
  });

test('the report of a history in which nothing is twice the same stays below a megabyte, however long it is', () => {
  const size = (runs: number) => JSON.stringify(reportOf(restless(runs), LONG)).length;
  const [long, longer] = [size(2_500), size(5_000)];
  expect(long).toBeLessThan(1_000_000);
  expect(longer / long).toBeLessThan(1.01);
});
