import { describe, expect, test } from 'vitest';
import { readFolder } from '../../../src/evidence/read.ts';
import { openEvidence } from '../../../src/evidence/skim.ts';
import { type AttemptOver, context, failed, instant, T0, target } from '../../kit/evidence.ts';
import { folder, write } from './written.ts';

// What the platform's log says of its own egress policy, beside what was seen from here.

const SERVERLESS = context({ kind: 'databricks-serverless' });

const silent = (over: Partial<NonNullable<AttemptOver['failure']>> = {}): AttemptOver =>
  failed('connect-timeout', {
    failure: {
      stage: 'connect',
      server: 'claims.internal:1433',
      cause: 'connect-timeout',
      code: 'ETIMEDOUT',
      number: null,
      detail: 'no answer',
      ...over,
    },
    resolved: ['10.4.0.7'],
  });

const denial = (over: object = {}) => ({
  record: 'denial',
  event: 'e-1',
  at: instant(T0 + 30_000),
  destination: 'claims.internal',
  ...over,
});

function causesWith(denials: readonly object[], attempt: AttemptOver = silent(), where = SERVERLESS) {
  const evidence = folder();
  write(evidence.store, {
    run: { context: where, targets: [target({ servers: ['claims.internal:1433'] })] },
    attempts: [attempt],
  });
  if (denials.length > 0) evidence.put('denials', denials.map((each) => `${JSON.stringify(each)}\n`).join(''));
  const causesOf = (found: ReturnType<typeof readFolder>) => ({
    causes: [...found.records(new Set(['run-0']))].flatMap((record) =>
      record.record === 'attempt' ? (record.failure?.cause ?? []) : [],
    ),
    problems: found.problems,
    states: found.headers.map(({ state }) => state),
  });
  const whole = causesOf(readFolder(evidence.store));
  expect(openEvidence(evidence.store).folding(causesOf)).toEqual(whole);
  expect(whole).toMatchObject({ problems: [], states: ['whole'] });
  return whole.causes;
}

describe('a dropped connection has the cause egress-policy-denied where the platform says so', () => {
  test.each<[string, object, AttemptOver?]>([
    ['by name', {}],
    ['by name, as DNS writes it', { destination: 'Claims.Internal.' }],
    ['by an address that the name resolved to', { destination: '10.4.0.7' }],
    ['within two minutes', { at: instant(T0 + 120_000) }],
    ['of a name that does not exist for it', {}, silent({ stage: 'resolve', cause: 'name-not-found', server: null })],
    ['of a connection that was reset', {}, silent({ stage: 'tls', cause: 'connection-reset' })],
  ])('%s', (_, over, attempt) => {
    expect(causesWith([denial(over)], attempt)).toEqual(['egress-policy-denied']);
  });
});

describe('a failure keeps its cause where', () => {
  test.each<[string, readonly object[], AttemptOver?]>([
    ['nothing was denied', []],
    ['another destination was denied', [denial({ destination: 'other.internal' })]],
    ['it was denied at another time', [denial({ at: instant(T0 + 3_600_000) })]],
  ])('%s', (_, denials, attempt) => {
    expect(causesWith(denials, attempt)).toEqual(['connect-timeout']);
  });

  test('the server itself answered', () => {
    const rejected = silent({ stage: 'authenticate', cause: 'login-rejected' });
    expect(causesWith([denial()], rejected)).toEqual(['login-rejected']);
  });

  test('the server had answered before, and fell silent later', () => {
    const late = silent({ stage: 'authenticate', cause: 'login-timeout' });
    expect(causesWith([denial()], late)).toEqual(['login-timeout']);
  });

  test('the certificate is at fault, which no policy brings about', () => {
    const expired = silent({ stage: 'tls', cause: 'certificate-expired' });
    expect(causesWith([denial()], expired)).toEqual(['certificate-expired']);
  });

  test('the context is no serverless compute: the policy is not for it', () => {
    expect(causesWith([denial()], silent(), context({ kind: 'databricks-classic' }))).toEqual(['connect-timeout']);
  });
});

test('denials alone are no run, and nothing foreign', () => {
  const evidence = folder();
  evidence.put('denials', `${JSON.stringify(denial())}\n{"record":"den`);
  expect(readFolder(evidence.store)).toMatchObject({ headers: [], problems: [] });
});
