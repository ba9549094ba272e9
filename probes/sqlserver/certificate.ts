import { checkServerIdentity, type PeerCertificate, type TLSSocket } from 'node:tls';

/** A server on the way: the one of the URL, or one that another has named. */
export type Hop = { readonly host: string; readonly port: number; readonly routed: boolean };

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

export type TlsSeen = {
  readonly protocol: string | null;
  readonly certificateIssuer: string | null;
  readonly certificateEnds: string | null;
};

/** What is worth keeping of a handshake: it is the same at every attempt until somebody changes the server. */
export function tlsSeen(secured: TLSSocket): TlsSeen {
  const { issuer, valid_to: ends } = secured.getPeerCertificate();
  const endsAt = ends === undefined ? Number.NaN : Date.parse(ends);
  return {
    protocol: secured.getProtocol(),
    certificateIssuer: text(issuer?.CN ?? issuer?.O),
    certificateEnds: Number.isNaN(endsAt) ? null : new Date(endsAt).toISOString(),
  };
}

const text = (name: string | string[] | undefined): string | null =>
  name === undefined ? null : [name].flat().join(', ').slice(0, 120);
