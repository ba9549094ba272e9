import { describe, expect, test } from 'vitest';
import { type AttemptOver, clean, failed, run, type SyntheticRun, target } from '../../kit/evidence.ts';
import { type Asked, findingOf, reportOf, targetOf } from './judging.ts';

const no = failed('login-timeout');

/** Runs in which the given attempts fail, by run and number from 0. */
const history = (
  fails: (run: number, attempt: number) => boolean,
  { runs = 20, attempts = 15, over = (_: number): AttemptOver => ({}) } = {},
): SyntheticRun[] =>
  Array.from({ length: runs }, (_, index) =>
    run(
      index,
      Array.from({ length: attempts }, (_, n) => ({ ...(fails(index, n) ? no : {}), ...over(index) })),
    ),
  );

const said = (runs: readonly SyntheticRun[], rule: string, asked: Asked = {}) => {
  const finding = findingOf(runs, rule, asked);
  return finding === undefined ? null : `${finding.verdict}: ${finding.observed}`;
};

const warning = (runs: readonly SyntheticRun[], rule: string, cause: string, asked: Asked = {}): string => {
  const finding = findingOf(runs, rule, asked);
  expect(finding).toMatchObject({ verdict: 'warn', cause });
  return finding?.observed ?? '';
};

describe('a hint says what it was made from', () => {
  const dropped = history((index) => index % 5 === 0, {
    runs: 40,
    over: (index) => ({ egress: [index % 5 === 0 ? '198.51.100.9' : `203.0.113.${index % 4}`] }),
  });

  test('by egress address', () => {
    expect(warning(dropped, 'hint/by-egress-address', 'failures-at-one-egress-address')).toBe(
      '8 of 8 independent runs that left from 198.51.100.9 met a failure, and 0 of 32 of those that left from any other. ' +
        'Fisher’s exact test over 40 runs: p below 0.0001 after Holm over 2 hints.',
    );
    expect(findingOf(dropped, 'hint/by-egress-address')).toMatchObject({
      required: 'failures do not gather in runs that leave from one address',
      cause: 'failures-at-one-egress-address',
      owner: 'network',
    });
  });

  test('by address that the name resolves to', () => {
    const runs = history((index, n) => index % 2 === 0 && n % 3 === 1, {
      over: (index) => ({ resolved: [index % 2 === 0 ? '10.0.0.1' : '10.0.0.2'] }),
    });
    expect(warning(runs, 'hint/by-address', 'failures-at-one-address')).toMatch(
      /^10 of 10 independent runs that had 10\.0\.0\.1 met a failure at it, and 0 of 10 at any other\. Fisher’s exact test over 20 runs: p below 0\.0001 after Holm over \d hints\.$/,
    );
  });

  test('by run', () => {
    expect(warning(dropped, 'hint/by-run', 'failures-in-some-runs')).toBe(
      '15 of 15 attempts of the run that began 1 Nov 08:00 UTC failed, and 105 of 585 of all others; 8 of 40 runs met a failure. ' +
        'Fisher’s exact test over 600 attempts: p below 0.0001 after Holm over 2 hints.',
    );
  });

  test('by first attempt', () => {
    expect(
      warning(
        history((index, n) => n === 0 && index < 5),
        'hint/first-attempt',
        'failures-at-first-attempt',
      ),
    ).toMatch(
      /^The first attempt failed in 5 of 20 runs, and 0 of 280 attempts after it\. Exact test within each run over 20 runs: p below 0\.0001 after Holm over \d hints\.$/,
    );
  });

  test('by half of the run', () => {
    expect(
      warning(
        history((index, n) => n === 10 + (index % 3)),
        'hint/early-or-late',
        'failures-by-time-in-run',
      ),
    ).toMatch(
      /^Of 20 independent runs with failures after the first attempt, these lie early in 0 and late in 20\. Sign test over 20 runs: p below 0\.0001 after Holm over \d hints\.$/,
    );
  });

  test('by spacing', () => {
    expect(
      warning(
        history((index, n) => n > 0 && (index + n) % 3 === 0),
        'hint/periodic',
        'failures-periodic',
      ),
    ).toMatch(
      /^Of \d+ failures that followed another one of the same run, \d+ came 3 attempts after it, give or take a tenth\. Binomial test over \d+ failures: p below 0\.0001 after Holm over \d hints\.$/,
    );
  });

  test('by bursts', () => {
    expect(
      warning(
        history((index, n) => index < 10 && n >= 5 && n < 9),
        'hint/bursts',
        'failures-in-bursts',
      ),
    ).toMatch(
      /^Where a run had both, 40 of 140 attempts after its first failed, in 30 stretches of one outcome, and at most 4 one after another\. Runs test of Wald and Wolfowitz over 140 attempts: p below 0\.0001 after Holm over \d hints\.$/,
    );
  });

  test('by server of one run that is judged alone', () => {
    const at = (server: string): AttemptOver => ({ stages: [{ stage: 'connect', server, elapsedMs: 1, ok: true }] });
    const attempts = Array.from({ length: 40 }, (_, n) =>
      n % 4 === 1 ? { ...no, ...at('b1:9092'), failure: { ...no.failure!, server: 'b1:9092' } } : at(`b${n % 2}:9092`),
    );
    expect(warning([run(0, attempts)], 'hint/by-server', 'failures-at-one-server', { scope: 'run' })).toMatch(
      /^10 of 20 attempts that had to do with b1:9092 failed at it, and 0 of 20 at any other\. Fisher’s exact test over 40 attempts: p = 0\.00\d+ after Holm over \d hints\.$/,
    );
  });

  test('and where that is too little, says so and no more', () => {
    const runs = history((index, n) => n === 3 && index % 2 === 0, {
      runs: 28,
      over: (index) => ({ egress: [`203.0.113.${index % 4 === 0 ? 1 : 2}`] }),
    });
    expect(said(runs, 'hint/by-egress-address')).toMatch(
      /^pass: 7 of 7 independent runs .* p = 0\.\d+ after Holm over \d hints\. That is too little to tell\.$/,
    );
    expect(findingOf(runs, 'hint/by-egress-address')?.cause).toBeNull();
  });
});

