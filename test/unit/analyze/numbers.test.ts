import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createNumbers } from '../../../src/analyze/numbers.ts';

test('a number is new exactly once, whatever the order', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 1, max: 40 })), (sequence) => {
      const numbers = createNumbers();
      const seen = new Set<number>();
      for (const n of sequence) {
        expect(numbers.add(n)).toBe(!seen.has(n));
        seen.add(n);
      }
    }),
    { seed: 1, numRuns: 500 },
  );
});
