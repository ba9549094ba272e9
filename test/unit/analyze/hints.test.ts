import { describe, expect, test } from 'vitest';
import { analyze } from '../../../src/analyze/analyze.ts';
import { fisherExact } from '../../../src/analyze/fisher.ts';
import { HINT_LEVEL } from '../../../src/analyze/hint.ts';
import { type Hint, hintsOf } from '../../../src/analyze/hints.ts';
import { DEFAULT_POLICY, type Scope } from '../../../src/model/policy.ts';
import {
  type AttemptOver,
  context,
  failed,
  folderOf,
  instant,
  run,
  type SyntheticRun,
  T0,
  target,
} from '../../kit/evidence.ts';
import { badRuns, bursts, createRandom, independent, type State } from '../../kit/simulate.ts';

const RUNS = 20;
const ATTEMPTS = 15;

/** Hints at the failures of `claims-db`, with the chance of each after Holm. */
function hints(runs: readonly SyntheticRun[], scope: Scope = 'period'): readonly Hint[] {
  const [analysis] = analyze(folderOf(runs), {
    context: 'serverless',
    vantage: 'driver',
    scope,
    run: null,
    only: null,
    judgedAt: instant(T0 + 20 * 86_400_000),
    policy: DEFAULT_POLICY,
  }).targets;
  if (analysis === undefined) throw new Error('no target');
  return hintsOf(analysis, { policy: DEFAULT_POLICY, ephemeral: true, scope });
}

const standOut = (all: readonly Hint[]): readonly Hint[] => all.filter(({ adjusted }) => adjusted <= HINT_LEVEL);
const kindsOf = (all: readonly Hint[]): readonly string[] => standOut(all).map(({ kind }) => kind);

const no = failed('login-timeout');

/** A history in which the given attempts fail, by run and number from 0. */
const history = (
  fails: (run: number, attempt: number) => boolean,
  over: (run: number, attempt: number) => AttemptOver = () => ({}),
  { runs = RUNS, attempts = ATTEMPTS } = {},
): SyntheticRun[] =>
  Array.from({ length: runs }, (_, index) =>
    run(
      index,
      Array.from({ length: attempts }, (_, n) => ({ ...(fails(index, n) ? no : {}), ...over(index, n) })),
    ),
  );

/** Neither bunched nor regular: about one in ten, by a fixed draw. */
const scattered = (seed: number, rate = 0.1) => {
  const random = createRandom(seed);
  const drawn = Array.from({ length: 200 * 200 }, () => random() < rate);
  return (index: number, n: number) => drawn[index * 200 + n] ?? false;
};

describe('failures that gather are found', () => {
  test('in runs that leave from one address, also where only another target sees it', () => {
    const targets = [target(), target({ name: 'echo' })];
    const runs = Array.from({ length: 40 }, (_, index) => {
      const dropped = index % 5 === 0;
      const own = Array.from({ length: ATTEMPTS }, () => (dropped ? failed('connect-timeout') : {}));
      const seen = { target: 'echo', egress: [dropped ? '198.51.100.9' : `203.0.113.${index % 4}`] };
      return run(index, [...own, seen], { targets });
    });
    expect(standOut(hints(runs))).toContainEqual(
      expect.objectContaining({
        kind: 'egress',
        value: '198.51.100.9',
        unit: 'run',
        here: { count: 8, of: 8 },
        elsewhere: { count: 0, of: 32 },
      }),
    );
  });

  test('at one of the addresses that the name resolves to', () => {
    const addresses = ['10.0.0.1', '10.0.0.2', '10.0.0.3'];
    const resolved = (index: number, n: number) => ({ resolved: [addresses[(index + n * n) % 3]!] });
    const runs = history((index, n) => resolved(index, n).resolved[0] === '10.0.0.2' && n % 2 === 0, resolved);
    expect(standOut(hints(runs))).toContainEqual(
      expect.objectContaining({ kind: 'resolved', value: '10.0.0.2', elsewhere: { count: 0, of: RUNS } }),
    );
  });

  test('with a chance that is multiplied by the number of places which could have stood out', () => {
    const runs = history(
      (index) => index % 4 === 0,
      (index) => ({ egress: [`203.0.113.${index % 4}`] }),
    );
    const place = hints(runs).find(({ kind }) => kind === 'egress');
    expect(place?.p).toBeCloseTo(4 * fisherExact({ count: 5, of: 5 }, { count: 0, of: 15 }), 12);
  });

  test('at one broker of three, of which every attempt tries all', () => {
    const brokers = ['b1:9092', 'b2:9092', 'b3:9092'];
    const stages = brokers.map((server) => ({ stage: 'connect' as const, server, elapsedMs: 1, ok: true }));
    const random = scattered(3, 0.05);
    const at = (server: string): AttemptOver => ({ failure: { ...no.failure!, server } });
    const runs = history(random, (index, n) => ({ stages, ...(random(index, n) ? at('b2:9092') : {}) }), { runs: 30 });
    const bad = runs.filter(({ attempts }) => attempts.some(({ outcome }) => outcome === 'failed')).length;
    expect(standOut(hints(runs))).toContainEqual(
      expect.objectContaining({
        kind: 'peers',
        value: 'b2:9092',
        here: { count: bad, of: 30 },
        elsewhere: { count: 0, of: 30 },
      }),
    );
  });

  test('in some runs, and then what changes from run to run is to be compared', () => {
    const runs = history((index) => index === 7);
    expect(kindsOf(hints(runs))).toEqual(['run']);
    expect(standOut(hints(runs))).toMatchObject([
      { run: 'run-7', here: { count: 15, of: 15 }, elsewhere: { count: 0, of: 285 }, bad: { count: 1, of: 20 } },
    ]);
  });

  test('at the first attempts, which then are no bursts, no early failures and no failures of some runs', () => {
    const runs = history((index, n) => n === 0 && index % 2 === 0);
    expect(kindsOf(hints(runs))).toEqual(['first']);
    expect(standOut(hints(runs))).toMatchObject([{ first: { count: 10, of: 20 }, later: { count: 0, of: 280 } }]);
  });

  test.each([
    ['early', [2, 4, 6], { early: 20, late: 0 }],
    ['late', [9, 11, 14], { early: 0, late: 20 }],
  ] as const)('%s in their runs', (_, places, counts) => {
    const runs = history((index, n) => n === places[index % 3]);
    expect(kindsOf(hints(runs))).toEqual(['half']);
    expect(standOut(hints(runs))).toMatchObject([counts]);
  });

  test('at every third attempt, wherever a run begins', () => {
    const runs = history((index, n) => (index + n) % 3 === 0 && n > 0);
    expect(standOut(hints(runs))).toContainEqual(expect.objectContaining({ kind: 'spacing', every: 3 }));
  });

  test('at about every twentieth attempt of long runs, give or take one', () => {
    const runs = history((index, n) => [20, 41, 60, 80, 101, 121].includes(n - index), undefined, {
      runs: 4,
      attempts: 150,
    });
    expect(standOut(hints(runs))).toContainEqual(
      expect.objectContaining({ kind: 'spacing', gaps: { count: 20, of: 20 } }),
    );
  });

  test('in bursts', () => {
    const runs = history((index, n) => index % 2 === 0 && n > (index % 8) + 1 && n <= (index % 8) + 5);
    expect(kindsOf(hints(runs))).toContain('bursts');
    expect(kindsOf(hints(runs))).not.toContain('spacing');
    const burst = hints(runs).find(({ kind }) => kind === 'bursts');
    expect(burst).toMatchObject({ attempts: { count: 40, of: 140 }, longest: 4 });
  });

  test('by attempts where one run is judged alone', () => {
    const resolved = (_: number, n: number) => ({ resolved: [n % 2 === 0 ? '10.0.0.1' : '10.0.0.2'] });
    const runs = history((index, n) => n % 2 === 0 && scattered(5, 0.6)(index, n), resolved, { runs: 1, attempts: 60 });
    const [place] = hints(runs, 'run').filter(({ kind }) => kind === 'resolved');
    expect(place).toMatchObject({
      value: '10.0.0.1',
      unit: 'attempt',
      here: { of: 30 },
      elsewhere: { count: 0, of: 30 },
    });
    expect(place!.adjusted).toBeLessThan(HINT_LEVEL);
  });
});

