// biome-ignore-all lint/suspicious/noTemplateCurlyInString: references are written in this way
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { readConfigFile } from '../../../src/config/read.ts';
import { normalRange } from '../../../src/config/requirement.ts';
import { DEFAULT_POLICY } from '../../../src/model/policy.ts';
import { PreflightError } from '../../../src/model/preflight-error.ts';
import { bindings, load, refusal } from './registry.ts';

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'load-'));
  mkdirSync(join(folder, 'sub'));
  writeFileSync(join(folder, 'sub', 'probe.yaml'), 'version: 1\n');
  writeFileSync(join(folder, 'ca.pem'), '-----BEGIN CERTIFICATE-----\n');
});
afterAll(() => rmSync(folder, { recursive: true }));

const minimal = 'version: 1\ntargets: { db: { type: database } }\n';

test('a minimal configuration has the defaults of every section', () => {
  expect(load(minimal)).toMatchObject({
    path: 'probe.yaml',
    sampling: { profile: 'quick', pace: null, attempts: null, wallMs: null, deadlinesMs: {}, holds: null },
    workloads: [],
    contexts: [],
    policy: DEFAULT_POLICY,
    secrets: [],
    warnings: [],
  });
  expect(load(minimal).targets[0]).toMatchObject({
    name: 'db',
    type: 'database',
    control: false,
    requirement: { firewallAllows: null, path: 'public', p95Ms: {}, survivesIdleMs: null },
    expect: {},
    sampling: null,
    bound: { endpoint: 'localhost:1433' },
  });
});

test('every name of a whole configuration is read', () => {
  const config = load(`
version: 1
sampling: { profile: gate, pace: 20/s, attempts: 40, logins: 200, open: 2, held: 3, wall: 5m, deadlines: { connect: 5s },
            holds: { rungs: [360s, 250s], keepalive: 30s, sockets: 2 } }
targets:
  db:
    type: database
    control: true
    path: private
    firewallAllows: [ 203.0.113.7/24, "2001:DB8::1" ]
    sampling: { attempts: 7, holds: {} }
    expect: { p95: { authenticate: 2s }, survivesIdle: 10m, status: 200, keeps: 10m }
workloads:
  ingest: { uses: [db], connectsFrom: spark-source, duration: 40m, longestIdle: 10m, connectionsPerRun: 34,
            retriesFirstConnection: true, runsPerMonth: 720, tolerableFailedRuns: 5% }
  counted: { uses: [], runsPerMonth: 720, tolerableFailedRuns: 36 }
  member-360: { uses: none, stateless: true, needs: [continuous, rdd, continuous] }
contexts:
  dedicated: { ephemeral: false, kind: databricks-classic, provides: [jar], costPerHour: 2.10, startup: 5m, idleKept: 10m, minimumBilling: 1m }
  serverless: {}
policy:
  { tolerableFailedRuns: 10%, maxAge: 20d, minSpan: 0s, maxRuns: 60, independence: { minGap: 0s, distinctHosts: false },
    warn: blocks, currency: EUR, prefer: cost,
    since: [{ target: db, at: 2026-11-20, reason: a, ticket: b, approvedBy: c }],
    waivers: [{ target: db, rule: egress/observed-within-allowed, context: serverless, until: 2026-12-31, approvedBy: a, ticket: b, reason: c }] }
`);
  expect(config.sampling).toEqual({
    profile: 'gate',
    pace: 20,
    attempts: 40,
    logins: 200,
    open: 2,
    held: 3,
    wallMs: 300_000,
    deadlinesMs: { connect: 5_000 },
    holds: { rungsMs: [250_000, 360_000], keepalive: { intervalMs: 30_000 }, sockets: 2 },
  });
  expect(config.targets[0]).toMatchObject({
    control: true,
    requirement: {
      firewallAllows: ['203.0.113.0/24', '2001:db8::1/128'],
      path: 'private',
      p95Ms: { authenticate: 2_000 },
      survivesIdleMs: 600_000,
    },
    expect: { status: 200, keeps: '10m' },
    sampling: { attempts: 7, holds: { rungsMs: [], keepalive: null, sockets: 3 } },
  });
  expect(config.workloads).toEqual([
    {
      name: 'ingest',
      uses: ['db'],
      connectsFrom: 'spark-source',
      stateless: false,
      needs: [],
      durationMs: 2_400_000,
      longestIdleMs: 600_000,
      connectionsPerRun: 34,
      retriesFirstConnection: true,
      runsPerMonth: 720,
      tolerableFailedRuns: 0.05,
    },
    expect.objectContaining({ name: 'counted', uses: null, tolerableFailedRuns: 0.05 }),
    expect.objectContaining({ name: 'member-360', uses: 'none', stateless: true, needs: ['continuous', 'rdd'] }),
  ]);
  expect(config.contexts).toEqual([
    {
      name: 'dedicated',
      ephemeral: false,
      compute: null,
      kind: 'databricks-classic',
      provides: ['jar'],
      costPerHour: 2.1,
      startupMs: 300_000,
      idleKeptMs: 600_000,
      minimumBillingMs: 60_000,
    },
    {
      name: 'serverless',
      ephemeral: true,
      compute: null,
      kind: null,
      provides: [],
      costPerHour: null,
      startupMs: null,
      idleKeptMs: null,
      minimumBillingMs: null,
    },
  ]);
  expect(config.policy).toEqual({
    tolerableFailedRuns: 0.1,
    minSpanMs: 0,
    maxAgeMs: 20 * 86_400_000,
    maxRuns: 60,
    independence: { minGapMs: 0, distinctHosts: false },
    warn: 'blocks',
    currency: 'EUR',
    prefer: 'cost',
    since: [{ target: 'db', context: null, at: '2026-11-20T00:00:00.000Z', reason: 'a', ticket: 'b', approvedBy: 'c' }],
    waivers: [
      expect.objectContaining({
        rule: 'egress/observed-within-allowed',
        until: '2026-12-31T23:59:59.000Z',
        context: 'serverless',
      }),
    ],
  });
});

