import { readFile } from 'node:fs/promises';
import type { AttemptHandle, Client } from '../../src/model/probe.ts';
import { connect } from '../../src/net/connect.ts';
import { exchange } from '../../src/net/http.ts';
import { hostPort, resolve } from '../../src/net/resolve.ts';
import { startTls } from '../../src/net/tls.ts';
import { classify, TokenUnusable } from './causes.ts';
import { claimsOf } from './claims.ts';
import { grantRequest, readGrant } from './grant.ts';
import type { TokenObservation } from './probe.ts';
import { type ClientCredentials, hostOf, portOf, type TokenSettings } from './settings.ts';

const MOST_BYTES = 65_536;

export const client: Client<TokenSettings, TokenObservation> = {
  async attempt({ source }, at) {
    switch (source.type) {
      case 'client-credentials':
        return await grant(source, at);
      case 'file':
        return await at.stage('request', async (signal) => weigh(at, await tokenInFile(source.path, signal)));
      case 'env':
        return await at.stage('request', async () => weigh(at, tokenInEnvironment(source.name, at)));
      case 'value':
        return await at.stage('request', async () => weigh(at, source.value.trim()));
      default:
        return source satisfies never;
    }
  },
  classify,
};

async function grant(source: ClientCredentials, at: AttemptHandle): Promise<TokenObservation> {
  const url = new URL(source.tokenUrl);
  const host = hostOf(url);
  const addresses = await resolve(at, host, portOf(url), hostPort(host, portOf(url)));
  const { socket, server } = await connect(at, addresses, 'system');
  const trusted = source.ca === undefined ? {} : { ca: source.ca.bytes };
  const tls = { host, ALPNProtocols: ['http/1.1'], ...trusted };
  const stream = url.protocol === 'https:' ? await startTls(at, socket, tls, server) : socket;
  const askedAtMs = Date.now();
  const form = grantRequest(source);
  return await exchange(
    at,
    stream,
    {
      url,
      method: 'POST',
      ...form,
      mostBodyBytes: MOST_BYTES,
      read: (response) => {
        const { accessToken, expiresInSeconds, dateMs } = readGrant(response);
        const skewSeconds = dateMs === null ? null : aheadSeconds(dateMs, askedAtMs);
        if (skewSeconds !== null) at.measure('clockSkewSeconds', skewSeconds);
        return weigh(at, accessToken, { expiresInSeconds, skewSeconds: skewSeconds ?? 0 });
      },
    },
    server,
  );
}

/** How far the issuer's clock is ahead of ours, to a second: Date drops the fraction, half a second on the average. */
function aheadSeconds(dateMs: number, askedAtMs: number): number {
  const middleMs = (askedAtMs + Date.now()) / 2;
  return Math.round((dateMs + 500 - middleMs) / 1000);
}

async function tokenInFile(path: string, signal: AbortSignal): Promise<string> {
  const text = await readFile(path, { encoding: 'utf8', signal }).catch((error: unknown) => {
    throw new TokenUnusable('token-missing', `the file ${path} cannot be read`, { cause: error });
  });
  if (text.trim() === '') throw new TokenUnusable('token-missing', `the file ${path} is empty`);
  return text.trim();
}

function tokenInEnvironment(name: string, at: AttemptHandle): string {
  const text = at.environment[name]?.trim() ?? '';
  if (text === '') throw new TokenUnusable('token-missing', `the environment variable ${name} is not set or empty`);
  return text;
}

type IssuersWord = { readonly expiresInSeconds: number | null; readonly skewSeconds: number };
const NO_WORD: IssuersWord = { expiresInSeconds: null, skewSeconds: 0 };

/** What is left of a token's life on our clock, by its own claim where it makes one; whether it has ended, the issuer's clock says. */
function weigh(at: AttemptHandle, token: string, { expiresInSeconds, skewSeconds } = NO_WORD): TokenObservation {
  at.secret(token);
  const { expSeconds, iatSeconds, ...observed } = claimsOf(token);
  const left = expSeconds === null ? expiresInSeconds : expSeconds - Date.now() / 1000;
  if (left === null)
    throw new TokenUnusable('token-unreadable', 'neither exp nor expires_in tells the end of the token');
  at.measure('expiresInSeconds', Math.round(left * 1000) / 1000);
  if (expSeconds !== null && iatSeconds !== null) at.measure('lifetimeSeconds', expSeconds - iatSeconds);
  const endedSeconds = skewSeconds - left;
  if (expSeconds !== null && endedSeconds >= 0)
    throw new TokenUnusable('token-expired', `the token ended ${Math.ceil(endedSeconds)} s ago`);
  return observed;
}
