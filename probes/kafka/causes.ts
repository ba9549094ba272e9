import type { Cause } from '../../src/model/causes.ts';
import type { Classified } from '../../src/model/probe.ts';
import type { StageName } from '../../src/model/stages.ts';
import { classifySocketError, codeOf, detailOf, socketCause } from '../../src/net/causes.ts';
import { causeOf } from './error-codes.ts';
import {
  BrokerRefusal,
  CertificateMissing,
  NotTestable,
  ProtocolViolation,
  ServerNotProven,
  TlsRequired,
  VersionUnsupported,
} from './refusals.ts';

const BY_KIND: readonly (readonly [new (message: string) => Error, Cause])[] = [
  [ProtocolViolation, 'protocol-violation'],
  [ServerNotProven, 'protocol-violation'],
  [TlsRequired, 'encryption-required'],
  [CertificateMissing, 'client-certificate-missing'],
  [VersionUnsupported, 'version-unsupported'],
  [NotTestable, 'not-testable'],
];

/** Long enough for the line that grants what was refused. */
const DETAIL_LENGTH = 400;

export function classify(error: unknown, stage: StageName): Classified | 'defect' {
  if (error instanceof BrokerRefusal) {
    const { number, code, message } = error;
    return { cause: causeOf(number), code, number, detail: message.slice(0, DETAIL_LENGTH) };
  }
  for (const [kind, cause] of BY_KIND)
    if (error instanceof kind)
      return { cause, code: null, number: null, detail: error.message.slice(0, DETAIL_LENGTH) };
  return classifySocketError(error, stage);
}

/**
 * What refuses a certificate where none was shown asks for one: JSSE says bad_certificate to that too. Under TLS 1.2 OpenSSL says
 * handshake_failure, once it has `judged` our part of the handshake.
 */
export function missingIn(error: Error, judged: boolean): Error {
  const code = codeOf(error);
  const isRefusal = socketCause(code, 'tls') === 'client-certificate-rejected';
  return isRefusal || (judged && code === 'ERR_SSL_SSLV3_ALERT_HANDSHAKE_FAILURE')
    ? new CertificateMissing(detailOf(error))
    : error;
}
