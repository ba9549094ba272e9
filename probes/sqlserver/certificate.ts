import { checkServerIdentity, type PeerCertificate } from 'node:tls';

/**
 * Checks a name as the driver does: the common name counts even beside alternative names, and a name with a wildcard is matched by the
 * same wildcard alone.
 */
export const checkName =
  (expected: string) =>
  (_host: string, certificate: PeerCertificate): Error | undefined => {
    const refused = checkServerIdentity(expected, certificate);
    if (refused === undefined || namesOf(certificate).includes(expected.toLowerCase())) return undefined;
    return matchesCommonName(expected, certificate) ? undefined : refused;
  };

function namesOf({ subjectaltname = '' }: PeerCertificate): readonly string[] {
  return [...subjectaltname.matchAll(/DNS:([^,\s]+)/g)].map(([, name = '']) => name.toLowerCase());
}

/** Node.js looks at the common name only where there is no alternative one. */
function matchesCommonName(expected: string, { subjectaltname: _, ...certificate }: PeerCertificate): boolean {
  const commonName = String(certificate.subject?.CN ?? '').toLowerCase();
  return commonName === expected.toLowerCase() || checkServerIdentity(expected, certificate) === undefined;
}