test('few failures give no hint', () => {
  expect(
    targetOf(history((index) => index === 0, { attempts: 4 })).findings.map(({ rule }) => rule),
  ).not.toContainEqual(expect.stringMatching(/^hint\//));
});

test('a hint neither betters nor worsens a verdict, also where warnings block', () => {
  // 5 failures at first attempts, each in one of 130 runs: far below the tolerated 10 %
  const runs = history((index, n) => n === 0 && index < 100 && index % 20 === 3, { runs: 200 });
  const policy = { maxRuns: 300, warn: 'blocks' } as const;
  expect(reportOf(runs, { policy })).toMatchObject({ verdict: 'pass', exitCode: 0 });
  expect(findingOf(runs, 'hint/first-attempt', { policy })).toMatchObject({
    verdict: 'pass',
    cause: 'failures-at-first-attempt',
  });
  expect(reportOf(history((index) => index < 4))).toMatchObject({ verdict: 'fail', exitCode: 1 });
});

describe('the address of the next run', () => {
  const rule = 'egress/next-address';
  const seen = (text: string) =>
    [...text].map((letter, index) =>
      run(
        index,
        clean(10).map(() => ({ egress: [`203.0.113.${letter.charCodeAt(0)}`] })),
      ),
    );

  test('is told by what later runs have brought', () => {
    expect(said(seen(`${'ab'.repeat(7)}${'a'.repeat(12)}cde`), rule)).toBe(
      'pass: 5 addresses in all of 29 independent runs, 1 Nov 08:00 to 2 Nov 12:00 UTC. The next run brings an address not seen so far: ' +
        'estimated 10 %, at most 44 % of runs (95 % confidence, one-sided, for one look: 3 of the last 15 runs did).',
    );
  });

  test('is another than the only one so far in at most so many runs, and no address is called static', () => {
    expect(said(seen('a'.repeat(33)), rule)).toBe(
      'pass: One address in all of 33 independent runs, 1 Nov 08:00 to 2 Nov 16:00 UTC; with 95 % confidence, checked at every run, ' +
        'another in at most 9.9 % of runs.',
    );
  });

  test('is not told from a sample in which no address came twice', () => {
    expect(said(seen('abcdefgh'), rule)).toBe(
      'pass: 8 addresses in all of 8 independent runs, 1 Nov 08:00 to 1 Nov 15:00 UTC, and none of them twice: ' +
        'the pool is much larger than the sample. Sampling cannot list it; use the ranges that the provider publishes.',
    );
  });

  test('is not told of one run, of runs of one host, nor of one run that is judged alone', () => {
    expect(said(seen('a'), rule)).toBeNull();
    const ofOneHost = seen('abc').map((one) => ({ ...one, context: { ...one.context!, bootId: 'one' } }));
    expect(said(ofOneHost, rule)).toBeNull();
    expect(said(seen('abc'), rule, { scope: 'run' })).toBeNull();
    expect(said([run(0, clean(15)), run(1, clean(15))], rule)).toBeNull();
  });
});

test('what else is in no rate is said: lookups that failed again within 30 s', () => {
  const lookup = failed('name-not-found', { failure: { ...no.failure!, stage: 'resolve', cause: 'name-not-found' } });
  const runs = [run(0, [...clean(20), lookup, lookup, lookup])];
  expect(targetOf(runs)).toMatchObject({
    attempts: { total: 23, succeeded: 20, failed: 3, repeated: 2, longestFailures: 3 },
    failures: [{ cause: 'name-not-found', count: 3 }],
  });
  const again = '2 failed lookups more came within 30 s of one that counts: they count as that one.';
  expect(said(runs, 'stability/failure-rate')).toContain(again);
  expect(said(runs, 'stability/failure-rate', { scope: 'run' })).toContain(`1 of 21 attempts failed. `);
  expect(said(runs, 'stability/failure-rate', { scope: 'run' })).toContain(again);
  const never = [
    run(
      0,
      Array.from({ length: 5 }, () => lookup),
      { targets: [target()] },
    ),
  ];
  expect(findingOf(never, 'stability/never-succeeded')).toMatchObject({
    verdict: 'fail',
    observed: 'no success in 5 attempts of 1 run: name-not-found at resolve (5 times)',
  });
});
