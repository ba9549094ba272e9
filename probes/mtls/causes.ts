import { X509Certificate } from 'node:crypto';
import type { Cause } from '../../src/model/causes.ts';
import type { Classified } from '../../src/model/probe.ts';
import type { StageName } from '../../src/model/stages.ts';
import { codeOf, detailOf, socketCause } from '../../src/net/causes.ts';
import { classifyHttpError } from '../../src/net/http.ts';

/** The server does not accept who we are: said by an alert or by an answer, or to be inferred from how it ended the connection. */
export class CertificateRefused extends Error {
  override readonly name = 'CertificateRefused';
  readonly refusal: Cause;
  readonly status: number | null;
  constructor(refusal: Cause, message: string, options: { readonly status?: number; readonly cause?: unknown } = {}) {
    super(message, { cause: options.cause });
    this.refusal = refusal;
    this.status = options.status ?? null;
  }
}

/** The API answered, and the answer is a failure whatever was expected. */
export class AnswerRefused extends Error {
  override readonly name = 'AnswerRefused';
  readonly refusal: Cause;
  readonly status: number;
  constructor(refusal: Cause, status: number) {
    super(`HTTP ${status}`);
    this.refusal = refusal;
    this.status = status;
  }
}

/**
 * An error that ended a connection, as a refusal of our certificate where it is one. `judged`: the server had our certificate, or the
 * lack of one, before it and has not accepted it yet.
 */
export function refusalIn(error: unknown, judged: boolean, certificatePem: string | null): CertificateRefused | null {
  const code = codeOf(error);
  const told = socketCause(code, 'tls');
  if (told === 'client-certificate-rejected' || told === 'client-certificate-missing')
    return new CertificateRefused(refusedFor(told, certificatePem), detailOf(error), { cause: error });
  if (!judged || code === null || !SPEECHLESS.has(code)) return null;
  const what = certificatePem === null ? 'it asks for a client certificate' : 'it refuses the client certificate';
  return new CertificateRefused(
    refusedFor('client-certificate-rejected', certificatePem),
    `the server ended the connection as soon as it had our part of the handshake: probably ${what}`,
    { cause: error },
  );
}

/** How servers that name no reason end a connection. Under TLS 1.2 OpenSSL says handshake_failure for a missing certificate. */
const SPEECHLESS: ReadonlySet<string> = new Set([
  'EPEERCLOSED',
  'ECONNRESET',
  'EPIPE',
  'ERR_SSL_SSLV3_ALERT_HANDSHAKE_FAILURE',
]);

/** What the server holds against the certificate, with what only its owner can tell. */
export function refusedFor(told: Cause, certificatePem: string | null): Cause {
  if (certificatePem === null || told === 'client-certificate-missing') return 'client-certificate-missing';
  return Date.parse(new X509Certificate(certificatePem).validTo) < Date.now() ? 'client-certificate-expired' : told;
}

export function classify(error: unknown, stage: StageName): Classified | 'defect' {
  if (error instanceof CertificateRefused)
    return { cause: error.refusal, code: codeOf(error), number: error.status, detail: detailOf(error) };
  if (error instanceof AnswerRefused)
    return { cause: error.refusal, code: null, number: error.status, detail: detailOf(error) };
  return classifyHttpError(error, stage);
}
