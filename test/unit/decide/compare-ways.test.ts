import { describe, expect, test } from 'vitest';
import { type AttemptOver, clean, failed } from '../../kit/evidence.ts';
import { differenceOf, down, kindsOf, relationOf, repeated, runsIn } from './comparing.ts';

/** Runs in which every attempt learns this. */
const learning = (over: AttemptOver, count = 3) => runsIn(repeated(count, repeated(15, over)));
/** Runs that learn something else each time. */
const each = (overs: readonly AttemptOver[]) => runsIn(overs.map((over) => repeated(15, over)));

const plain = learning({});

const silentAfter = (plannedMs: number, outcome: 'alive' | 'idle-silent' | 'connection-reset'): AttemptOver => {
  const hold = { kind: 'idle', plannedMs, keepalive: 'as-client' } as const;
  const stages = [{ stage: 'hold', server: null, elapsedMs: plannedMs, ok: true }] as const;
  if (outcome === 'alive') return { hold, stages: [...stages] };
  const failure = { stage: 'reuse', server: null, cause: outcome, code: null, number: null, detail: '' } as const;
  return failed(outcome, { hold, stages: [...stages], failure });
};
const holding = (...holds: readonly AttemptOver[]) => runsIn(repeated(3, [...clean(15), ...holds]));

test('where nothing differs there is no difference', () => {
  expect(relationOf(plain, plain).differences).toEqual([]);
});

test('what differs is listed where the shares are not told apart, and the relation is then different', () => {
  const { relation, why } = relationOf(
    learning({}, 40),
    learning({ resolved: ['10.0.0.2'], egress: ['203.0.113.1'] }, 40),
  );
  expect(relation).toBe('different');
  expect(why).toMatch(/^Not told apart as better or worse, and they differ in resolved-address\. 0 of 40/);
});

describe('the addresses that a name leads to', () => {
  test.each(['10.4.0.7', '172.16.0.1', '192.168.1.1', '127.0.0.1', '169.254.1.1', '100.64.0.1', 'fd00::7', '::1'])(
    'a private one (%s) in one context and a public one in the other: a private endpoint is missing',
    (address) => {
      const there = learning({ resolved: [address] });
      const found = relationOf(there, learning({ resolved: ['20.1.2.3'] }));
      expect(differenceOf(found, 'resolved-address')).toMatchObject({ baseline: address, other: '20.1.2.3' });
      expect(differenceOf(found, 'resolved-address').says).toContain('a private endpoint is missing in serverless');
      const turned = relationOf(learning({ resolved: ['20.1.2.3'] }), there);
      expect(differenceOf(turned, 'resolved-address').says).toContain('a private endpoint is missing in dedicated');
    },
  );

  test('private ones in both that have none in common', () => {
    const found = relationOf(learning({ resolved: ['10.0.0.1'] }), learning({ resolved: ['10.9.0.1', '10.9.0.2'] }));
    expect(differenceOf(found, 'resolved-address').says).toBe(
      'resolves to 10.0.0.1 in dedicated and to 10.9.0.1, 10.9.0.2 in serverless: none in common',
    );
  });

  test('some in common say nothing', () => {
    const found = relationOf(learning({ resolved: ['20.0.0.1', '20.0.0.2'] }), learning({ resolved: ['20.0.0.2'] }));
    expect(kindsOf(found)).toEqual([]);
  });

  test('a name that resolves in one context alone', () => {
    const lost = runsIn(repeated(3, down('name-not-found', { resolved: [], stages: [] })));
    const found = relationOf(plain, lost);
    expect(found.relation).toBe('worse');
    expect(differenceOf(found, 'resolved-address').says).toBe(
      'its name resolves in dedicated (10.0.0.1), and in serverless it never did: name-not-found at connect (15 times)',
    );
  });
});

test('a name that failed to resolve for a while is none that never did', () => {
  const other = runsIn(
    repeated(3, [...clean(10), ...repeated(5, failed('name-not-found', { resolved: [], stages: [] }))]),
  );
  expect(kindsOf(relationOf(plain, other))).not.toContain('resolved-address');
});

describe('where the target sees us come from', () => {
  const from = (...egress: string[]) => each(egress.map((address) => ({ egress: [address] })));

  test('no address in common', () => {
    const found = relationOf(from('203.0.113.1', '203.0.113.1'), from('198.51.100.1', '198.51.100.2'));
    expect(differenceOf(found, 'egress').says).toBe(
      'leaves from 1 address in 2 independent runs of dedicated (203.0.113.1), and from 2 addresses in 2 independent runs of ' +
        'serverless (198.51.100.1, 198.51.100.2): none in common',
    );
  });

  test('one address against several', () => {
    const several = from('203.0.113.1', '203.0.113.2', '203.0.113.3');
    const found = relationOf(from('203.0.113.1', '203.0.113.1'), several);
    expect(differenceOf(found, 'egress').says).toMatch(/^left from one address so far in dedicated/);
    expect(differenceOf(relationOf(several, from('203.0.113.1', '203.0.113.1')), 'egress').other).toBe('203.0.113.1');
  });

  test('one address in one run against several is not told apart from chance', () => {
    const several = from('203.0.113.1', '203.0.113.2', '203.0.113.3');
    expect(kindsOf(relationOf(from('203.0.113.1'), several))).toEqual([]);
  });

  test('nor is one more', () => {
    const [one, two] = [from('203.0.113.1', '203.0.113.1'), from('203.0.113.1', '203.0.113.2')];
    expect(kindsOf(relationOf(one, two))).toEqual([]);
  });

  test('nor is where one context never learnt it', () => {
    expect(kindsOf(relationOf(plain, from('203.0.113.1', '203.0.113.1')))).toEqual([]);
  });
});

