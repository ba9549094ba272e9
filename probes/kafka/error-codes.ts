import { errorCodes } from 'kafkajs/src/protocol/error.js';
import type { Cause } from '../../src/model/causes.ts';

/** What the numbers in answers mean here (https://kafka.apache.org/protocol#protocol_error_codes). */
const TABLE: Readonly<Record<number, { readonly name: string; readonly cause: Cause }>> = {
  3: { name: 'UNKNOWN_TOPIC_OR_PARTITION', cause: 'topic-not-found' },
  14: { name: 'COORDINATOR_LOAD_IN_PROGRESS', cause: 'coordinator-not-available' },
  15: { name: 'COORDINATOR_NOT_AVAILABLE', cause: 'coordinator-not-available' },
  16: { name: 'NOT_COORDINATOR', cause: 'coordinator-not-available' },
  22: { name: 'ILLEGAL_GENERATION', cause: 'group-unstable' },
  25: { name: 'UNKNOWN_MEMBER_ID', cause: 'group-unstable' },
  27: { name: 'REBALANCE_IN_PROGRESS', cause: 'group-unstable' },
  29: { name: 'TOPIC_AUTHORIZATION_FAILED', cause: 'not-authorized' },
  // the only group that is ever asked for is our own
  30: { name: 'GROUP_AUTHORIZATION_FAILED', cause: 'probe-not-authorized' },
  31: { name: 'CLUSTER_AUTHORIZATION_FAILED', cause: 'not-authorized' },
  33: { name: 'UNSUPPORTED_SASL_MECHANISM', cause: 'mechanism-not-offered' },
  // a listener that takes no login at all
  34: { name: 'ILLEGAL_SASL_STATE', cause: 'mechanism-not-offered' },
  35: { name: 'UNSUPPORTED_VERSION', cause: 'version-unsupported' },
  58: { name: 'SASL_AUTHENTICATION_FAILED', cause: 'login-rejected' },
  89: { name: 'THROTTLING_QUOTA_EXCEEDED', cause: 'throttled' },
};

/** kafkajs knows more names, some of them older ones. */
const OTHER_NAMES: ReadonlyMap<number, string> = new Map(errorCodes.map(({ code, type }) => [code, type]));

export const nameOf = (errorCode: number): string =>
  TABLE[errorCode]?.name ?? OTHER_NAMES.get(errorCode) ?? 'an error without a name here';

export const causeOf = (errorCode: number): Cause => TABLE[errorCode]?.cause ?? 'server-error';
