import type { X509Certificate } from 'node:crypto';
import type { TLSSocket } from 'node:tls';
import { z } from 'zod';

/** What is kept of a certificate: it is public, and the same in every attempt until it is renewed. */
export const certificateFacts = z.object({
  subject: z.string(),
  /** Differs from one context to another where a proxy inspects TLS. */
  issuer: z.string(),
  notAfter: z.iso.datetime(),
  fingerprint256: z.string(),
});
export type CertificateFacts = z.infer<typeof certificateFacts>;

export const factsOf = (certificate: X509Certificate): CertificateFacts => ({
  subject: oneLine(certificate.subject),
  issuer: oneLine(certificate.issuer),
  notAfter: new Date(certificate.validTo).toISOString(),
  fingerprint256: certificate.fingerprint256,
});

/** The certificate that the server showed; null where its cipher suite knows none. */
export function peerFacts(secured: TLSSocket): CertificateFacts | null {
  const certificate = secured.getPeerX509Certificate();
  return certificate === undefined ? null : factsOf(certificate);
}

/** OpenSSL puts each part of a distinguished name on a line of its own; a certificate may have no subject at all (RFC 5280 4.1.2.6). */
const oneLine = (name: string | undefined): string => (name ?? '').trim().split('\n').join(', ');
