import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { CAUSES } from '../../../src/model/causes.ts';
import type { Failure } from '../../../src/model/records.ts';
import { type Lost, taintOf } from '../../../src/sample/health-taint.ts';

const lost = (over: Partial<Lost> = {}): Lost => ({
  elapsedMs: 10_000,
  stalledMs: 0,
  aheadMs: 0,
  steps: 0,
  queuedMs: 0,
  ...over,
});
const both = (over: Partial<Lost>) => ({ whole: lost(over), stage: lost(over) });

const failed = (cause: string, over: Partial<Failure> = {}) => ({
  outcome: 'failed' as const,
  failure: { stage: 'connect' as const, server: '10.0.0.1:1433', cause, code: null, number: null, detail: '', ...over },
});
const succeeded = { outcome: 'succeeded', failure: null } as const;

/** What a standstill of ours, or a step of the clock, may have brought about. */
const OURS_PERHAPS = [
  'connect-timeout',
  'login-timeout',
  'request-timeout',
  'connection-reset',
  'connection-closed',
  'idle-silent',
  'group-unstable',
];
const DEFINITE = [
  'connection-refused',
  'name-not-found',
  'login-rejected',
  'not-authorized',
  'egress-refused',
  'not-tls',
];

describe('a failure in time that we lost', () => {
  test.each(OURS_PERHAPS)('is starved where it is %s, and half of the time was lost', (cause) => {
    expect(taintOf(failed(cause), both({ stalledMs: 5_000 }))).toBe('starved');
    expect(taintOf(failed(cause), both({ stalledMs: 4_900 }))).toBeNull();
  });

  test.each(DEFINITE)('counts where the answer was definite: %s', (cause) => {
    expect(taintOf(failed(cause), both({ stalledMs: 9_000, aheadMs: 9_000, steps: 1 }))).toBeNull();
  });

  test('is starved where the stage that failed was lost, however long the hold before it', () => {
    const endured = {
      whole: lost({ elapsedMs: 250_000, stalledMs: 4_000 }),
      stage: lost({ elapsedMs: 5_000, stalledMs: 4_000 }),
    };
    expect(taintOf(failed('idle-silent'), endured)).toBe('starved');
  });

  test('is starved where the peer gave us up in a stage before', () => {
    const endured = { whole: lost({ stalledMs: 9_000 }), stage: lost({ elapsedMs: 2 }) };
    expect(taintOf(failed('connection-reset'), endured)).toBe('starved');
  });

  test('is that of the clock where the machine was suspended for most of it', () => {
    expect(taintOf(failed('idle-silent'), both({ elapsedMs: 250_000, aheadMs: 600_000, steps: 1 }))).toBe('clock');
    expect(taintOf(failed('idle-silent'), both({ elapsedMs: 250_000, aheadMs: 2_000, steps: 1 }))).toBeNull();
  });
});

test.each(['certificate-expired', 'certificate-not-yet-valid', 'token-expired', 'client-certificate-expired'])(
  'a failure by the wall clock is that of the clock where it was set meanwhile: %s',
  (cause) => {
    expect(taintOf(failed(cause), both({ elapsedMs: 30, steps: 1 }))).toBe('clock');
    expect(taintOf(failed(cause), both({ elapsedMs: 30 }))).toBeNull();
    expect(taintOf(failed(cause), both({ elapsedMs: 3_000, stalledMs: 2_900 }))).toBeNull();
  },
);

test('a lookup that timed out is starved where no thread was free for it, and nothing else is', () => {
  expect(taintOf(failed('name-lookup-timeout'), both({ elapsedMs: 5_000, queuedMs: 4_500 }))).toBe('starved');
  expect(taintOf(failed('name-lookup-timeout'), both({ elapsedMs: 5_000, queuedMs: 2_000 }))).toBeNull();
  expect(taintOf(failed('connect-timeout'), both({ queuedMs: 10_000 }))).toBeNull();
});

describe('a lack of ports or files', () => {
  test('is ours, whatever else was the matter', () => {
    expect(taintOf(failed('local-starvation', { code: 'EMFILE' }), both({}))).toBe('starved');
    expect(taintOf(failed('local-starvation', { code: 'EADDRNOTAVAIL' }), both({}))).toBe('starved');
  });

  test('is none where a host without IPv6 was sent to an IPv6 address', () => {
    const failure = { code: 'EADDRNOTAVAIL', server: '[2001:db8::1]:443' };
    expect(taintOf(failed('local-starvation', failure), both({}))).toBeNull();
  });
});

describe('a success', () => {
  test('counts, unless most of its time was lost: then it is as little of a rate as a failure', () => {
    expect(taintOf(succeeded, both({ elapsedMs: 2_600, stalledMs: 1_200 }))).toBeNull();
    expect(taintOf(succeeded, both({ elapsedMs: 2_600, stalledMs: 1_400 }))).toBe('starved');
  });

  test('does not count where the clock was set meanwhile', () => {
    expect(taintOf(succeeded, both({ elapsedMs: 20, steps: 1 }))).toBe('clock');
  });
});

test.each(['aborted', 'broken'] as const)('an attempt that was %s needs no taint to be in no rate', (outcome) => {
  expect(taintOf({ outcome, failure: null }, both({ stalledMs: 10_000 }))).toBeNull();
});

test('whatever the failure, without anything seen of us it counts', () => {
  const cause = fc.constantFrom(...Object.keys(CAUSES).filter((code) => code !== 'local-starvation'));
  const elapsed = fc.record({ whole: fc.nat(2_000_000), stage: fc.nat(60_000) });
  const property = fc.property(cause, elapsed, fc.constantFrom('ETIMEOUT', 'ECONNRESET', null), (code, ms, sign) => {
    const endured = { whole: lost({ elapsedMs: ms.whole }), stage: lost({ elapsedMs: ms.stage }) };
    expect(taintOf(failed(code, { code: sign }), endured)).toBeNull();
  });
  fc.assert(property, { seed: 20261124, numRuns: 2_000 });
});

test('whatever the failure, one that loses more of the same time is not less tainted', () => {
  const arbitrary = fc.record({
    cause: fc.constantFrom(...Object.keys(CAUSES)),
    elapsedMs: fc.nat(20_000),
    share: fc.double({ min: 0, max: 1, noNaN: true }),
    more: fc.double({ min: 0, max: 1, noNaN: true }),
  });
  const property = fc.property(arbitrary, ({ cause, elapsedMs, share, more }) => {
    const stalledMs = share * elapsedMs;
    const less = taintOf(failed(cause), both({ elapsedMs, stalledMs }));
    const worse = taintOf(failed(cause), both({ elapsedMs, stalledMs: stalledMs + more * (elapsedMs - stalledMs) }));
    if (less !== null) expect(worse).not.toBeNull();
  });
  fc.assert(property, { seed: 20261124, numRuns: 2_000 });
});
