import type { Cause } from '../../src/model/causes.ts';
import type { Classified } from '../../src/model/probe.ts';
import type { StageName } from '../../src/model/stages.ts';
import { classifySocketError } from '../../src/net/causes.ts';
import {
  BrokerRefusal,
  NotTestable,
  ProtocolViolation,
  ServerNotProven,
  TlsRequired,
  VersionUnsupported,
} from './refusals.ts';

/** By the protocol's own number (https://kafka.apache.org/protocol#protocol_error_codes). */
const BY_NUMBER: Readonly<Record<number, Cause>> = {
  3: 'topic-not-found', // UNKNOWN_TOPIC_OR_PARTITION
  14: 'coordinator-not-available', // COORDINATOR_LOAD_IN_PROGRESS
  15: 'coordinator-not-available', // COORDINATOR_NOT_AVAILABLE
  16: 'coordinator-not-available', // NOT_COORDINATOR
  22: 'group-unstable', // ILLEGAL_GENERATION
  25: 'group-unstable', // UNKNOWN_MEMBER_ID
  27: 'group-unstable', // REBALANCE_IN_PROGRESS
  29: 'not-authorized', // TOPIC_AUTHORIZATION_FAILED
  30: 'probe-not-authorized', // GROUP_AUTHORIZATION_FAILED: the only group that is asked for is our own
  31: 'not-authorized', // CLUSTER_AUTHORIZATION_FAILED
  33: 'mechanism-not-offered', // UNSUPPORTED_SASL_MECHANISM
  34: 'mechanism-not-offered', // ILLEGAL_SASL_STATE: this listener takes no login at all
  35: 'version-unsupported', // UNSUPPORTED_VERSION
  58: 'login-rejected', // SASL_AUTHENTICATION_FAILED
  89: 'throttled', // THROTTLING_QUOTA_EXCEEDED
};

const BY_KIND: readonly (readonly [new (message: string) => Error, Cause])[] = [
  [ProtocolViolation, 'protocol-violation'],
  [ServerNotProven, 'protocol-violation'],
  [TlsRequired, 'encryption-required'],
  [VersionUnsupported, 'version-unsupported'],
  [NotTestable, 'not-testable'],
];

/** Long enough for the line that grants what was refused. */
const DETAIL_LENGTH = 400;

export function classify(error: unknown, stage: StageName): Classified | 'defect' {
  if (error instanceof BrokerRefusal) {
    const { number, code, message } = error;
    return { cause: BY_NUMBER[number] ?? 'server-error', code, number, detail: message.slice(0, DETAIL_LENGTH) };
  }
  for (const [kind, cause] of BY_KIND)
    if (error instanceof kind)
      return { cause, code: null, number: null, detail: error.message.slice(0, DETAIL_LENGTH) };
  return classifySocketError(error, stage);
}