describe('nothing is made of', () => {
  test('fewer than five failures', () => {
    expect(hints(history((index, n) => index < 4 && n === 0))).toEqual([]);
  });

  test('one run, where runs are what is compared', () => {
    const runs = history(
      (_, n) => n % 2 === 0,
      (_, n) => ({ egress: [`203.0.113.${n % 2}`] }),
      { runs: 1 },
    );
    expect(hints(runs).map(({ kind }) => kind)).not.toContain('egress');
    expect(hints(runs).map(({ kind }) => kind)).not.toContain('run');
  });

  test('one bad run with an address of its own', () => {
    const runs = history(
      (index) => index === 3,
      (index) => ({ egress: [`203.0.113.${index}`] }),
    );
    expect(kindsOf(hints(runs))).not.toContain('egress');
  });

  test('runs of one host, which are one draw', () => {
    const address = (index: number) => ({ egress: [index < 10 ? '198.51.100.9' : '203.0.113.1'] });
    const apart = history((index) => index < 10, address);
    const ofOneHost = apart.map((one, index) =>
      index < 10 ? { ...one, context: context({ bootId: 'the-bad-one' }) } : one,
    );
    expect(kindsOf(hints(apart))).toContain('egress');
    expect(kindsOf(hints(ofOneHost))).not.toContain('egress');
  });
});

/** How many of 400 drawn histories have a hint of another kind than those that their state is to have. */
function wrongly(states: readonly State[], rightly: readonly string[]): number {
  const random = createRandom(20261124);
  let wrong = 0;
  for (let drawn = 0; drawn < 400; drawn += 1) {
    const state = states[drawn % states.length]!;
    const runs = Array.from({ length: 24 }, (_, index) => {
      const fails = state.begin(random);
      const egress = [`203.0.113.${Math.floor(random() * 5)}`];
      const attempts = Array.from({ length: ATTEMPTS }, (): AttemptOver => {
        const seen = { resolved: [`10.0.0.${Math.floor(random() * 3)}`], egress };
        return fails() ? { ...no, ...seen } : seen;
      });
      return run(index, attempts);
    });
    if (standOut(hints(runs)).some(({ kind }) => !rightly.includes(kind))) wrong += 1;
  }
  return wrong;
}

// Any hint of a history, at 1 %: 400 histories give 4 on average, and 12 or more with a chance of 0.1 %.
test.each<[string, readonly State[], readonly string[]]>([
  ['follow no pattern', [0.02, 0.05, 0.1, 0.3].map(independent), []],
  ['fill some runs', [badRuns(0.2), badRuns(0.2, 0.5)], ['run']],
  ['come in bursts', [bursts(0.1, 5), bursts(0.2, 3)], ['run', 'bursts']],
])('a history whose failures %s is seldom said to have another pattern', (_, states, rightly) => {
  expect(wrongly(states, rightly)).toBeLessThan(12);
});
