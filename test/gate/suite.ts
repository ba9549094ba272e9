import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { exitCodeOf, VERDICTS, worst } from '../../src/model/verdict.ts';
import { misclassifications } from './check.ts';
import { type Gate, runGate, type Scene, SECRET } from './gate.ts';
import { type Row, titleOf } from './row.ts';

const PATIENCE_MS = 120_000;

/** The rows of one probe as tests: one run of the command for all of them, and one alone for each verdict that there is. */
export function testMatrix<R extends Row>(probe: string, rows: readonly R[], scene: Scene<R>): void {
  describe(`a run of ${probe} says what is wrong with`, () => {
    let gate: Gate;
    beforeAll(async () => {
      gate = await runGate(rows, scene);
    }, PATIENCE_MS);
    afterAll(() => gate?.[Symbol.asyncDispose]());

    test.each(rows.map((row) => [titleOf(row), row] as const))('%s', (_, row) => {
      expect(misclassifications(row, gate.report)).toEqual([]);
    });

    test('nothing that the servers of the passing rows did not expect', () => {
      const unexpected = rows.filter(({ verdict }) => verdict === 'pass').flatMap((row) => gate.problemsOf(row));
      expect(unexpected).toEqual([]);
    });

    test('the worst that a run found, by its exit code', () => {
      for (const { ended, report } of gate.runs) {
        const found = [...report.targets, ...(report.context?.findings ?? [])].map(({ verdict }) => verdict);
        expect(ended.exit).toBe(exitCodeOf(worst(found), false));
      }
    });

    test('no secret', () => {
      for (const { ended } of gate.runs) {
        expect(ended.stdout).not.toContain(SECRET);
        expect(ended.stderr).not.toContain(SECRET);
      }
    });

    const quickest = VERDICTS.flatMap((verdict) => rows.find((row) => row.verdict === verdict) ?? []);
    test.each(quickest.map((row) => [titleOf(row), row] as const))('one target alone: %s', async (_, row) => {
      const { ended, report } = await gate.alone(row);
      expect(misclassifications(row, report)).toEqual([]);
      expect(ended.exit).toBe(exitCodeOf(row.verdict, false));
    });
  });
}
