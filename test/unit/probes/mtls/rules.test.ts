import { expect, test } from 'vitest';
import { type Expect, mtls, type Observation } from '../../../../probes/mtls/probe.ts';
import { judgeBy } from '../../../kit/rules.ts';

const SERVER = 'tls/server-certificate-days';
const CLIENT = 'tls/client-certificate-days';

/** Midnight of a day of November 2026, when all of this is judged on the tenth. */
const day = (n: number) => new Date(Date.UTC(2026, 10, n)).toISOString();

type Facts = { readonly status?: number; readonly server?: string; readonly client?: string | null };

function observed({ status = 200, server = day(365), client = day(365) }: Facts): Observation {
  const facts = (subject: string, notAfter: string) => ({ subject, issuer: 'CN=CA', notAfter, fingerprint256: 'AA' });
  return {
    status,
    tlsProtocol: 'TLSv1.3',
    serverCertificate: facts('CN=api', server),
    clientCertificate: client === null ? null : facts('CN=probe', client),
  };
}

const judge = (rule: string, runs: readonly (readonly Facts[])[], expected: Partial<Expect> = {}) =>
  judgeBy(mtls, rule, { runs: runs.map((run) => run.map(observed)), expect: expected, judgedAt: day(10) });

test.each<[string, number[], Partial<Expect>, string, string]>([
  ['the one that is expected by default', [200, 200], {}, 'pass', '200 in 2 of 2 answers'],
  ['one of those expected', [401, 204], { status: [204, 401] }, 'pass', '204 in 1, 401 in 1 of 2 answers'],
  ['another one in all answers', [404], {}, 'fail', '404 in 1 of 1 answers'],
  ['another one in some answers', [200, 302, 200], {}, 'fail', '200 in 2, 302 in 1 of 3 answers'],
])('a status is judged: %s', (_, statuses, expected, verdict, said) => {
  const judged = judge('http/status', [statuses.map((status) => ({ status }))], expected);

  expect(judged).toMatchObject({ verdict, observed: said, cause: verdict === 'pass' ? null : 'status-unexpected' });
});

test('a wrong status of an earlier run is not forgotten', () => {
  expect(judge('http/status', [[{ status: 404 }], [{ status: 200 }]])).toMatchObject({ verdict: 'fail' });
});

test('a status of a failed attempt cannot be expected', () => {
  expect(() => judge('http/status', [[{}]], { status: 503 })).toThrow(/499|Invalid/);
});

test.each<[string, string, Partial<Expect>, string, string | null]>([
  ['with days enough, where nobody asked', day(24), {}, 'pass', null],
  ['with few days, where nobody asked', day(23), {}, 'warn', 'certificate-ends-soon'],
  ['with as many days as were asked for', day(40), { certificateDays: 30 }, 'pass', null],
  ['with fewer days than were asked for', day(39), { certificateDays: 30 }, 'fail', 'certificate-ends-soon'],
  ['that has ended', day(9), {}, 'fail', 'certificate-expired'],
])('a server certificate %s', (_, server, expected, verdict, cause) => {
  expect(judge(SERVER, [[{ server }]], expected)).toMatchObject({ verdict, cause });
});

test('a client certificate that has ended is its owner’s affair', () => {
  expect(judge(CLIENT, [[{ client: day(9) }]])).toMatchObject({
    verdict: 'fail',
    cause: 'client-certificate-expired',
    observed: 'ended on 2026-11-09 (CN=probe)',
  });
});

test('a certificate that was renewed since is judged no more', () => {
  const renewed = [[{ server: day(11) }], [{ server: day(90) }]];

  expect(judge(SERVER, renewed)).toMatchObject({ verdict: 'pass', observed: expect.stringContaining('2027-01-29') });
  expect(judge(SERVER, [...renewed].reverse())).toMatchObject({ verdict: 'warn' });
});

test('of several certificates in the latest run the first to end is judged', () => {
  expect(judge(SERVER, [[{ server: day(90) }, { server: day(60) }]])?.observed).toBe(
    'ends on 2026-12-30, 50 days from now (CN=api, the first of 2 to end)',
  );
});

test('without a client certificate there is none to judge', () => {
  expect(judge(CLIENT, [[{ client: null }]])).toBeNull();
  expect(judge(CLIENT, [[{ client: null }]], { certificateDays: 30 })).toBeNull();
});

test('days that were asked for and never seen are inconclusive', () => {
  expect(judge(SERVER, [[]], { certificateDays: 30 })).toMatchObject({ verdict: 'inconclusive' });
  expect(judge(SERVER, [[]])).toBeNull();
});
