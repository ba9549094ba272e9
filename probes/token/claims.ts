import { decodeJwt } from 'jose';
import type { TokenObservation } from './probe.ts';

/** What is kept of a token: never itself, nor whom it speaks of. Times in seconds since 1970, as RFC 7519 4.1.4 has them. */
export type Claims = TokenObservation & {
  readonly expSeconds: number | null;
  readonly iatSeconds: number | null;
};

export function claimsOf(token: string): Claims {
  const payload = payloadOf(token);
  if (payload === null)
    return { form: 'opaque', iss: null, aud: [], azp: null, scopes: 0, expSeconds: null, iatSeconds: null };
  return {
    form: 'jwt',
    iss: text(payload['iss']),
    aud: list(payload['aud']).sort(),
    azp: text(payload['azp']),
    scopes: scopeCount(payload),
    expSeconds: number(payload['exp']),
    iatSeconds: number(payload['iat']),
  };
}

/** Not verified: whether a server would take it is another target's affair. */
function payloadOf(token: string): Readonly<Record<string, unknown>> | null {
  try {
    return decodeJwt(token);
  } catch {
    // Access tokens are opaque to their clients by right (RFC 6749 1.4).
    return null;
  }
}

/** `scope` of RFC 9068 2.2.3, `scp` as Entra and Okta have it; in either form. */
function scopeCount(payload: Readonly<Record<string, unknown>>): number {
  const scopes = payload['scope'] ?? payload['scp'];
  return list(typeof scopes === 'string' ? scopes.split(' ').filter((scope) => scope !== '') : scopes).length;
}

const text = (value: unknown): string | null => (typeof value === 'string' ? value : null);
const number = (value: unknown): number | null => (typeof value === 'number' && Number.isFinite(value) ? value : null);
const list = (value: unknown): string[] =>
  (Array.isArray(value) ? value : [value]).filter((item) => typeof item === 'string');
