import { describe, expect, test } from 'vitest';
import { type AttemptOver, clean, failed, target } from '../../kit/evidence.ts';
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

describe('the certificate that is shown', () => {
  const certificate = (issuer: string, notAfter = '2027-01-01T00:00:00.000Z') => ({
    subject: `CN=api, by ${issuer}`,
    issuer,
    notAfter,
    fingerprint256: `AA:${issuer}:${notAfter}`,
  });
  const showing = (key: string, value: unknown) => learning({ observation: { version: '1', [key]: value } });

  test('by another issuer: one difference, though name and fingerprint are others too', () => {
    const found = relationOf(
      showing('serverCertificate', certificate('CN=Partner CA')),
      showing('serverCertificate', certificate('CN=Inspecting Proxy')),
    );
    expect(found.differences).toEqual([
      {
        kind: 'certificate-issuer',
        baseline: 'CN=Partner CA',
        other: 'CN=Inspecting Proxy',
        says:
          'serverCertificate.issuer is CN=Partner CA in dedicated and CN=Inspecting Proxy in serverless: ' +
          'TLS is inspected on one of the ways, or another server answers',
      },
    ]);
  });

  test('to the server, by another issuer', () => {
    const found = relationOf(
      showing('clientCertificate', certificate('CN=A')),
      showing('clientCertificate', certificate('CN=B')),
    );
    expect(differenceOf(found, 'certificate-issuer').says).toContain('another client certificate is shown');
  });

  test('in one context alone', () => {
    const found = relationOf(showing('clientCertificate', certificate('CN=A')), showing('clientCertificate', null));
    expect(found.differences).toMatchObject([{ kind: 'observation', baseline: 'given', other: 'none' }]);
  });

  test('with another end, by the same issuer', () => {
    const found = relationOf(
      showing('serverCertificate', certificate('CN=A')),
      showing('serverCertificate', { ...certificate('CN=A'), notAfter: '2028-01-01T00:00:00.000Z' }),
    );
    expect(found.differences).toMatchObject([
      { kind: 'observation', says: expect.stringContaining('serverCertificate.notAfter') },
    ]);
  });
});

