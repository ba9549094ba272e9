import { expect, test } from 'vitest';
import { classify } from '../../../../probes/kafka/causes.ts';
import {
  BrokerRefusal,
  NotTestable,
  ProtocolViolation,
  ServerNotProven,
  TlsRequired,
  VersionUnsupported,
} from '../../../../probes/kafka/refusals.ts';

const causeOf = (error: unknown) => {
  const classified = classify(error, 'request');
  return classified === 'defect' ? classified : classified.cause;
};

test.each([
  [3, 'UNKNOWN_TOPIC_OR_PARTITION', 'topic-not-found'],
  [14, 'COORDINATOR_LOAD_IN_PROGRESS', 'coordinator-not-available'],
  [15, 'COORDINATOR_NOT_AVAILABLE', 'coordinator-not-available'],
  [16, 'NOT_COORDINATOR', 'coordinator-not-available'],
  [22, 'ILLEGAL_GENERATION', 'group-unstable'],
  [25, 'UNKNOWN_MEMBER_ID', 'group-unstable'],
  [27, 'REBALANCE_IN_PROGRESS', 'group-unstable'],
  [29, 'TOPIC_AUTHORIZATION_FAILED', 'not-authorized'],
  [30, 'GROUP_AUTHORIZATION_FAILED', 'probe-not-authorized'],
  [31, 'CLUSTER_AUTHORIZATION_FAILED', 'not-authorized'],
  [33, 'UNSUPPORTED_SASL_MECHANISM', 'mechanism-not-offered'],
  [34, 'ILLEGAL_SASL_STATE', 'mechanism-not-offered'],
  [35, 'UNSUPPORTED_VERSION', 'version-unsupported'],
  [58, 'SASL_AUTHENTICATION_FAILED', 'login-rejected'],
  [89, 'THROTTLING_QUOTA_EXCEEDED', 'throttled'],
  [5, 'LEADER_NOT_AVAILABLE', 'server-error'],
  [4242, 'an error without a name here', 'server-error'],
])('error %i (%s) is %s, and keeps its number', (number, code, cause) => {
  expect(classify(new BrokerRefusal('Metadata', number), 'request')).toEqual({
    cause,
    code,
    number,
    detail: `Metadata: ${number} ${code}`,
  });
});

test.each([
  [new ProtocolViolation('x', { cause: new RangeError('past the end') }), 'protocol-violation'],
  [new ServerNotProven('x'), 'protocol-violation'],
  [new TlsRequired('x'), 'encryption-required'],
  [new VersionUnsupported('x'), 'version-unsupported'],
  [new NotTestable('x'), 'not-testable'],
  [Object.assign(new Error('x'), { code: 'ECONNRESET' }), 'connection-reset'],
  [Object.assign(new Error('x'), { code: 'ENOENT' }), 'unclassified'],
  [new TypeError('x'), 'defect'],
])('%s is %s', (error, cause) => {
  expect(causeOf(error)).toBe(cause);
});

test('a detail is bounded, and long enough for an ACL line', () => {
  const classified = classify(new BrokerRefusal('JoinGroup', 30, 'y'.repeat(1_000)), 'authorize');
  expect(classified).toMatchObject({ detail: expect.stringMatching(/^.{400}$/) });
});
