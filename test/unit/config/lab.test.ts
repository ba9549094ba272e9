import { expect, test } from 'vitest';
import { load, refusal } from './registry.ts';

const LAB = 'lab: { bootId: host-1, at: 2026-11-20T08:00:00+01:00 }\n';
const configured = (host: string, lab = LAB) => `version: 1
targets:
  claims-db: { type: database, host: "${host}", port: 1433 }
${lab}`;

test('without a lab a run has its own host and time', () => {
  expect(load(configured('claims.internal', '')).lab).toBeNull();
});

test.each(['127.0.0.1', '127.8.0.3', '[::1]', 'localhost'])('a lab gives a run its host and its time at %s', (host) => {
  expect(load(configured(host)).lab).toEqual({ bootId: 'host-1', at: '2026-11-20T07:00:00.000Z' });
});

test.each(['claims.internal', '10.0.0.1', '192.168.0.1', '127.0.0.1.example.com'])('it does not at %s', (host) => {
  expect(refusal(configured(host))).toBe(
    `ERR_CONFIG\nprobe.yaml:4: lab: targets.claims-db connects to ${host}:1433: the time and the host of a run can be given for targets on the loopback alone`,
  );
});

test('one target beyond the loopback is enough, and each is named', () => {
  const text = configured('127.0.0.1').replace(
    'lab:',
    '  other: { type: database, host: a.internal }\n  third: { type: database, host: b.internal }\nlab:',
  );
  const said = refusal(text);
  expect(said).toContain('targets.other connects to a.internal:1433');
  expect(said).toContain('targets.third connects to b.internal:1433');
  expect(said).not.toContain('claims-db');
});

test('judging connects to nothing, and reads it where no reference is resolved', () => {
  expect(load(configured('claims.internal'), { references: 'ignore' }).lab).not.toBeNull();
});

test.each([
  ['no time', '{ bootId: a }', 'lab.at: is missing; expected a date'],
  ['no host', '{ at: 2026-11-20 }', 'lab.bootId: is missing; expected text'],
  ['an empty host', '{ bootId: " ", at: 2026-11-20 }', 'lab.bootId: expected at least 1 character'],
  ['a time without its zone', '{ bootId: a, at: "2026-11-20T08:00" }', 'lab.at: expected a date such as'],
  [
    'a time to come',
    '{ bootId: a, at: 2026-11-24T12:00:01Z }',
    'lab.at: expected a time that has passed: no evidence is of the future',
  ],
  ['a misspelt key', '{ bootid: a, at: 2026-11-20 }', 'did you mean "bootId"?'],
  ['text', 'host-1', 'lab: expected a mapping'],
  ['nothing', '', 'lab: expected a mapping'],
])('%s is refused', (_, lab, says) => {
  expect(refusal(configured('127.0.0.1', `lab: ${lab}\n`))).toContain(says);
});

test('the digest of a configuration is the same in every run of a lab', () => {
  expect(load(configured('127.0.0.1')).digest).toBe(load(configured('127.0.0.1', '')).digest);
});
