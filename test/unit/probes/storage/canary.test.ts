import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { bytesOf, canaryNamed, digestOf, nameOf } from '../../../../probes/storage/canary.ts';

const RUN = '01234567-89ab-4def-8123-456789abcdef';

test('a name tells whose canary it is, whatever the context is called', () => {
  fc.assert(
    fc.property(fc.string({ minLength: 1, unit: 'grapheme' }), fc.uuid({ version: 4 }), (context, run) => {
      const name = nameOf({ context, run });
      expect(name).toMatch(/^[A-Za-z0-9._~-]+$/);
      expect(canaryNamed(name)).toEqual({ context, run });
    }),
  );
});

test.each([
  '.canary',
  'preflight-probe-.canary',
  `preflight-probe--${RUN}.canary`,
  `preflight-probe-here-${RUN}.canary.tmp`,
  `other-here-${RUN}.canary`,
  `preflight-probe-here/there-${RUN}.canary`,
  `preflight-probe-here-${RUN.toUpperCase()}.canary`,
  `preflight-probe-~-${RUN}.canary`,
  `preflight-probe-~ffffff~-${RUN}.canary`,
  // one name for one context: this is not how an `a` is written
  `preflight-probe-~61~-${RUN}.canary`,
  'part-00000.parquet',
])('%s is no canary of ours', (name) => {
  expect(canaryNamed(name)).toBeNull();
});

describe('the bytes of a canary', () => {
  const bytes = bytesOf({ context: 'serverless', run: RUN });

  test('are a small text that says whose it is and what it is for', () => {
    const [first = '', second] = bytes.toString('utf8').split('\n');
    expect(JSON.parse(first)).toEqual({ canary: 'preflight-probe', context: 'serverless', run: RUN });
    expect(second).toContain('may be deleted');
    expect(bytes.toString('utf8').endsWith('\n')).toBe(true);
    expect(bytes).toHaveLength(512);
  });

  test('are the same each time, and of no other run or context', () => {
    expect(bytesOf({ context: 'serverless', run: RUN }).equals(bytes)).toBe(true);
    const others = [
      { context: 'dedicated', run: RUN },
      { context: 'serverless', run: RUN.replace('0', '1') },
    ];
    expect(new Set([bytes, ...others.map(bytesOf)].map(digestOf)).size).toBe(3);
  });

  test('are a kibibyte at most for a context with a long name', () => {
    expect(bytesOf({ context: 'x'.repeat(400), run: RUN })).toHaveLength(1_024);
  });
});