describe('how long an idle connection lasts', () => {
  const short = holding(silentAfter(60_000, 'alive'), silentAfter(250_000, 'idle-silent'));
  const long = holding(silentAfter(250_000, 'alive'), silentAfter(360_000, 'idle-silent'));

  test('within limits that do not overlap', () => {
    expect(differenceOf(relationOf(short, long), 'idle-limit')).toEqual({
      kind: 'idle-limit',
      baseline: 'between 60 s and 250 s, silently',
      other: 'between 250 s and 360 s, silently',
      says:
        'an idle connection is lost between 60 s and 250 s, silently in dedicated, and between 250 s and 360 s, silently in ' +
        'serverless',
    });
  });

  test('whichever of them comes first', () => {
    expect(differenceOf(relationOf(long, short), 'idle-limit').other).toBe('between 60 s and 250 s, silently');
  });

  test('within limits that overlap is no difference, but how it ends is', () => {
    const wide = holding(silentAfter(360_000, 'idle-silent'));
    expect(kindsOf(relationOf(wide, long))).not.toContain('idle-limit');
    expect(kindsOf(relationOf(holding(silentAfter(360_000, 'connection-reset')), long))).toContain('idle-limit');
  });

  test('lost in one context, and held for as long in the other', () => {
    const found = relationOf(holding(silentAfter(1_860_000, 'alive')), short);
    expect(differenceOf(found, 'idle-limit')).toMatchObject({
      baseline: 'every one lasted, for 1860 s at the longest',
      other: 'between 60 s and 250 s, silently',
    });
  });

  test('lost in one context, and not held for as long in the other, is not known', () => {
    expect(kindsOf(relationOf(holding(silentAfter(60_000, 'alive')), short))).not.toContain('idle-limit');
    expect(kindsOf(relationOf(plain, short))).not.toContain('idle-limit');
  });
});

describe('how long a token lives', () => {
  const living = (measures: Record<string, number>) => learning({ measures });

  test('as issued, and else what is left', () => {
    const issued = relationOf(living({ lifetimeSeconds: 3_600 }), living({ lifetimeSeconds: 900 }));
    expect(differenceOf(issued, 'token-life').says).toBe(
      'a token is issued for 3600 s in dedicated and 900 s in serverless (median of 45 and of 45)',
    );
    const left = relationOf(living({ expiresInSeconds: 3_500 }), living({ expiresInSeconds: 700 }));
    expect(differenceOf(left, 'token-life')).toMatchObject({ baseline: '3500 s', other: '700 s' });
  });

  test('is no difference within half as much again, or a minute', () => {
    expect(kindsOf(relationOf(living({ expiresInSeconds: 3_500 }), living({ expiresInSeconds: 2_400 })))).toEqual([]);
    expect(kindsOf(relationOf(living({ expiresInSeconds: 90 }), living({ expiresInSeconds: 31 })))).toEqual([]);
  });
});

describe('how long a stage takes', () => {
  const taking = (elapsedMs: number, count = 15, ok = true) =>
    runsIn(repeated(3, repeated(count, { stages: [{ stage: 'tls', server: null, elapsedMs, ok }] })));

  test('twice as long and 100 ms more', () => {
    expect(differenceOf(relationOf(taking(100), taking(200)), 'latency')).toMatchObject({
      baseline: '100 ms over 45 times of 3 runs',
      other: '200 ms over 45 times of 3 runs',
      says: expect.stringMatching(/^tls is slower in serverless/),
    });
    expect(differenceOf(relationOf(taking(200), taking(100)), 'latency').says).toMatch(/^tls is slower in dedicated/);
  });

  test.each([
    ['not twice as long', 1_000, 1_999],
    ['not 100 ms more', 10, 109],
  ])('%s', (_, one, two) => {
    expect(kindsOf(relationOf(taking(one), taking(two)))).toEqual([]);
  });

  test('a percentile of a few is none', () => {
    expect(kindsOf(relationOf(taking(100, 6), taking(900, 15)))).toEqual([]);
  });

  test('nor is one of what failed', () => {
    expect(kindsOf(relationOf(taking(100), taking(900, 15, false)))).toEqual([]);
  });
});
