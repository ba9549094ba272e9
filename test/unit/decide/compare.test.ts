import { describe, expect, test } from 'vitest';
import { compareContexts } from '../../../src/decide/compare.ts';
import { DEFAULT_POLICY } from '../../../src/model/policy.ts';
import { clean, context, demand, failed, run, target } from '../../kit/evidence.ts';
import { compared, differenceOf, down, kindsOf, mixed, relationOf, repeated, runsIn, sideOf } from './comparing.ts';

const cleanRuns = (count: number) => runsIn(repeated(count, clean(15)));

describe('by how many independent runs met a failure', () => {
  test('6 of 30 against none of 30 is worse, by Fisher’s exact test and with Newcombe’s interval', () => {
    const { relation, rates, why } = relationOf(cleanRuns(30), runsIn(mixed(24, 6)));
    expect(relation).toBe('worse');
    expect(rates).toMatchObject({ baseline: { met: 0, of: 30 }, other: { met: 6, of: 30 } });
    expect(rates?.p).toBeCloseTo(585 / 24662, 9);
    expect(rates?.difference).toBeCloseTo(0.2, 9);
    expect(rates?.lower).toBeCloseTo(0.04540515, 7);
    expect(rates?.upper).toBeCloseTo(0.37305696, 7);
    expect(why).toBe(
      '6 of 30 independent runs met a failure in serverless, 0 of 30 in dedicated: a difference of +20 points ' +
        '(4.5 to 37.4, two-sided 95 %); Fisher’s exact test over 60 runs: p = 0.0238 after Holm over 1 target.',
    );
  });

  test('and the other way round it is better', () => {
    const { relation, rates } = relationOf(runsIn(mixed(24, 6)), cleanRuns(30));
    expect(relation).toBe('better');
    expect(rates?.difference).toBeCloseTo(-0.2, 9);
  });

  test('where it fails more often is where to look', () => {
    const difference = differenceOf(relationOf(cleanRuns(30), runsIn(mixed(24, 6))), 'context');
    expect(difference.says).toMatch(/^fails more often in serverless: 6 of 30/);
    expect(difference).toMatchObject({ baseline: 'none', other: 'connection-reset at connect (84 times)' });
  });

  test('5 of 30 against none of 30 is not told apart, however many attempts failed', () => {
    const { relation, rates, why } = relationOf(cleanRuns(30), runsIn(mixed(25, 5)));
    expect(rates?.p).toBeCloseTo(117 / 2242, 9);
    expect(relation).toBe('not-comparable');
    expect(why).toContain('Failures: in dedicated none; in serverless connection-reset at connect (70 times).');
  });

  test('no failure in 29 of each is not the same yet: it still allows 11.7 points either way', () => {
    const { relation, rates, why } = relationOf(cleanRuns(29), cleanRuns(29));
    expect(relation).toBe('not-comparable');
    expect(rates?.upper).toBeCloseTo(0.1169698, 7);
    expect(rates?.lower).toBeCloseTo(-0.1169698, 7);
    expect(why).toContain('takes 35 independent runs of each, if no further one meets a failure');
  });

  test.each([
    [34, 'not-comparable'],
    [35, 'same'],
  ])('no failure in %i of each is %s', (count, relation) => {
    expect(relationOf(cleanRuns(count), cleanRuns(count)).relation).toBe(relation);
  });

  test('what is the same says within how much', () => {
    expect(relationOf(cleanRuns(40), cleanRuns(40)).why).toMatch(
      /^The difference is within 10 points either way \(-8\.8 to 8\.8, two-sided 95 %\)/,
    );
  });

  test('one run on a side is not compared, and failures are listed side by side', () => {
    const { relation, rates, why } = relationOf(cleanRuns(1), runsIn(mixed(20, 10)));
    expect({ relation, rates }).toEqual({ relation: 'not-comparable', rates: null });
    expect(why).toContain('1 in dedicated, 30 in serverless, and at least 2 of each are needed');
    expect(why).toContain('in dedicated none; in serverless connection-reset at connect (140 times)');
  });

  test('runs of one host are one where compute is ephemeral', () => {
    const oneHost = (ephemeral: boolean) => runsIn(repeated(30, clean(15)), { in: { bootId: 'one', ephemeral } });
    expect(relationOf(oneHost(false), oneHost(true)).why).toContain('30 in dedicated, 1 in serverless');
  });

  test('runs that do not count as clean are in no share', () => {
    const cut = runsIn(repeated(30, clean(15)), { end: null });
    expect(relationOf(cut, cleanRuns(30)).why).toContain('0 in dedicated, 30 in serverless');
  });
});

