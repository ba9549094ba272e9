import type { Cause } from '../model/causes.ts';
import type { Classified } from '../model/probe.ts';
import type { StageName } from '../model/stages.ts';

// Errors of sockets, of name resolution and of OpenSSL, which every probe meets. By code, never by text.

const SOCKET_CAUSES: Readonly<Record<string, Cause>> = {
  ENOTFOUND: 'name-not-found',
  ENODATA: 'name-not-found',
  EAI_AGAIN: 'name-lookup-failed',
  EAI_FAIL: 'name-lookup-failed',
  ESERVFAIL: 'name-lookup-failed',
  ECONNREFUSED: 'connection-refused',
  ECONNRESET: 'connection-reset',
  EPIPE: 'connection-reset',
  EPEERCLOSED: 'connection-closed',
  ENOANSWER: 'in-use-silent',
  ETIMEDOUT: 'connect-timeout',
  EHOSTUNREACH: 'host-unreachable',
  ENETUNREACH: 'host-unreachable',
  EACCES: 'host-unreachable',
  EPERM: 'host-unreachable',
  EADDRNOTAVAIL: 'local-starvation',
  EMFILE: 'local-starvation',
  ENFILE: 'local-starvation',
};

const TLS_CAUSES: Readonly<Record<string, Cause>> = {
  CERT_HAS_EXPIRED: 'certificate-expired',
  CERT_NOT_YET_VALID: 'certificate-not-yet-valid',
  ERR_TLS_CERT_ALTNAME_INVALID: 'certificate-name-mismatch',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'issuer-not-trusted',
  SELF_SIGNED_CERT_IN_CHAIN: 'issuer-not-trusted',
  UNABLE_TO_GET_ISSUER_CERT: 'issuer-not-trusted',
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: 'issuer-not-trusted',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'issuer-not-trusted',
  CERT_UNTRUSTED: 'issuer-not-trusted',
  CERT_SIGNATURE_FAILURE: 'issuer-not-trusted',
  INVALID_PURPOSE: 'issuer-not-trusted',
  CERT_REVOKED: 'issuer-not-trusted',
  ERR_SSL_WRONG_VERSION_NUMBER: 'not-tls',
  ERR_SSL_PACKET_LENGTH_TOO_LONG: 'not-tls',
  ERR_SSL_HTTP_REQUEST: 'not-tls',
  ERR_SSL_UNSUPPORTED_PROTOCOL: 'tls-version-unsupported',
  ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION: 'tls-version-unsupported',
  ERR_SSL_NO_PROTOCOLS_AVAILABLE: 'tls-version-unsupported',
  ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED: 'client-certificate-missing',
  ERR_SSL_TLSV1_ALERT_UNKNOWN_CA: 'client-certificate-rejected',
  ERR_SSL_SSLV3_ALERT_BAD_CERTIFICATE: 'client-certificate-rejected',
  ERR_SSL_SSLV3_ALERT_UNSUPPORTED_CERTIFICATE: 'client-certificate-rejected',
  ERR_SSL_SSLV3_ALERT_CERTIFICATE_REVOKED: 'client-certificate-rejected',
  ERR_SSL_SSLV3_ALERT_CERTIFICATE_EXPIRED: 'client-certificate-rejected',
  ERR_SSL_SSLV3_ALERT_CERTIFICATE_UNKNOWN: 'client-certificate-rejected',
  ERR_SSL_TLSV1_ALERT_ACCESS_DENIED: 'client-certificate-rejected',
  ERR_SSL_SSLV3_ALERT_HANDSHAKE_FAILURE: 'tls-handshake-failed',
};

/** Errors of the language and of assertions: ours, wherever they are thrown. */
const isDefect = (error: unknown): boolean =>
  error instanceof TypeError ||
  error instanceof RangeError ||
  error instanceof ReferenceError ||
  error instanceof SyntaxError ||
  !(error instanceof Error) ||
  ('code' in error && typeof error.code === 'string' && /^ERR_(INVALID|MISSING|ASSERTION|UNHANDLED)/.test(error.code));

/** The `code` of an error, or of the innermost cause that has one. */
export function codeOf(error: unknown): string | null {
  let code: string | null = null;
  for (let at: unknown = error, depth = 0; at instanceof Error && depth < 8; at = at.cause, depth++) {
    if ('code' in at && typeof at.code === 'string') code = at.code;
  }
  // the same alerts under the name that newer versions of OpenSSL give them
  return code?.replace('ERR_SSL_SSL/TLS_ALERT_', 'ERR_SSL_SSLV3_ALERT_') ?? null;
}

/** The cause of a socket, resolver or TLS error by its code; null where the code is none of theirs. */
export function socketCause(code: string | null, stage: StageName): Cause | null {
  if (code === null) return null;
  const cause =
    SOCKET_CAUSES[code] ?? TLS_CAUSES[code] ?? (code.startsWith('ERR_SSL_') ? 'tls-handshake-failed' : null);
  // a kernel that gives up on an open connection (keepalive, retransmission) also says ETIMEDOUT
  if (cause === 'connect-timeout' && stage !== 'connect')
    return stage === 'hold' || stage === 'reuse' ? 'idle-silent' : 'connection-reset';
  return cause;
}

/** What any error is when a probe's own table does not know it: a socket cause, our own defect, or `unclassified`. */
export function classifySocketError(error: unknown, stage: StageName): Classified | 'defect' {
  const code = codeOf(error);
  const cause = socketCause(code, stage);
  if (cause !== null) return { cause, code, number: null, detail: detailOf(error) };
  if (isDefect(error)) return 'defect';
  return { cause: 'unclassified', code, number: null, detail: detailOf(error) };
}

/**
 * What is taken of a server's text. It is cut to a short excerpt only after it was redacted: a cut through a secret would hide the rest of
 * it from the search.
 */
export const SERVER_TEXT_LENGTH = 2_000;

/** Built from named fields alone: errors of client libraries carry whole option objects, passwords included. */
export function detailOf(error: unknown): string {
  if (!(error instanceof Error)) return 'not an error object';
  return error.message.replace(/\s+/g, ' ').slice(0, SERVER_TEXT_LENGTH);
}