test('what looks wrong and may be meant is a warning', () => {
  const text = `${minimal}workloads:
  ingest: { uses: [db], duration: 5m, longestIdle: 10m }
policy:
  waivers: [{ target: db, rule: run/rate, until: 2026-11-01, approvedBy: a, ticket: b, reason: c }]
`;
  expect(load(text).warnings).toEqual([
    'probe.yaml:4: workloads.ingest.longestIdle: longer than the duration of the workload',
    'probe.yaml:6: policy.waivers[0].until: this waiver has ended, and waives nothing any more',
  ]);
});

test('a waiver of a rule that nothing is judged by is refused where the rules are known', () => {
  const text = `${minimal}policy:
  waivers: [{ target: db, rule: egress/observd, until: 2026-12-01, approvedBy: a, ticket: b, reason: c }]
`;
  expect(load(text).policy.waivers).toHaveLength(1);
  expect(refusal(text, { generalRules: ['egress/observed', 'run/rate'] })).toBe(
    'ERR_CONFIG\nprobe.yaml:4: policy.waivers[0].rule: target "db" is judged by no such rule\n  did you mean "egress/observed"?',
  );
});

test('paths and files start at the folder of the configuration', () => {
  load('version: 1\ntargets: { db: { type: database, ca: ca.pem, source: { type: file, path: sub/token } } }\n', {
    folder,
  });
  expect(bindings.at(-1)?.ca?.origin).toBe('ca.pem');
  expect(bindings.at(-1)?.ca?.text).toContain('BEGIN CERTIFICATE');
  expect(bindings.at(-1)?.source).toEqual({ type: 'file', path: join(folder, 'sub/token') });
});

test.each([
  [
    'a file that is not there',
    'none.pem',
    'the file none.pem cannot be read: there is none; paths start at the folder of the configuration',
  ],
  ['text without PEM', '{ pem: hello }', 'expected PEM text, with a line -----BEGIN …-----'],
  ['PEM without line breaks', '{ pem: "-----BEGIN X-----\\\\nAAAA" }', 'expected PEM text with its line breaks'],
  ['what is not base64', '{ base64: "A$" }', 'expected base64'],
  ['two contents', '{ base64: AAAA, pem: x }', 'expected a path, { pem: … } or { base64: … }'],
  ['a number', '7', 'expected a path, { pem: … } or { base64: … }'],
])('%s is no content of a file-valued setting', (_, value, expectation) => {
  expect(refusal(`version: 1\ntargets:\n  db:\n    type: database\n    ca: ${value}\n`)).toBe(
    `ERR_CONFIG\nprobe.yaml:5: targets.db.ca: ${expectation}`,
  );
});

test('a file may be written as base64', () => {
  load('version: 1\ntargets: { db: { type: database, ca: { base64: "/+8=" } } }\n');
  expect(bindings.at(-1)?.ca?.bytes).toEqual(Buffer.from([0xff, 0xef]));
});

test.each([
  ['203.0.113.7', '203.0.113.7/32'],
  ['203.0.113.7/24', '203.0.113.0/24'],
  ['2001:DB8:0:0::1', '2001:db8::1/128'],
  ['2001:db8::ffff/32', '2001:db8::/32'],
  ['::ffff:203.0.113.7', '203.0.113.7/32'],
  ['::ffff:203.0.113.7/120', '203.0.113.0/24'],
  ['0.0.0.0/0', '0.0.0.0/0'],
  ['10.1', null],
  ['0x7f.1.1.1', null],
  ['fe80::1%eth0', null],
  ['203.0.113.0/-1', null],
  ['203.0.113.0/', null],
  ['203.0.113.0/24/1', null],
  ['host.example', null],
])('the range %s is read as %s', (text, normal) => {
  expect(normalRange(text)).toBe(normal);
});

test('the configuration is the file of --config, else of PROBE_CONFIG, else probe.yaml', () => {
  const read = (flag: string | null, env: Record<string, string>, cwd = folder) => readConfigFile({ flag, env, cwd });
  const expected = { path: 'sub/probe.yaml', folder: join(folder, 'sub'), text: 'version: 1\n' };
  expect(read('sub/probe.yaml', { PROBE_CONFIG: 'other.yaml' })).toEqual(expected);
  expect(read(null, { PROBE_CONFIG: 'sub/probe.yaml' })).toEqual(expected);
  expect(read(null, { PROBE_CONFIG: '' }, join(folder, 'sub'))).toEqual({ ...expected, path: 'probe.yaml' });
});

test.each([
  ['named by --config', 'none.yaml', {}, 'no configuration at none.yaml (named by --config): there is no such file'],
  [
    'named by PROBE_CONFIG',
    null,
    { PROBE_CONFIG: 'x' },
    'no configuration at x (named by PROBE_CONFIG): there is no such file',
  ],
  ['the default', null, {}, 'no configuration at probe.yaml (the default): there is no such file'],
  ['a folder', 'sub', {}, 'no configuration at sub (named by --config): it is a folder'],
])('a configuration that is %s and not there is refused with what to do', (_, flag, env, message) => {
  const refused = () => readConfigFile({ flag, env, cwd: folder });
  expect(refused).toThrow(
    expect.objectContaining({
      name: 'PreflightError',
      code: 'ERR_CONFIG_MISSING',
      message,
      hint: expect.stringContaining('probe init'),
    }),
  );
  expect(refused).toThrow(PreflightError);
});
