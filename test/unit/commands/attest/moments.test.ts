import { describe, expect, test } from 'vitest';
import { expiryOf, momentOf } from '../../../../src/commands/attest/moments.ts';

const DAY_SECONDS = 86_400;
const DECIDED = '2026-11-24T08:00:00.000Z';

describe('the expiry', () => {
  test.each([
    [undefined, '2026-12-24T08:00:00.000Z'],
    ['30d', '2026-12-24T08:00:00.000Z'],
    ['12h', '2026-11-24T20:00:00.000Z'],
  ])('of %s after the decision', (flag, expiresAt) => {
    expect(expiryOf(flag, DECIDED, 30 * DAY_SECONDS)).toBe(expiresAt);
  });

  test.each([
    ['30d1s', 'is no span'],
    ['0s', 'is no span'],
    ['-1d', 'is no span'],
    ['', 'is no span'],
    ['721h', 'is longer than policy.maxAge (30 days)'],
  ])('is not %s', (flag, why) => {
    expect(() => expiryOf(flag, DECIDED, 30 * DAY_SECONDS)).toThrow(why);
  });
});

describe('the moment that is asked about', () => {
  test.each([
    [undefined, DECIDED],
    ['2026-11-25', '2026-11-25T23:59:59.999Z'],
    ['2026-11-25T10:00:00Z', '2026-11-25T10:00:00.000Z'],
    ['2026-11-25T10:00:00+02:00', '2026-11-25T08:00:00.000Z'],
  ])('%s is %s', (flag, at) => {
    expect(momentOf(flag, new Date(DECIDED))).toBe(at);
  });

  test.each(['tomorrow', '2026-13-01', '2026-02-30', '24.11.2026', '2026-11-25T10:00', '1764000000', ''])(
    '%s is none',
    (flag) => {
      expect(() => momentOf(flag, new Date(DECIDED))).toThrow('is no date');
    },
  );
});