describe('what trusts it', () => {
  test('verified in one context and not in the other', () => {
    const verified = (certificateVerified: boolean) => learning({ observation: { version: '1', certificateVerified } });
    expect(relationOf(verified(true), verified(false)).differences).toEqual([
      {
        kind: 'trust',
        baseline: 'true',
        other: 'false',
        says: 'certificateVerified is true in dedicated and false in serverless',
      },
    ]);
  });

  test('a handshake that fails in one context alone, by what it trusts', () => {
    const stages = (ok: boolean) => [{ stage: 'tls' as const, server: null, elapsedMs: 5, ok }];
    const failure = { stage: 'tls', server: null, cause: 'issuer-not-trusted', code: null, number: null, detail: '' };
    const untrusted = runsIn(
      repeated(3, down('issuer-not-trusted', { stages: stages(false), failure: { ...failure, stage: 'tls' } })),
    );
    const found = relationOf(learning({ stages: stages(true) }), untrusted);
    expect(differenceOf(found, 'trust').says).toBe(
      'TLS fails in serverless (issuer-not-trusted at tls (15 times)) and not by this cause in dedicated, where handshakes ' +
        'succeed: another trust store, another clock, or another certificate is shown',
    );
    expect(kindsOf(relationOf(plain, untrusted))).not.toContain('trust');
    expect(kindsOf(relationOf(untrusted, untrusted))).toEqual(['target']);
    const elsewhere = runsIn(repeated(3, down('tls-timeout', { stages: stages(false) })));
    expect(kindsOf(relationOf(elsewhere, untrusted))).not.toContain('trust');
    const sometimes = runsIn(
      repeated(3, [
        ...repeated(10, { stages: stages(true) }),
        ...down('issuer-not-trusted', { stages: stages(false), failure: { ...failure, stage: 'tls' } }),
      ]),
    );
    expect(kindsOf(relationOf(sometimes, untrusted))).not.toContain('trust');
  });

  test('what the probe says of trust, and of other things, in one context alone', () => {
    const noting = (...differences: string[]) =>
      runsIn(repeated(3, clean(15)), { targets: [target({ differences: ['same in both', ...differences] })] });
    const found = relationOf(
      noting(),
      noting('Trusts the authorities that come with Node.', 'interceptor.classes are not run.'),
    );
    expect(found.differences).toEqual([
      {
        kind: 'trust',
        baseline: null,
        other: 'Trusts the authorities that come with Node.',
        says: 'only in serverless: Trusts the authorities that come with Node.',
      },
      {
        kind: 'observation',
        baseline: null,
        other: 'interceptor.classes are not run.',
        says: 'only in serverless: interceptor.classes are not run.',
      },
    ]);
  });
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

describe('whose identity it is', () => {
  const as = (identity: string | null) => runsIn(repeated(3, clean(15)), { targets: [target({ identity })] });
  const claiming = (observation: object) => learning({ observation: { version: '1', ...observation } });

  test('another account, and none', () => {
    expect(differenceOf(relationOf(as('a@db'), as('b@db')), 'identity')).toMatchObject({
      baseline: 'a@db',
      other: 'b@db',
    });
    expect(differenceOf(relationOf(as('a@db'), as(null)), 'identity').says).toBe(
      'its identity is a@db in dedicated and none in serverless: absent in serverless',
    );
  });

  test('another claim of a token, whatever else was observed', () => {
    const found = relationOf(
      claiming({ iss: 'https://a', azp: 'job', aud: ['x'], form: 'jwt' }),
      claiming({ iss: 'https://b', azp: null, aud: ['x'], form: 'opaque' }),
    );
    expect(found.differences.map(({ kind, says }) => [kind, says])).toEqual([
      ['identity', 'iss is https://a in dedicated and https://b in serverless'],
      ['identity', 'azp is job in dedicated and none in serverless: absent in serverless'],
      ['observation', 'form is jwt in dedicated and opaque in serverless'],
    ]);
  });

  test('a token from another source', () => {
    const from = (endpoint: string) =>
      runsIn(repeated(3, clean(15)), { targets: [target({ endpoint, servers: [], digest: endpoint })] });
    expect(relationOf(from('file /a'), from('environment variable B')).differences).toEqual([
      {
        kind: 'identity',
        baseline: 'file /a',
        other: 'environment variable B',
        says: 'comes from file /a in dedicated and from environment variable B in serverless',
      },
    ]);
  });

  test('no token in one context', () => {
    const found = relationOf(plain, runsIn(repeated(3, down('token-missing'))));
    expect(differenceOf(found, 'identity').says).toBe(
      'no token is found in serverless (token-missing at connect (15 times)), and one in dedicated',
    );
    const sometimes = runsIn(repeated(3, [...clean(10), ...down('token-missing')]));
    expect(kindsOf(relationOf(sometimes, runsIn(repeated(3, down('token-missing')))))).not.toContain('identity');
  });
});

describe('what it connects to', () => {
  const to = (over: object) => runsIn(repeated(3, clean(15)), { targets: [target(over)] });

  test('another endpoint or server is said, once', () => {
    const found = relationOf(to({}), to({ endpoint: 'b:1433', servers: ['b:1433'], digest: 'sha256:2' }));
    expect(found.differences).toEqual([
      {
        kind: 'observation',
        baseline: 'claims.internal:1433',
        other: 'b:1433',
        says: 'connects to claims.internal:1433 in dedicated and to b:1433 in serverless: these are runs of two servers',
      },
    ]);
    expect(kindsOf(relationOf(to({}), to({ servers: ['b:1433'] })))).toEqual(['observation']);
  });

  test('another digest, where nothing that is kept says why', () => {
    expect(relationOf(to({}), to({ digest: 'sha256:2' })).differences).toMatchObject([
      { kind: 'observation', says: expect.stringContaining('a setting, or a file such as a trust store') },
    ]);
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

describe('what else was observed', () => {
  const seeing = (...values: readonly unknown[]) =>
    each(values.map((value) => ({ observation: { version: '1', value } })));

  test('by key, where no value is in common', () => {
    expect(relationOf(seeing('a', 'a'), seeing('b', 'b')).differences).toEqual([
      { kind: 'observation', baseline: 'a', other: 'b', says: 'value is a in dedicated and b in serverless' },
    ]);
    expect(kindsOf(relationOf(seeing('a', 'a', 'b'), seeing('b', 'b', 'b')))).toEqual([]);
  });

  test('lists, and what is empty', () => {
    const found = relationOf(seeing(['x:1', 'y:1'], ['x:1', 'y:1']), seeing([], []));
    expect(found.differences).toMatchObject([{ baseline: '["x:1","y:1"]', other: 'none' }]);
  });

  test('not what differs from run to run as well', () => {
    expect(kindsOf(relationOf(seeing('a', 'b', 'c'), seeing('d', 'e', 'f')))).toEqual([]);
    expect(kindsOf(relationOf(seeing('a', 'b', 'c'), seeing('d', 'd', 'd')))).toEqual([]);
    expect(kindsOf(relationOf(seeing('d', 'd', 'd'), seeing('a', 'b', 'c')))).toEqual([]);
    expect(kindsOf(relationOf(seeing('sha256:1'), seeing('sha256:2')))).toEqual([]);
  });

  test('not a key that one of them does not have', () => {
    expect(kindsOf(relationOf(seeing('a', 'a'), plain))).toEqual([]);
  });
});
