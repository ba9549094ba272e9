import { describe, expect, test } from 'vitest';
import { compareContexts } from '../../../src/decide/compare.ts';
import { DEFAULT_POLICY } from '../../../src/model/policy.ts';
import { clean, context, demand, failed, run, target } from '../../kit/evidence.ts';
import { compared, differenceOf, mixed, relationOf, repeated, runsIn, sideOf } from './comparing.ts';

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
