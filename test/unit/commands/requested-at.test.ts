import { describe, expect, test } from 'vitest';
import { requestedAtOf } from '../../../src/commands/requested-at.ts';

const BEGAN_AT = '2026-11-24T08:00:00.000Z';

test('the time that the platform was asked for a run is kept in UTC', () => {
  expect(requestedAtOf('2026-11-24T07:58:30Z', BEGAN_AT)).toBe('2026-11-24T07:58:30.000Z');
  expect(requestedAtOf('2026-11-24T08:58:30.123456+01:00', BEGAN_AT)).toBe('2026-11-24T07:58:30.123Z');
  expect(requestedAtOf(undefined, BEGAN_AT)).toBeNull();
});

test('a clock that is up to 5 minutes ahead of this one is no mistake', () => {
  expect(requestedAtOf('2026-11-24T08:05:00Z', BEGAN_AT)).toBe('2026-11-24T08:05:00.000Z');
});

describe('is refused', () => {
  test.each([
    ['a time without its offset', '2026-11-24T07:58:30'],
    ['a date', '2026-11-24'],
    ['a day that there is not', '2026-02-30T07:58:30Z'],
    ['a reference that the platform left as it was', '{{job.start_time.iso_datetime}}'],
    ['nothing', ''],
  ])('%s', (_, flag) => {
    expect(() => requestedAtOf(flag, BEGAN_AT)).toThrow(
      expect.objectContaining({ code: 'ERR_REQUESTED_AT', message: `--requested-at: no time: ${flag}` }),
    );
  });

  test('a time after the beginning of the run', () => {
    expect(() => requestedAtOf('2026-11-24T08:05:01Z', BEGAN_AT)).toThrow(/is more than 5 minutes after/);
  });
});
