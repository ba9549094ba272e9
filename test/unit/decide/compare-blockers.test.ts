import { describe, expect, test } from 'vitest';
import { clean, demand, failed, target } from '../../kit/evidence.ts';
import { differenceOf, down, kindsOf, mixed, relationOf, repeated, runsIn } from './comparing.ts';

const cleanRuns = (count: number) => runsIn(repeated(count, clean(15)));

describe('what fails without statistics', () => {
  test('and in one context alone makes that one worse, and is the context’s', () => {
    const found = relationOf(cleanRuns(2), runsIn([down('connect-timeout')]));
    expect(found.relation).toBe('worse');
    expect(found.why).toContain(
      'serverless fails by connect-timeout at connect (5 times); dedicated did not in 2 independent runs.',
    );
    expect(differenceOf(found, 'context')).toEqual({
      kind: 'context',
      baseline: null,
      other: 'connect-timeout at connect (5 times)',
      says:
        'fails only in serverless: connect-timeout at connect (5 times); in dedicated this was not met in ' +
        '2 independent runs: look at the context first',
    });
  });

  test('and in the baseline alone makes the other one better', () => {
    const found = relationOf(runsIn([down('connect-timeout')]), cleanRuns(2));
    expect(found.relation).toBe('better');
    expect(differenceOf(found, 'context')).toMatchObject({
      baseline: 'connect-timeout at connect (5 times)',
      other: null,
    });
  });

  test('is not said to be missing elsewhere after one clean run', () => {
    const { relation, why } = relationOf(cleanRuns(1), runsIn([down('connect-timeout')]));
    expect(relation).toBe('not-comparable');
    expect(why).toContain('dedicated has 1 independent run, and at least 2 are needed');
  });

  test('nor where it was not tried', () => {
    const idle = { kind: 'idle', plannedMs: 360_000, keepalive: 'as-client' } as const;
    const lost = failed('idle-silent', {
      hold: idle,
      failure: { stage: 'reuse', server: null, cause: 'idle-silent', code: null, number: null, detail: '' },
    });
    const targets = [target({ demand: demand({ longestIdleMs: 360_000 }) })];
    const lossy = runsIn(repeated(3, [...clean(15), lost]), { targets });
    const kept = runsIn(repeated(3, [...clean(15), { hold: idle }]), { targets });
    const untried = runsIn(repeated(3, clean(15)), { targets });
    expect(relationOf(kept, lossy).relation).toBe('worse');
    const found = relationOf(untried, lossy);
    expect(found.relation).toBe('not-comparable');
    expect(found.why).toContain('whether it does in dedicated was not tried far enough (idle/survives)');
    expect(kindsOf(found)).toEqual([]);
  });

  test('nor where it was not asked for', () => {
    const idle = { kind: 'idle', plannedMs: 360_000, keepalive: 'as-client' } as const;
    const lost = failed('idle-silent', {
      hold: idle,
      failure: { stage: 'reuse', server: null, cause: 'idle-silent', code: null, number: null, detail: '' },
    });
    const asking = [target({ demand: demand({ longestIdleMs: 360_000 }) })];
    const found = relationOf(
      runsIn(repeated(3, clean(15))),
      runsIn(repeated(3, [...clean(15), lost]), { targets: asking }),
    );
    expect(found.relation).toBe('not-comparable');
    expect(kindsOf(found)).toEqual([]);
  });

  test('nor where nothing has worked yet', () => {
    for (const untried of [down('probe-not-authorized'), [failed('probe-not-authorized')]]) {
      const found = relationOf(runsIn([untried]), runsIn([down('login-rejected')]));
      expect(found.relation).toBe('not-comparable');
      expect(kindsOf(found)).toEqual([]);
    }
  });

  test('nor, of a dear part, where that has not worked', () => {
    const targets = [target({ parts: { join: 3 } })];
    const part = { name: 'join', reached: true };
    const refused = failed('not-authorized', { part });
    const joining = (tries: readonly object[], of = targets) =>
      runsIn(repeated(3, [...clean(15), ...tries]), { targets: of });
    const failing = joining(repeated(3, refused));
    const untried = relationOf(joining([], [target()]), failing);
    expect(untried.relation).toBe('not-comparable');
    expect(kindsOf(untried)).not.toContain('context');
    const tried = relationOf(joining(repeated(3, { part })), failing);
    expect(tried.relation).toBe('worse');
    expect(kindsOf(tried)).toContain('context');
  });

  test('is none where it has worked since', () => {
    const refused = failed('egress-refused');
    const before = runsIn(repeated(3, [{}, failed('login-rejected'), ...clean(12), refused]));
    const found = relationOf(runsIn(repeated(3, [{}, refused, ...clean(13)])), before);
    expect(found.relation).toBe('same');
    expect(kindsOf(found)).toEqual(['target']);
  });

  test('is none where it is only slow', () => {
    const slow = (elapsedMs: number) =>
      runsIn(
        repeated(
          3,
          repeated(15, { stages: [{ stage: 'connect' as const, server: '10.0.0.1:1433', elapsedMs, ok: true }] }),
        ),
        { targets: [target({ requirement: { ...target().requirement, p95Ms: { connect: 500 } } })] },
      );
    const found = relationOf(slow(10), slow(900));
    expect(found.relation).toBe('different');
    expect(kindsOf(found)).toEqual(['latency']);
  });

  test('and what says nothing of the target is no cause that both have', () => {
    const with3 = (cause: string) => runsIn([[...down(cause), ...repeated(3, failed('probe-not-authorized'))]]);
    expect(relationOf(with3('connect-timeout'), with3('connection-refused')).relation).toBe('different');
  });

  test('and by the same cause in both is the target’s or its credentials’', () => {
    const rejected = runsIn(repeated(2, down('login-rejected')));
    const found = relationOf(rejected, rejected);
    expect(found.relation).toBe('same');
    expect(found.why).toContain('Both fail by the same cause, login-rejected at connect (10 times)');
    expect(differenceOf(found, 'target').says).toBe(
      'fails in dedicated and in serverless: look at the target or its credentials first',
    );
  });

  test('and by another cause in each is different', () => {
    const found = relationOf(runsIn([down('connect-timeout')]), runsIn([down('login-rejected')]));
    expect(found.relation).toBe('different');
    expect(found.why).toContain('in dedicated connect-timeout at connect (5 times); in serverless login-rejected');
    expect(kindsOf(found)).not.toContain('target');
  });

  test('is told apart by the stage, and by the code of an error without a name', () => {
    const at = (cause: string, stage: 'connect' | 'tls', code: string | null = null) =>
      runsIn([down(cause, { failure: { stage, server: null, cause, code, number: null, detail: '' } })]);
    expect(relationOf(at('connection-reset', 'connect'), at('connection-reset', 'tls')).relation).toBe('different');
    expect(relationOf(at('unclassified', 'tls', 'E1'), at('unclassified', 'tls', 'E2')).relation).toBe('different');
    expect(relationOf(at('unclassified', 'tls', 'E1'), at('unclassified', 'tls', 'E1')).relation).toBe('same');
  });

  test('against a context that fails more often is different, not worse or better', () => {
    const expired = [...clean(14), failed('egress-refused')];
    const found = relationOf(runsIn(mixed(10, 20)), runsIn([...repeated(29, clean(15)), expired]));
    expect(found.relation).toBe('different');
  });

  test('but one that has more of it is worse', () => {
    const refused = [...clean(14), failed('egress-refused')];
    const both = [...clean(13), failed('egress-refused'), failed('egress-not-allowed')];
    const found = relationOf(runsIn(repeated(3, refused)), runsIn(repeated(3, both)));
    expect(found.relation).toBe('worse');
    expect(kindsOf(found)).toEqual(['context', 'target']);
  });
});

describe('failing too often in both', () => {
  test('by different causes is different', () => {
    const found = relationOf(runsIn(mixed(5, 5, 'connect-timeout')), runsIn(mixed(5, 5)));
    expect(found.relation).toBe('different');
    expect(kindsOf(found)).toEqual([]);
    expect(found.why).toMatch(/^Both fail, by different causes/);
  });

  test('by the same cause is the target’s, though it takes more runs to say that it is as often', () => {
    const found = relationOf(runsIn(mixed(5, 5)), runsIn(mixed(5, 5)));
    expect(found.relation).toBe('not-comparable');
    expect(kindsOf(found)).toEqual(['target']);
  });
});
