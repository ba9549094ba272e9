import { describe, expect, test } from 'vitest';
import { STOPS } from '../../../src/model/records.ts';
import { RENDERERS } from '../../../src/render/formats.ts';
import { clean, cleanRuns, context, failed, run, type SyntheticRun, T0 } from '../../kit/evidence.ts';
import { rateOf, reportOf, targetOf } from './judging.ts';

const HOUR_MS = 3_600_000;
const down = Array.from({ length: 15 }, () => failed('connection-refused'));

// What weakens the evidence is in the report twice: as a number, and as a sentence.
describe('of runs that are no evidence of their own, the report tells', () => {
  const every = (ms: number): SyntheticRun[] => cleanRuns(5).map((one, index) => ({ ...one, at: T0 + index * ms }));

  test('those of one host', () => {
    const runs = cleanRuns(5).map((one) => ({ ...one, context: context({ bootId: 'one' }) }));
    expect(targetOf(runs)).toMatchObject({ runs: 5, blocks: { counted: 1, sameHost: 4, tooClose: 0 } });
    expect(rateOf(runs).observed).toContain('Of 5 runs, 1 counts as independent: 4 share the host of an earlier one.');
  });

  test('those too close together', () => {
    const runs = every(5 * 60_000);
    expect(targetOf(runs)).toMatchObject({ runs: 5, blocks: { counted: 2, sameHost: 0, tooClose: 3 } });
    expect(rateOf(runs).observed).toContain(
      'Of 5 runs, 2 count as independent: 3 began within 15 min of an earlier one.',
    );
  });

  test('a run without its end, and one that was interrupted', () => {
    const runs = [...cleanRuns(2), run(2, clean(15), { end: null }), run(3, clean(15), { end: 'interrupted' })];
    expect(reportOf(runs).runs.map(({ why }) => why)).toEqual([
      null,
      null,
      'its failures count, and it never counts as clean: it has no end',
      'its failures count, and it never counts as clean: it was interrupted',
    ]);
    expect(targetOf(runs).blocks).toMatchObject({ counted: 2 });
    expect(rateOf(runs).observed).toContain('Of 4 runs, 2 runs without a failure do not count as clean');
  });

  test('runs of two profiles', () => {
    const runs = [run(0, clean(15), { profile: 'quick' }), run(1, clean(15), { profile: 'gate' })];
    expect(reportOf(runs).runs.map(({ profile }) => profile)).toEqual(['quick', 'gate']);
    expect(rateOf(runs).observed).toContain('Runs of the profiles gate and quick are judged together');
  });
});

describe('what a pass still needs is told', () => {
  test('in runs and in time', () => {
    expect(targetOf(cleanRuns(7)).needed).toEqual({
      runs: 25,
      attempts: null,
      spanSeconds: 18 * 3_600,
      withinMaxRuns: true,
    });
  });

  test('where only time is lacking', () => {
    const close = cleanRuns(32).map((one, index) => ({ ...one, at: T0 + index * (HOUR_MS / 2) }));
    expect(targetOf(close)).toMatchObject({
      needed: { runs: 0, spanSeconds: 8.5 * 3_600 },
      findings: expect.arrayContaining([expect.objectContaining({ cause: 'span-too-short' })]),
    });
  });

  test('where the budget of runs does not suffice', () => {
    const runs = [run(0, down), run(1, clean(15))];
    expect(targetOf(runs, { policy: { maxRuns: 50 } }).needed).toMatchObject({ runs: 55, withinMaxRuns: false });
  });

  test('where it is there', () => {
    expect(targetOf(cleanRuns(33)).needed).toMatchObject({ runs: 0, spanSeconds: 0, withinMaxRuns: true });
  });

  test('in attempts, of one run that is judged alone', () => {
    expect(targetOf(cleanRuns(1), { scope: 'run', profile: 'quick' }).needed).toEqual({
      runs: null,
      attempts: 17,
      spanSeconds: null,
      withinMaxRuns: null,
    });
  });
});

describe('why the sampling of a target came to its end is told', () => {
  test.each(STOPS)('of %s, in words and in how many runs', (reason) => {
    const runs = [run(0, clean(15), { stops: { 'claims-db': reason } }), ...cleanRuns(2, 15, 1)];
    const { stopped } = targetOf(runs);
    expect(stopped).toEqual([{ reason, meaning: expect.stringMatching(/^[a-z].{10,}[a-z]$/), runs: 1 }]);
    const table = RENDERERS.table(reportOf(runs));
    // A decision is an end as planned.
    const isSaid = !['accepted-rate', 'rejected-rate', 'attempts'].includes(reason);
    expect(table.includes(`${reason} in 1 of 3 runs (${stopped[0]?.meaning})`)).toBe(isSaid);
  });
});
