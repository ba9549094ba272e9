import { describe, expect, test } from 'vitest';
import { classify } from '../../../../probes/token/causes.ts';
import { claimsOf } from '../../../../probes/token/claims.ts';
import { formEncoded, grantRequest, readGrant } from '../../../../probes/token/grant.ts';

/** The outcome of reading an answer, as the engine would see it. */
function refusal(status: number, body: unknown) {
  try {
    return readGrant({ status, headers: {}, body: typeof body === 'string' ? body : JSON.stringify(body) });
  } catch (error) {
    return classify(error, 'request');
  }
}

test('Basic authentication form-encodes both parts first (RFC 6749 2.3.1, appendix B)', () => {
  // The octets of appendix B's own example.
  expect(formEncoded(' %&+£€')).toBe('+%25%26%2B%C2%A3%E2%82%AC');
  const { headers, body } = grantRequest({
    type: 'client-credentials',
    tokenUrl: 'https://login.example/token',
    clientId: 'a:b',
    clientSecret: 'c d',
    auth: 'basic',
  });
  expect(headers['authorization']).toBe(`Basic ${Buffer.from('a%3Ab:c+d').toString('base64')}`);
  expect(body).toBe('grant_type=client_credentials');
});

describe('an answer that grants nothing', () => {
  test.each([
    [401, { error: 'invalid_client' }, 'login-rejected'],
    [400, { error: 'invalid_client' }, 'login-rejected'],
    [401, 'proxy says no', 'login-rejected'],
    [400, { error: 'unauthorized_client' }, 'not-authorized'],
    [400, { error: 'invalid_scope' }, 'not-authorized'],
    [400, { error: 'unsupported_grant_type' }, 'status-unexpected'],
    [400, { error: 'invalid_request' }, 'status-unexpected'],
    [503, { error: 'temporarily_unavailable' }, 'server-error'],
    [502, '<html>', 'server-error'],
    [429, '', 'throttled'],
    [404, 'null', 'status-unexpected'],
    [200, { token: 'x' }, 'protocol-violation'],
    [200, '<html>welcome</html>', 'protocol-violation'],
    [200, { access_token: '' }, 'protocol-violation'],
  ])('%i %j is %s', (status, body, cause) => {
    expect(refusal(status, body)).toMatchObject({ cause });
  });

  test('keeps the number of Entra and its whole text, which is cut to an excerpt only after it was redacted', () => {
    const description =
      'AADSTS7000215: Invalid client secret provided. Ensure the secret is right. Trace ID: 4d0c Timestamp: 2026-01-01';
    expect(refusal(401, { error: 'invalid_client', error_description: description, error_codes: [7000215] })).toEqual({
      cause: 'login-rejected',
      code: 'invalid_client',
      number: 7000215,
      detail: `HTTP 401: invalid_client: ${description}`,
    });
  });

  test('does not take just any text for an error code', () => {
    expect(refusal(400, { error: 'no such <code>' })).toMatchObject({ code: null, number: 400, detail: 'HTTP 400' });
  });
});

test('expires_in may be written as a string', () => {
  const answer = { status: 200, headers: { date: 'Thu, 01 Jan 2026 00:00:00 GMT' } };
  const grant = (expires_in: unknown) =>
    readGrant({ ...answer, body: JSON.stringify({ access_token: 't', expires_in }) });
  expect(grant('3600')).toEqual({ accessToken: 't', expiresInSeconds: 3600, dateMs: Date.UTC(2026, 0, 1) });
  expect(grant(3600).expiresInSeconds).toBe(3600);
  expect(grant('soon').expiresInSeconds).toBeNull();
  expect(readGrant({ status: 200, headers: {}, body: '{"access_token":"t"}' }).dateMs).toBeNull();
});

describe('the claims of a token', () => {
  const jwt = (claims: object) =>
    [{ alg: 'none' }, claims].map((part) => Buffer.from(JSON.stringify(part)).toString('base64url')).join('.');

  test.each([
    [{ scope: 'a b  c' }, 3],
    [{ scp: 'a b' }, 2],
    [{ scp: ['a'] }, 1],
    [{ scope: 7 }, 0],
    [{}, 0],
  ])('%j has %i scopes', (claims, scopes) => {
    expect(claimsOf(`${jwt(claims)}.`).scopes).toBe(scopes);
  });

  test('of the wrong type are none', () => {
    expect(claimsOf(`${jwt({ iss: 7, aud: [1, 'a'], exp: 'soon', iat: null, azp: {} })}.`)).toEqual({
      form: 'jwt',
      iss: null,
      aud: ['a'],
      azp: null,
      scopes: 0,
      expSeconds: null,
      iatSeconds: null,
    });
  });

  test.each(['', 'dapi0123', 'a.b.c', 'a.b.c.d.e', `${jwt({})}`])('%j is opaque', (text) => {
    expect(claimsOf(text).form).toBe('opaque');
  });
});
