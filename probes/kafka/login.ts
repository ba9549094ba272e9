import { Buffer } from 'node:buffer';
import { DIGESTS, SCRAM } from 'kafkajs/src/broker/saslAuthenticator/scram.js';
import { SERVER_TEXT_LENGTH } from '../../src/net/causes.ts';
import { API } from './apis.ts';
import type { KafkaConnection } from './connection.ts';
import type { Sasl } from './java-client.ts';
import { BrokerRefusal, NotTestable, ServerNotProven } from './refusals.ts';

/** SaslHandshake, then the exchange of the mechanism within SaslAuthenticate (KIP-43, KIP-152). Gives the lifetime of the session. */
export async function login(connection: KafkaConnection, sasl: Sasl): Promise<{ readonly sessionLifetimeMs: number }> {
  const { mechanism, credentials } = sasl;
  const { errorCode, enabledMechanisms } = await connection.ask(API.SaslHandshake, { mechanism });
  if (errorCode !== 0)
    throw new BrokerRefusal(
      'SaslHandshake',
      errorCode,
      `The listener offers ${enabledMechanisms.join(', ') || 'none'}.`,
    );
  if (credentials === null) throw new NotTestable(`this client does not speak ${mechanism}; the listener offers it`);
  if (mechanism === 'PLAIN') {
    // RFC 4616
    const { sessionLifetimeMs } = await authenticate(
      connection,
      ['', credentials.username, credentials.password].join('\0'),
    );
    return { sessionLifetimeMs };
  }
  return scram(connection, mechanism === 'SCRAM-SHA-512' ? DIGESTS.SHA512 : DIGESTS.SHA256, credentials);
}

type Credentials = NonNullable<Sasl['credentials']>;

async function scram(connection: KafkaConnection, digest: object, credentials: Credentials) {
  const silent = { debug: () => {}, error: () => {} };
  let sessionLifetimeMs = 0;
  let failure: unknown = null;
  const client = new SCRAM(
    credentials,
    '',
    0,
    silent,
    async ({ request, response }) => {
      const answer = await authenticate(connection, await request.encode()).catch((error: unknown) => {
        failure = error;
        throw error;
      });
      sessionLifetimeMs = answer.sessionLifetimeMs;
      return response.parse(await response.decode(answer.token));
    },
    digest,
  );
  try {
    await client.authenticate();
  } catch (error) {
    // kafkajs turns every error into one with a text alone, and the broker's number is lost
    throw failure ?? new ServerNotProven(error instanceof Error ? error.message : 'SCRAM failed');
  }
  return { sessionLifetimeMs };
}

/** Tokens of kafkajs come with their size before them, and are given back so. */
async function authenticate(connection: KafkaConnection, token: string | Buffer) {
  const authBytes = typeof token === 'string' ? sized(token) : token;
  const answer = await connection.ask(API.SaslAuthenticate, { authBytes });
  if (answer.errorCode !== 0)
    throw new BrokerRefusal('SaslAuthenticate', answer.errorCode, excerpt(answer.errorMessage ?? ''));
  return { token: answer.authBytes, sessionLifetimeMs: Number(answer.sessionLifetimeMs ?? 0) };
}

function sized(text: string): Buffer {
  const bytes = Buffer.from(text, 'utf8');
  const size = Buffer.alloc(4);
  size.writeInt32BE(bytes.length);
  return Buffer.concat([size, bytes]);
}

const excerpt = (text: string): string => text.replace(/\s+/g, ' ').slice(0, SERVER_TEXT_LENGTH);
