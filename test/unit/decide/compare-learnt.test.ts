import { describe, expect, test } from 'vitest';
import { type AttemptOver, clean, target } from '../../kit/evidence.ts';
import { differenceOf, down, kindsOf, relationOf, repeated, runsIn } from './comparing.ts';

/** Runs in which every attempt learns this. */
const learning = (over: AttemptOver) => runsIn(repeated(3, repeated(15, over)));

const plain = learning({});

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

describe('what else was observed', () => {
  const seeing = (...values: readonly unknown[]) =>
    runsIn(values.map((value) => repeated(15, { observation: { version: '1', value } })));

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
