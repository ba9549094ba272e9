import { expect, test } from 'vitest';
import { refusal } from './registry.ts';

const db = 'version: 1\ntargets:\n  db:\n    type: database\n';

const mistakes: readonly (readonly [mistake: string, text: string, message: string])[] = [
  ['an empty file', '', 'probe.yaml:1: expected a mapping with version and targets'],
  ['a list', '- a\n', 'probe.yaml:1: expected a mapping with version and targets'],
  ['no version', 'targets: { db: { type: database } }\n', 'probe.yaml:1: version: is missing; expected 1'],
  ['another version', db.replace('1', '2'), 'probe.yaml:1: version: expected 1'],
  [
    'no targets',
    'version: 1\n',
    'probe.yaml:1: targets: expected at least one target: without any there is nothing to try',
  ],
  [
    'empty targets',
    'version: 1\ntargets:\n',
    'probe.yaml:2: targets: expected at least one target: without any there is nothing to try',
  ],
  [
    'a list of targets',
    'version: 1\ntargets:\n  - type: database\n',
    'probe.yaml:2: targets: expected a mapping from names to entries',
  ],
  ['an unknown section', `${db}workload: {}\n`, 'probe.yaml:5: workload: unknown key\n  did you mean "workloads"?'],
  [
    'a target without a type',
    'version: 1\ntargets:\n  db:\n    host: a\n',
    'probe.yaml:3: targets.db.type: is missing; expected one of: database, keystore',
  ],
  [
    'an unknown type',
    db.replace('type: database', 'type: databse'),
    'probe.yaml:4: targets.db.type: expected one of: database, keystore\n  did you mean "database"?',
  ],
  [
    'an empty target',
    'version: 1\ntargets:\n  db:\n',
    'probe.yaml:3: targets.db: expected a mapping with the type of this target and its settings',
  ],
  [
    'a name that no command line takes',
    'version: 1\ntargets:\n  "a b": { type: database }\n',
    'probe.yaml:3: targets["a b"]: expected a name of letters, digits, dots, dashes and underscores',
  ],
  [
    'an unknown setting',
    `${db}    pasword: x\n`,
    'probe.yaml:5: targets.db.pasword: unknown setting of probe "database"\n  did you mean "password"?',
  ],
  [
    'a misspelt key that every target has',
    `${db}    firewalAllows: [ 203.0.113.0/24 ]\n`,
    'probe.yaml:5: targets.db.firewalAllows: unknown setting of probe "database"\n  did you mean "firewallAllows"?',
  ],
  [
    'an unknown nested setting',
    `${db}    source: { type: file, pat: x }\n`,
    'probe.yaml:5: targets.db.source.path: is missing; expected text\n' +
      'probe.yaml:5: targets.db.source.pat: unknown setting of probe "database"\n  did you mean "path"?',
  ],
  [
    'an unknown alternative',
    `${db}    source: { type: fle }\n`,
    'probe.yaml:5: targets.db.source.type: expected one of: file, login\n  did you mean "file"?',
  ],
  [
    'an unknown expectation',
    `${db}    expect:\n      status: 200\n      survivesIdel: 5m\n`,
    'probe.yaml:7: targets.db.expect.survivesIdel: unknown expectation of probe "database"\n' +
      '  did you mean "survivesIdle"?',
  ],
  [
    'a stage that the probe does not have',
    `${db}    expect: { p95: { request: 2s } }\n`,
    'probe.yaml:5: targets.db.expect.p95.request: probe "database" has no such stage; it has: resolve, connect, authenticate',
  ],
  [
    'a stage that does not exist',
    `${db}    expect: { p95: { authentcate: 2s } }\n`,
    'probe.yaml:5: targets.db.expect.p95.authentcate: unknown key\n  did you mean "authenticate"?',
  ],
  ['a setting of another kind', `${db}    host: 7\n`, 'probe.yaml:5: targets.db.host: expected text; put it in quotes'],
  ['a number out of range', `${db}    port: 70000\n`, 'probe.yaml:5: targets.db.port: expected at most 65535'],
  ['a fraction', `${db}    port: 1.5\n`, 'probe.yaml:5: targets.db.port: expected a whole number'],
  [
    "a probe's own message",
    `${db}    url: http://x\n`,
    'probe.yaml:5: targets.db.url: expected a URL such as db://host:1433',
  ],
  [
    'an address that a firewall would read otherwise',
    `${db}    firewallAllows: [ 203.0.113.0/24, 010.1 ]\n`,
    'probe.yaml:5: targets.db.firewallAllows[1]: expected an address or a range in CIDR form, ' +
      'such as 203.0.113.0/24 or 2001:db8::/32; found 10.1',
  ],
  [
    'a range with too long a prefix',
    `${db}    firewallAllows: [ 203.0.113.0/33 ]\n`,
    'probe.yaml:5: targets.db.firewallAllows[0]: expected an address or a range in CIDR form, ' +
      'such as 203.0.113.0/24 or 2001:db8::/32; found "203.0.113.0/33"',
  ],
  [
    'an empty allowlist',
    `${db}    firewallAllows: []\n`,
    'probe.yaml:5: targets.db.firewallAllows: expected at least 1 entry',
  ],
  [
    'an unknown path',
    `${db}    path: privat\n`,
    'probe.yaml:5: targets.db.path: expected one of: public, private; found "privat"\n  did you mean "private"?',
  ],
  [
    'a span without its unit',
    `${db}sampling: { wall: 30 }\n`,
    'probe.yaml:5: sampling.wall: expected a span with its unit, such as 250ms, 30s or 45m; found 30',
  ],
  [
    'a span of nothing',
    `${db}sampling: { wall: 0s }\n`,
    'probe.yaml:5: sampling.wall: expected a span above 0; found "0s"',
  ],
  [
    'an unknown profile',
    `${db}sampling: { profile: gates }\n`,
    'probe.yaml:5: sampling.profile: expected one of: quick, gate, strict; found "gates"\n  did you mean "gate"?',
  ],
  [
    'a limit of the server written at a target',
    `${db}    sampling: { pace: 20/s }\n`,
    'probe.yaml:5: targets.db.sampling.pace: unknown key',
  ],
  [
    'a pace without its unit',
    `${db}sampling: { pace: 20 }\n`,
    'probe.yaml:5: sampling.pace: expected a pace, such as 5/s; found 20',
  ],
  [
    'a deadline of a stage that has none',
    `${db}sampling: { deadlines: { hold: 5s } }\n`,
    'probe.yaml:5: sampling.deadlines.hold: unknown key',
  ],
  [
    'an unknown keepalive',
    `${db}sampling: { holds: { keepalive: client } }\n`,
    'probe.yaml:5: sampling.holds.keepalive: expected a span with its unit, such as 30s, or as-client; found "client"',
  ],
  [
    "a profile of a target's own",
    `${db}    sampling: { profile: gate }\n`,
    'probe.yaml:5: targets.db.sampling.profile: unknown key',
  ],
  [
    'a workload that uses what is not there',
    `${db}workloads:\n  ingest: { uses: [ db, dbb ] }\n`,
    'probe.yaml:6: workloads.ingest.uses: "dbb" is no target\n  did you mean "db"?',
  ],
  [
    'a workload that uses no list',
    `${db}workloads:\n  ingest: { uses: db }\n`,
    'probe.yaml:6: workloads.ingest.uses: expected a list of target names, or none; found "db"',
  ],
  [
    'a share without its sign',
    `${db}workloads:\n  ingest: { tolerableFailedRuns: 0.05, runsPerMonth: 720 }\n`,
    'probe.yaml:6: workloads.ingest.tolerableFailedRuns: expected a share such as 5%, ' +
      'or a whole number of runs a month; found 0.05',
  ],
  [
    'a count of failed runs without the runs',
    `${db}workloads:\n  ingest: { tolerableFailedRuns: 7 }\n`,
    'probe.yaml:6: workloads.ingest.tolerableFailedRuns: expected a share such as 5%: ' +
      'a number of runs needs runsPerMonth beside it; found 7',
  ],
  [
    'as many failed runs as runs',
    `${db}workloads:\n  ingest: { tolerableFailedRuns: 7, runsPerMonth: 7 }\n`,
    'probe.yaml:6: workloads.ingest.tolerableFailedRuns: expected fewer runs than runsPerMonth; found 7',
  ],
  [
    'an unknown vantage',
    `${db}workloads:\n  ingest: { connectsFrom: drivr }\n`,
    'probe.yaml:6: workloads.ingest.connectsFrom: expected one of: driver, executor, spark-source, udf; found "drivr"\n' +
      '  did you mean "driver"?',
  ],
  [
    'an idle that is written twice and different',
    `${db}    expect: { survivesIdle: 30m }\nworkloads:\n  ingest: { uses: [ db ], longestIdle: 10m }\n`,
    'probe.yaml:5: targets.db.expect.survivesIdle: written twice and different: ' +
      'workloads.ingest.longestIdle says 600 s, this says 1800 s; keep one of them',
  ],
  [
    'an unknown key of a context',
    `${db}contexts:\n  serverless: { ephemral: true }\n`,
    'probe.yaml:6: contexts.serverless.ephemral: unknown key\n  did you mean "ephemeral"?',
  ],
  [
    'a negative cost',
    `${db}contexts:\n  serverless: { costPerHour: -1 }\n`,
    'probe.yaml:6: contexts.serverless.costPerHour: expected at least 0; found -1',
  ],
  [
    'an unknown key of the policy',
    `${db}policy: { minSpn: 15m }\n`,
    'probe.yaml:5: policy.minSpn: unknown key\n  did you mean "minSpan"?',
  ],
  [
    'a share of everything',
    `${db}policy: { tolerableFailedRuns: 100% }\n`,
    'probe.yaml:5: policy.tolerableFailedRuns: expected a share above 0% and below 100%; found "100%"',
  ],
  [
    'a waiver with a wildcard',
    `${db}policy:\n  waivers:\n    - { target: "*", rule: "egress/*", until: 2026-12-01, approvedBy: a, ticket: b, reason: c }\n`,
    'probe.yaml:7: policy.waivers[0].rule: expected the whole name of one rule, ' +
      'such as egress/observed-within-allowed; found "egress/*"',
  ],
  [
    'a waiver of a target that is not there',
    `${db}policy:\n  waivers:\n    - { target: "*", rule: run/rate, until: 2026-12-01, approvedBy: a, ticket: b, reason: c }\n`,
    'probe.yaml:7: policy.waivers[0].target: "*" is no target',
  ],
  [
    'a waiver for too long',
    `${db}policy:\n  waivers:\n    - { target: db, rule: run/rate, until: 2027-02-24, approvedBy: a, ticket: b, reason: c }\n`,
    'probe.yaml:7: policy.waivers[0].until: expected a date at most 90 days from now: a waiver is renewed, not forgotten',
  ],
  [
    'a waiver that nobody approved',
    `${db}policy:\n  waivers:\n    - { target: db, rule: run/rate, until: 2026-12-01, ticket: b, reason: c }\n`,
    'probe.yaml:7: policy.waivers[0].approvedBy: is missing; expected text',
  ],
  [
    'a waiver until no date',
    `${db}policy:\n  waivers:\n    - { target: db, rule: run/rate, until: 2026-02-30, approvedBy: a, ticket: b, reason: c }\n`,
    'probe.yaml:7: policy.waivers[0].until: expected a date such as 2026-11-24, ' +
      'or a time such as 2026-11-24T08:00:00Z; found "2026-02-30"',
  ],
  [
    'a since that lies ahead',
    `${db}policy:\n  since:\n    - { target: db, at: 2026-11-25, approvedBy: a, ticket: b, reason: c }\n`,
    'probe.yaml:7: policy.since[0].at: expected a time that has passed: it would set runs aside that are still to come',
  ],
  [
    'a since in a context that is not declared',
    `${db}contexts: { serverless: {} }\npolicy:\n  since:\n    - { target: db, context: serverles, at: 2026-11-20, approvedBy: a, ticket: b, reason: c }\n`,
    'probe.yaml:8: policy.since[0].context: "serverles" is not declared under contexts\n  did you mean "serverless"?',
  ],
  ['a key given twice', `${db}    host: a\n    host: b\n`, 'probe.yaml:6: the key "host" is given twice'],
  ['a tab', 'version: 1\ntargets:\n\tdb: {}\n', 'probe.yaml:3: indent with spaces, not with tabs'],
  [
    'an open quote',
    'version: 1\ntargets: { db: { type: "database } }\n',
    'probe.yaml:3: a sign is missing here: a closing quote or bracket, a comma, or a colon with a space after it',
  ],
  ['two documents', `${db}---\nversion: 1\n`, 'probe.yaml:5: one document is expected, and here a second begins'],
  [
    'a keystore that cannot be opened',
    'version: 1\ntargets:\n  ks:\n    type: keystore\n    keystore: { path: { base64: AAAA }, password: long-enough }\n',
    'probe.yaml:3: targets.ks: the keystore cannot be opened; check its password',
  ],
];

test.each(mistakes)('%s is refused with its place', (_, text, message) => {
  expect(refusal(text)).toBe(`ERR_CONFIG\n${message}`);
});

test('all mistakes are told at once, in the order of the file', () => {
  const text = `version: 2
targets:
  db:
    type: database
    hots: a
    port: \${env:UNSET_PORT}
workloads:
  ingest: { uses: [ bd ], duration: 40 }
policy: { warn: never }
`;
  expect(refusal(text).split('\n')).toEqual([
    'ERR_CONFIG',
    'probe.yaml:1: version: expected 1',
    'probe.yaml:5: targets.db.hots: unknown setting of probe "database"',
    '  did you mean "host"?',
    'probe.yaml:6: targets.db.port: the environment variable UNSET_PORT is not set; set it before the run',
    'probe.yaml:8: workloads.ingest.duration: expected a span with its unit, such as 250ms, 30s or 45m; found 40',
    'probe.yaml:9: policy.warn: expected one of: allows, blocks; found "never"',
  ]);
});
