import type { Report, ReportTarget } from '../../../src/model/report.ts';

// Reports written by hand: what a renderer shows must not depend on the judge.

const pass = (rule: string, observed: string): ReportTarget['findings'][number] => ({
  rule,
  verdict: 'pass',
  observed,
  required: 'what it asks',
  cause: null,
  owner: null,
  action: null,
  waiver: null,
});

export const target = (more: Partial<ReportTarget>): ReportTarget => ({
  name: 'drop',
  type: 'tcp',
  endpoint: 'drop.partner.example:990',
  verdict: 'pass',
  findings: [],
  judgedBy: 'config',
  blocks: null,
  setAside: { otherTarget: 0, tooOld: 0, before: 0, unreadable: 0 },
  attempts: { total: 32, succeeded: 32, failed: 0, aborted: 0, broken: 0, tainted: 0, failureRate: null },
  stopped: [{ reason: 'accepted-rate', runs: 1 }],
  parts: [],
  stages: [],
  measures: [],
  failures: [],
  resolved: [],
  egress: [],
  holds: [],
  differences: [],
  observations: [],
  ...more,
});

export const report = (more: Partial<Report>): Report => ({
  schemaVersion: 1,
  tool: { name: 'preflight-probe', version: '0.1.0', digest: `sha256:${'0'.repeat(64)}` },
  judgedAt: '2026-11-26T09:00:00.000Z',
  run: {
    id: '0b8f2c1e-7d7a-4b0e-9d56-0a7f5ad4a3c1',
    startedAt: '2026-11-26T08:54:00.000Z',
    endedAt: '2026-11-26T08:59:00.000Z',
    profile: 'gate',
    interrupted: false,
    configDigest: `sha256:${'1'.repeat(64)}`,
    invoker: {},
  },
  runs: [],
  context: {
    name: 'serverless',
    kind: 'databricks-serverless',
    ephemeral: true,
    vantage: 'driver',
    signs: {},
    host: {},
    findings: [],
  },
  scope: 'period',
  policy: {
    profile: 'gate',
    tolerableFailedRuns: 0.1,
    minSpanSeconds: 86_400,
    maxRuns: 120,
    independence: { minGapSeconds: 900, distinctHosts: true },
    since: [],
    waivers: [],
  },
  targets: [],
  verdict: 'inconclusive',
  exitCode: 3,
  ...more,
});

const run = (id: string, day: string, counted: boolean, why: string | null = null): Report['runs'][number] => ({
  id,
  startedAt: `2026-11-${day}T08:54:00.000Z`,
  endedAt: counted ? `2026-11-${day}T08:59:00.000Z` : null,
  interrupted: !counted,
  profile: 'gate',
  counted,
  why,
});

const claims = target({
  name: 'claims-db',
  type: 'sqlserver',
  endpoint: 'claims.internal:1433',
  verdict: 'fail',
  findings: [
    {
      rule: 'egress/observed-within-allowed',
      verdict: 'fail',
      observed: '198.51.100.7 was seen by the server, which is outside of what its firewall allows.',
      required: 'every address that the target saw lies within 203.0.113.0/24',
      cause: 'egress-not-allowed',
      owner: 'network',
      action: 'Allow the egress addresses of this context at the target, or give it a private endpoint.',
      waiver: null,
    },
    {
      rule: 'stability/failure-rate',
      verdict: 'inconclusive',
      observed:
        'So far up to 441 of 720 runs a month could fail. 50 more (57 in all) clean runs are needed, one run of 7 failed.',
      required: 'with 95 % confidence, fewer than 10 % of job runs with 34 connections meet a failure',
      cause: 'too-few-runs',
      owner: 'operator',
      action: 'Run again.',
      waiver: null,
    },
    {
      rule: 'idle/survives',
      verdict: 'fail',
      observed: 'A connection that idled for 250 s was silent afterwards.',
      required: 'a connection survives 600 s of idling',
      cause: 'idle-dropped',
      owner: 'network',
      action: 'Send keepalive below the idle limit.',
      waiver: { until: '2026-12-31T23:59:59.000Z', approvedBy: 'Ada', ticket: 'NET-7' },
    },
    pass('latency/p95', 'authenticate took 1.2 s'),
  ],
  blocks: {
    counted: 7,
    clean: 6,
    met: 1,
    needed: 57,
    tolerable: 0.1,
    upperBound95: 0.612,
    ofRunsPerMonth: '441 of 720',
  },
  setAside: { otherTarget: 2, tooOld: 0, before: 0, unreadable: 1 },
  attempts: { total: 107, succeeded: 102, failed: 3, aborted: 1, broken: 0, tainted: 1, failureRate: null },
  stopped: [
    { reason: 'accepted-rate', runs: 6 },
    { reason: 'wall-time', runs: 1 },
  ],
  stages: [
    { name: 'connect', count: 105, failed: 0, p50Ms: 1.2, p95Ms: 2, p99Ms: 3.1, maxMs: 4.4 },
    { name: 'authenticate', count: 105, failed: 3, p50Ms: 800, p95Ms: 1_240, p99Ms: 1_300, maxMs: 15_000 },
  ],
  failures: [
    {
      cause: 'connection-reset',
      stage: 'request',
      server: null,
      count: 1,
      runs: 1,
      firstAt: '2026-11-24T08:55:00.000Z',
      lastAt: '2026-11-24T08:55:00.000Z',
      code: 'ECONNRESET',
      number: null,
      detail: '',
    },
    {
      cause: 'login-timeout',
      stage: 'authenticate',
      server: '10.4.0.7:1433',
      count: 2,
      runs: 1,
      firstAt: '2026-11-24T08:55:00.000Z',
      lastAt: '2026-11-24T08:57:00.000Z',
      code: 'ETIMEOUT',
      number: null,
      detail: 'no answer to LOGIN7 within 15000 ms',
    },
  ],
  egress: ['203.0.113.9', '198.51.100.7'].map((address) => ({
    address,
    seenBy: 'sqlserver',
    succeeded: 51,
    failed: 0,
    runs: 6,
    firstAt: '2026-11-24T08:54:00.000Z',
    lastAt: '2026-11-26T08:59:00.000Z',
  })),
  holds: [
    { kind: 'idle', plannedSeconds: 250, keepalive: 'as-client', count: 3, outcome: 'silent', afterMs: 262_000 },
    {
      kind: 'in-use',
      plannedSeconds: 600,
      keepalive: { intervalMs: 30_000 },
      count: 1,
      outcome: 'alive',
      afterMs: 600_000,
    },
  ],
  differences: ['JDBC option sendTimeAsDatetime is ignored'],
});