describe('over several targets', () => {
  const [first, second, third] = ['a', 'b', 'c'].map((name) => target({ name }));
  const of = (name: string, attempts: ReturnType<typeof clean>) => attempts.map((one) => ({ ...one, target: name }));
  const tried = (bad: boolean) =>
    ['a', 'b', 'c'].flatMap((name) =>
      of(name, name === 'a' && bad ? [{}, ...repeated(14, failed('connection-reset'))] : clean(15)),
    );
  const targets = [first, second, third].filter((one) => one !== undefined);

  test('Holm’s adjustment makes 6 of 30 too few at three targets', () => {
    const other = runsIn([...repeated(24, tried(false)), ...repeated(6, tried(true))], { targets });
    const [a] = compared(runsIn(repeated(30, tried(false)), { targets }), other).targets;
    expect(a?.rates?.p).toBeCloseTo((3 * 585) / 24662, 9);
    expect(a?.relation).toBe('not-comparable');
    expect(a?.why).toContain('after Holm over 3 targets');
  });

  test('one that a context has no runs of is not compared, and not counted among them', () => {
    const alone = [first].filter((one) => one !== undefined);
    const { targets: found } = compared(
      runsIn(repeated(30, of('a', clean(15))), { targets: alone }),
      runsIn(repeated(30, tried(false)), { targets }),
    );
    expect(found.map((one) => [one.target, one.relation, one.rates])).toEqual([
      ['a', 'not-comparable', expect.anything()],
      ['b', 'not-comparable', null],
      ['c', 'not-comparable', null],
    ]);
    expect(found[0]?.why).toContain('over 1 target');
    expect(found[1]?.why).toBe('No run of it in dedicated counts.');
  });

  test('a control that no workload uses is left out, and one that a workload uses is not', () => {
    const control = target({ name: 'up', control: true });
    const used = target({ name: 'used', control: true, demand: demand({ workloads: ['ingest'] }) });
    const attempts = [...of('up', clean(15)), ...of('used', clean(15))];
    const runs = runsIn(repeated(3, attempts), { targets: [control, used] });
    expect(compared(runs, runs).targets.map((one) => one.target)).toEqual(['used']);
  });

  test('nor is one that stands for two types', () => {
    const typed = (type: string) => [target({ name: 'a' }), target({ name: 'b', type })];
    const both = repeated(30, [...of('a', clean(15)), ...of('b', clean(15))]);
    const { targets: found } = compared(
      runsIn(both, { targets: typed('fake') }),
      runsIn(both, { targets: typed('kafka') }),
    );
    expect(found[0]?.why).toContain('over 1 target');
  });

  test('one name for two types is not compared', () => {
    const kafka = runsIn(repeated(40, clean(15)), { targets: [target({ type: 'kafka' })] });
    const { relation, why, rates } = relationOf(cleanRuns(40), kafka);
    expect({ relation, rates }).toEqual({ relation: 'not-comparable', rates: null });
    expect(why).toBe('It is of type fake in dedicated and of type kafka in serverless.');
  });
});

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

test('runs of both are scored by the most that is asked of either', () => {
  const cold = [failed('connection-reset'), ...clean(14)];
  const retrying = target({ demand: demand({ retriesFirstConnection: true }) });
  const one = runsIn(repeated(3, cold), { targets: [retrying] });
  const both = relationOf(one, one);
  expect(both.rates).toMatchObject({ baseline: { met: 0 }, other: { met: 0 } });
  const mixedDemands = relationOf(one, runsIn(repeated(3, cold)));
  expect(mixedDemands.rates).toMatchObject({ baseline: { met: 3 }, other: { met: 3 } });
});

test('and a run counts as clean where it has attempts enough for either', () => {
  const asking = (connectionsPerRun: number) =>
    runsIn(repeated(3, clean(15)), { targets: [target({ demand: demand({ connectionsPerRun }) })] });
  expect(relationOf(asking(5), asking(10)).rates).toMatchObject({ baseline: { of: 3 }, other: { of: 3 } });
  expect(relationOf(asking(5), asking(20)).why).toContain('0 in dedicated, 0 in serverless');
});

test('what the present configuration asks counts in place of what was asked', () => {
  const cold = runsIn(repeated(3, [failed('connection-reset'), ...clean(14)]));
  const asks = { requirement: target().requirement, expect: {}, demand: demand({ retriesFirstConnection: true }) };
  const present = new Map([['claims-db', asks]]);
  const [baseline, other] = ['dedicated', 'serverless'].map((name) => ({ ...sideOf(name, cold), present }));
  if (baseline === undefined || other === undefined) throw new Error('two sides');
  const { targets } = compareContexts(baseline, other, { policy: DEFAULT_POLICY, profile: 'gate' });
  expect(targets[0]?.rates).toMatchObject({ baseline: { met: 0 }, other: { met: 0 } });
});

test('the comparison names its vantage and both contexts', () => {
  const runs = [run(0, clean(15), { context: context() })];
  expect(compared(runs, runs)).toMatchObject({ vantage: 'driver', baseline: 'dedicated', other: 'serverless' });
});
