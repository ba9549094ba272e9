import { nameOf } from './error-codes.ts';

// What a broker, or a client before it asks one, says no with.

/** An error code in an answer (https://kafka.apache.org/protocol#protocol_error_codes). */
export class BrokerRefusal extends Error {
  override readonly name = 'BrokerRefusal';
  readonly number: number;
  /** The code's name in the protocol. */
  readonly code: string;

  constructor(api: string, number: number, hint = '') {
    const code = nameOf(number);
    super(`${api}: ${number} ${code}${hint === '' ? '' : `. ${hint}`}`);
    this.number = number;
    this.code = code;
  }
}

/** TOPIC_, GROUP_ and CLUSTER_AUTHORIZATION_FAILED */
const UNAUTHORIZED: ReadonlySet<number> = new Set([29, 30, 31]);

/** `grant`: what to do where the refusal is a missing permission. */
export function refuseUnless0(api: string, errorCode: number, grant = ''): void {
  if (errorCode !== 0) throw new BrokerRefusal(api, errorCode, UNAUTHORIZED.has(errorCode) ? grant : '');
}

/** Bytes that are no answer of this protocol. */
export class ProtocolViolation extends Error {
  override readonly name = 'ProtocolViolation';
}

/** The listener speaks TLS, and the settings say that it does not. */
export class TlsRequired extends Error {
  override readonly name = 'TlsRequired';
}

/** The listener asks for a client certificate, and none is configured. */
export class CertificateMissing extends Error {
  override readonly name = 'CertificateMissing';
}

/** The broker has no version of an API that our codecs speak. */
export class VersionUnsupported extends Error {
  override readonly name = 'VersionUnsupported';
}

/** What this client cannot do, and the real one can. */
export class NotTestable extends Error {
  override readonly name = 'NotTestable';
}

/** The server could not show that it knows the password (RFC 5802 section 3). */
export class ServerNotProven extends Error {
  override readonly name = 'ServerNotProven';
}