const events = target({
  name: 'claims-events',
  type: 'kafka',
  endpoint: 'kafka.internal:9093',
  verdict: 'fail',
  findings: [
    {
      rule: 'stability/failure-rate',
      verdict: 'fail',
      observed:
        '2 of 7 independent runs met a failure (9 of 105 attempts: not-leader at request (9 times)); tolerated are 10 % of job runs with 3 connections.',
      required: 'with 95 % confidence, fewer than 10 % of job runs with 3 connections meet a failure',
      cause: 'fails-too-often',
      owner: 'platform',
      action:
        'Mend the causes listed under failures. Then set the runs so far aside, and a new history begins:\n' +
        'policy:\n  since:\n    - { target: "claims-events", context: "serverless", at: "2026-11-26T08:59:00.000Z", reason: "what was mended", ticket: "TICKET", approvedBy: "NAME" }',
      waiver: null,
    },
  ],
  blocks: { counted: 7, clean: 5, met: 2, needed: 82, tolerable: 0.1, upperBound95: 0.8, ofRunsPerMonth: '576 of 720' },
  attempts: { total: 105, succeeded: 96, failed: 9, aborted: 0, broken: 0, tainted: 0, failureRate: null },
  parts: [{ name: 'join', planned: 21, made: 21, failed: 0 }],
});

const api = target({
  name: 'eligibility-api',
  type: 'mtls',
  endpoint: 'https://eligibility.partner.example/v1/ping',
  verdict: 'inconclusive',
  findings: [
    {
      rule: 'stability/failure-rate',
      verdict: 'inconclusive',
      observed:
        'No failure in 7 of 32 runs; so far up to 269 of 720 runs a month could fail. 25 more clean runs are needed.',
      required: 'with 95 % confidence, fewer than 10 % of job runs with 5 connections meet a failure',
      cause: 'too-few-runs',
      owner: 'operator',
      action: 'Run again, on new compute.',
      waiver: null,
    },
  ],
  blocks: {
    counted: 7,
    clean: 7,
    met: 0,
    needed: 32,
    tolerable: 0.1,
    upperBound95: 0.373,
    ofRunsPerMonth: '269 of 720',
  },
});

const drop = target({
  findings: [
    pass(
      'stability/failure-rate',
      '0 of 32 independent runs (480 attempts, 24 Nov 08:00 to 26 Nov 09:00 UTC) met a failure. With 95 % confidence, checked at every run, fewer than 9.9 % of job runs with 5 connections fail here: on average up to 71 of 720 runs a month. Bad periods that come less often than every 16 h may have been missed.',
    ),
  ],
  blocks: {
    counted: 32,
    clean: 32,
    met: 0,
    needed: 32,
    tolerable: 0.1,
    upperBound95: 0.0984,
    ofRunsPerMonth: '71 of 720',
  },
  attempts: { total: 480, succeeded: 480, failed: 0, aborted: 0, broken: 0, tainted: 0, failureRate: null },
});

/** Every verdict but `warn`, every row. */
export const whole: Report = report({
  runs: [
    run('9c41d0aa-0000-4000-8000-000000000001', '23', false, 'it has no end: it was killed, or is still going'),
    run('9c41d0aa-0000-4000-8000-000000000002', '24', true),
    run('0b8f2c1e-7d7a-4b0e-9d56-0a7f5ad4a3c1', '26', true),
  ],
  context: {
    name: 'serverless',
    kind: 'databricks-serverless',
    ephemeral: true,
    vantage: 'driver',
    signs: {},
    host: {},
    findings: [
      {
        rule: 'evidence/readable',
        verdict: 'inconclusive',
        observed: '1 problem: serverless-20261123.0.ndjson:17: not a record',
        required: 'every file of the folder is readable evidence',
        cause: 'evidence-unreadable',
        owner: 'operator',
        action: 'Restore the file from where it was copied, or run again.',
        waiver: null,
      },
    ],
  },
  targets: [drop, api, events, claims],
  verdict: 'fail',
  exitCode: 1,
});
