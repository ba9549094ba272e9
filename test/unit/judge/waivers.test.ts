import { describe, expect, test } from 'vitest';
import type { Waiver } from '../../../src/model/policy.ts';
import { clean, instant, run, T0, target } from '../../kit/evidence.ts';
import { findingOf, reportOf } from './judging.ts';

const DAY_MS = 86_400_000;
const UNTESTABLE = target({ untestable: 'Kerberos is not tried by this client' });
const runs = Array.from({ length: 33 }, (_, index) => run(index, clean(15), { targets: [UNTESTABLE] }));
const judgedAt = instant(T0 + 2 * DAY_MS);

const waiver = (over: Partial<Waiver> = {}): Waiver => ({
  target: 'claims-db',
  rule: 'stage/untestable',
  context: 'serverless',
  until: instant(T0 + 30 * DAY_MS),
  approvedBy: 'CISO',
  ticket: 'SEC-1',
  reason: 'no test account with Kerberos',
  ...over,
});

const judged = (over: Partial<Waiver> = {}) => reportOf(runs, { judgedAt, policy: { waivers: [waiver(over)] } });
const aboutWaivers = (over: Partial<Waiver> = {}) =>
  judged(over).context?.findings.find(({ rule }) => rule === 'policy/waivers');

describe('a waiver', () => {
  test('stands beside its finding, whose verdict it leaves', () => {
    expect(findingOf(runs, 'stage/untestable', { judgedAt, policy: { waivers: [waiver()] } })).toMatchObject({
      verdict: 'inconclusive',
      waiver: { approvedBy: 'CISO', ticket: 'SEC-1', reason: 'no test account with Kerberos' },
    });
    expect(judged()).toMatchObject({ verdict: 'inconclusive' });
    expect(aboutWaivers()).toBeUndefined();
  });

  test.each([
    ['has ended', { until: instant(T0 + DAY_MS) }, 'ended 2 Nov 08:00 UTC'],
    ['is for more than 90 days', { until: instant(T0 + 94 * DAY_MS) }, 'is for more than 90 days, and waives nothing'],
    ['names a finding that is not open', { rule: 'latency/p95' }, 'waives nothing: no such finding is open'],
  ] as const)('says of one that %s', (_, over, said) => {
    expect(aboutWaivers(over)).toMatchObject({ verdict: 'warn', cause: 'waiver-unused', owner: 'operator' });
    expect(aboutWaivers(over)?.observed).toContain(said);
  });

  test.each([
    ['of another context', { context: 'dedicated', until: instant(T0) }],
    ['for all contexts, which another may need', { context: null, rule: 'latency/p95' }],
    ['of a target that was not tried here', { target: 'other' }],
  ] as const)('says nothing here of one %s', (_, over) => {
    expect(aboutWaivers(over)).toBeUndefined();
  });

  test('that has ended, or is for too long, waives nothing', () => {
    for (const days of [1, 94]) {
      const finding = findingOf(runs, 'stage/untestable', {
        judgedAt,
        policy: { waivers: [waiver({ until: instant(T0 + days * DAY_MS) })] },
      });
      expect(finding?.waiver).toBeNull();
    }
  });
});
