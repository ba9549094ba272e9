import type { Cause } from '../../src/model/causes.ts';
import type { Classified } from '../../src/model/probe.ts';
import type { StageName } from '../../src/model/stages.ts';
import { classifySocketError, codeOf, detailOf, SERVER_TEXT_LENGTH } from '../../src/net/causes.ts';
import { PeerClosed } from '../../src/net/stay.ts';
import { EncryptionNotOffered } from './encryption.ts';
import { ProtocolViolation } from './packets.ts';
import { RedirectUnreachable } from './redirect.ts';
import { ServerError } from './server-error.ts';

/** By the number of the server's error. Any other is `server-error`, with its number. */
const NUMBERS: Readonly<Record<number, Cause>> = {
  229: 'not-authorized',
  262: 'not-authorized',
  297: 'not-authorized',
  300: 'not-authorized',
  904: 'database-not-available',
  905: 'database-not-available',
  916: 'not-authorized',
  922: 'database-not-available',
  927: 'database-not-available',
  942: 'database-not-available',
  945: 'database-not-available',
  976: 'database-not-available',
  978: 'database-not-available',
  983: 'database-not-available',
  4060: 'database-not-available',
  4064: 'database-not-available',
  4221: 'database-not-available',
  10928: 'throttled',
  10929: 'throttled',
  17142: 'database-not-available',
  17809: 'throttled',
  18401: 'database-not-available',
  18451: 'database-not-available',
  18452: 'login-rejected',
  18456: 'login-rejected',
  18461: 'database-not-available',
  18463: 'password-expired',
  18464: 'password-expired',
  18465: 'password-expired',
  18466: 'password-expired',
  18467: 'password-expired',
  18468: 'password-expired',
  18470: 'account-locked',
  18486: 'account-locked',
  18487: 'password-expired',
  18488: 'password-expired',
  40501: 'throttled',
  40532: 'login-rejected',
  40613: 'database-not-available',
  40615: 'egress-refused',
  40914: 'egress-refused',
  42108: 'database-not-available',
  42109: 'database-not-available',
  47073: 'egress-refused',
  49918: 'throttled',
  49919: 'throttled',
  49920: 'throttled',
};

/** Codes of tedious that are not about a socket. */
const TEDIOUS: Readonly<Record<string, Cause>> = {
  ELOGIN: 'protocol-violation',
  ETDS: 'version-unsupported',
  EINTERFACENOTSUPP: 'version-unsupported',
};

/** This client cannot log in as the workload does. Every stage before that was tried. */
export class NotTestable extends Error {
  override readonly name = 'NotTestable';
}

export function classify(error: unknown, stage: StageName): Classified | 'defect' {
  if (error instanceof ServerError) return ofServer(error);
  const named = nameOf(error);
  if (named !== null) return { cause: named, code: codeOf(error), number: null, detail: describe(error) };
  return classifySocketError(error, stage);
}

function ofServer({ number, state, severity, message }: ServerError): Classified {
  const detail = `error ${number}, state ${state}, class ${severity}: ${message.replace(/\s+/g, ' ').slice(0, SERVER_TEXT_LENGTH)}`;
  return { cause: NUMBERS[number] ?? 'server-error', code: null, number, detail };
}

function nameOf(error: unknown): Cause | null {
  if (error instanceof NotTestable) return 'not-testable';
  if (error instanceof EncryptionNotOffered) return 'encryption-not-offered';
  if (error instanceof ProtocolViolation) return 'protocol-violation';
  if (error instanceof RedirectUnreachable) return 'redirect-unreachable';
  if (error instanceof PeerClosed) return 'connection-closed';
  const code = codeOf(error);
  return code === null ? null : (TEDIOUS[code] ?? null);
}

const describe = (error: unknown): string =>
  error instanceof RedirectUnreachable && error.cause instanceof Error
    ? `${error.message}: ${detailOf(error.cause)}`
    : detailOf(error);
