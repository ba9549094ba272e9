import { Buffer } from 'node:buffer';
import { SERVER_TEXT_LENGTH } from '../../src/net/causes.ts';
import type { HttpResponse } from '../../src/net/http.ts';
import { GrantRefused, TokenUnusable } from './causes.ts';
import type { ClientCredentials } from './settings.ts';

/** RFC 6749 4.4: the client credentials grant. */
export type Grant = {
  readonly accessToken: string;
  readonly expiresInSeconds: number | null;
  /** Of the Date header, in milliseconds since 1970; it counts whole seconds. */
  readonly dateMs: number | null;
};

type Form = { readonly headers: Readonly<Record<string, string>>; readonly body: string };

export function grantRequest({ clientId, clientSecret, scope, audience, auth }: ClientCredentials): Form {
  const fields = new URLSearchParams({ grant_type: 'client_credentials' });
  if (scope !== undefined) fields.set('scope', scope);
  if (audience !== undefined) fields.set('audience', audience);
  if (auth === 'post') {
    fields.set('client_id', clientId);
    fields.set('client_secret', clientSecret);
  }
  const headers = { 'content-type': 'application/x-www-form-urlencoded', accept: 'application/json' };
  if (auth === 'post') return { headers, body: fields.toString() };
  return { headers: { ...headers, authorization: basic(clientId, clientSecret) }, body: fields.toString() };
}

/** RFC 6749 2.3.1: each part is form-encoded before the two are joined. */
function basic(id: string, secret: string): string {
  return `Basic ${Buffer.from(`${formEncoded(id)}:${formEncoded(secret)}`).toString('base64')}`;
}

export const formEncoded = (text: string): string => new URLSearchParams({ v: text }).toString().slice('v='.length);

export function readGrant({ status, headers, body }: HttpResponse): Grant {
  const answer = jsonObject(body);
  if (status !== 200) throw new GrantRefused(status, told(answer));
  const accessToken = answer['access_token'];
  if (typeof accessToken !== 'string' || accessToken === '')
    throw new TokenUnusable('protocol-violation', 'an answer with status 200 and without access_token (RFC 6749 5.1)');
  const date = Date.parse(String(headers['date']));
  return {
    accessToken,
    expiresInSeconds: seconds(answer['expires_in']),
    dateMs: Number.isNaN(date) ? null : date,
  };
}

/** Some servers write the number as a string. */
function seconds(value: unknown): number | null {
  const read = typeof value === 'string' && /^\d+$/.test(value) ? Number(value) : value;
  return typeof read === 'number' && Number.isFinite(read) ? read : null;
}

function jsonObject(body: string): Readonly<Record<string, unknown>> {
  try {
    const parsed: unknown = JSON.parse(body);
    if (parsed !== null && typeof parsed === 'object') return { ...parsed };
  } catch {
    // An error page of a proxy, say: its status speaks for itself.
  }
  return {};
}

/** RFC 6749 5.2, and Entra's error_codes. Of the description the first sentence: what follows are trace ids and times. */
function told(answer: Readonly<Record<string, unknown>>): ConstructorParameters<typeof GrantRefused>[1] {
  const { error, error_description: description, error_codes: numbers } = answer;
  const number: unknown = Array.isArray(numbers) ? numbers[0] : null;
  return {
    code: typeof error === 'string' && /^[\w.-]{1,60}$/.test(error) ? error : null,
    number: typeof number === 'number' ? number : null,
    description: typeof description === 'string' ? description.replace(/\s+/g, ' ').slice(0, SERVER_TEXT_LENGTH) : null,
  };
}
