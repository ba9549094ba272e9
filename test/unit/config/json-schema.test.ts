// biome-ignore-all lint/suspicious/noTemplateCurlyInString: references are written in this way
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';
import { configSchema } from '../../../src/config/json-schema.ts';
import { load, registry } from './registry.ts';

const check = z.fromJSONSchema(JSON.parse(JSON.stringify(configSchema(registry))));
const accepts = (text: string) => check.safeParse(parse(text)).success;

const whole = `
version: 1
sampling: { profile: gate, pace: 20/s, wall: 5m, deadlines: { connect: 5s }, holds: { rungs: [250s], keepalive: as-client } }
targets:
  db: { type: database, host: h, port: 1433, password: p, firewallAllows: [ 203.0.113.7 ], expect: { status: 200, survivesIdle: 5m } }
  refs: { type: database, port: "\${env:PORT}", tls: "\${env:TLS}", ca: ca.pem, certificate: { cert: { pem: x } } }
  store: { type: keystore, keystore: { path: a.p12, password: p } }
workloads: { ingest: { uses: [db], tolerableFailedRuns: 5% }, other: { uses: none } }
contexts: { serverless: { ephemeral: true, costPerHour: 1 } }
policy: { maxRuns: 60, since: [{ target: db, at: 2026-11-20, reason: a, ticket: b, approvedBy: c }] }
lab: { bootId: host-1, at: 2026-11-20T08:00:00Z }
`;

test('the schema takes a whole configuration, references in place of numbers included', () => {
  expect(check.safeParse(parse(whole))).toMatchObject({ success: true });
});

test.each([
  ['an unknown section', whole.replace('policy:', 'polcy:')],
  ['a lab without its time', whole.replace(', at: 2026-11-20T08:00:00Z', '')],
  ['another version', whole.replace('version: 1', 'version: 2')],
  ['an unknown type', whole.replace('type: keystore', 'type: keystor')],
  ['an unknown setting', whole.replace('host: h', 'hots: h')],
  ['an unknown expectation', whole.replace('status: 200', 'stats: 200')],
  ['a setting of another probe', whole.replace('type: keystore,', 'type: keystore, host: h,')],
  ['a number that is no reference', whole.replace('"${env:PORT}"', '"1433"')],
  ['a span without its unit', whole.replace('wall: 5m', 'wall: 5')],
])('the schema refuses %s, as loading does', (_, text) => {
  expect(accepts(text)).toBe(false);
  expect(() => load(text, { env: { PORT: '1', TLS: 'true' } })).toThrow();
});

test('a secret setting is marked as write-only', () => {
  expect(JSON.stringify(configSchema(registry))).toContain(
    '"password":{"type":"string","minLength":1,"writeOnly":true}',
  );
});
