import type { Socket } from 'node:net';
import { Connection, type ConnectionConfiguration, Request } from 'tedious';
import { z } from 'zod';
import type { AttemptHandle } from '../../src/model/probe.ts';
import { PeerClosed } from '../../src/net/stay.ts';
import { asSocket } from './as-socket.ts';
import type { Opened } from './handshake.ts';
import type { Hop } from './redirect.ts';
import { addressIn, type ServerMessage, telling } from './server-error.ts';
import type { Credential, Target } from './target.ts';

export type Row = Readonly<Record<string, unknown>>;
export type LoggedIn = { readonly query: (sql: string) => Promise<Row> };
export type Login = { readonly target: Target; readonly credential: Credential; readonly hop: Hop };

/** tedious sends LOGIN7 and reads what follows; the connection below it is ours, and so is the way to another server. */
export async function logIn(at: AttemptHandle, opened: Opened, login: Login): Promise<LoggedIn | { redirect: Hop }> {
  const dialogue = converse(at, opened, login);
  const redirect = await at.stage('authenticate', () => dialogue.acknowledged, opened.server);
  return redirect === null ? dialogue : { redirect };
}

type Dialogue = LoggedIn & {
  /** LOGINACK came: null, or with it the server that is to be asked instead. */
  readonly acknowledged: Promise<Hop | null>;
};

/** What `debug` says when LOGINACK is read: no event does. Without it, `acknowledged` would wait for `ready`. */
const LOGGED_IN = /-> LoggedInSendingInitialSql$/;

function converse(at: AttemptHandle, opened: Opened, login: Login): Dialogue {
  const said: ServerMessage[] = [];
  let follow: (hop: Hop) => void = () => {};
  const connection = new Connection(
    configuration(
      at,
      login,
      connectorOf(opened, (hop) => follow(hop)),
    ),
  );
  at.defer(() => connection.close());
  connection.on('error', () => {});
  connection.on('errorMessage', (message) => void said.push(message));
  const explained = (error: unknown): unknown => {
    const explanation = explain(error, said.splice(0), opened);
    const egress = addressIn(explanation);
    if (egress !== null) at.saw({ egress });
    return explanation;
  };
  // the SET statements that tedious sends of its own accord are answered
  const ready = new Promise<void>((resolve, reject) => {
    connection.connect((error) => {
      if (error === undefined || error === null) resolve();
      else reject(explained(error));
    });
  });
  const acknowledged = new Promise<Hop | null>((resolve, reject) => {
    follow = resolve;
    connection.on('debug', (text) => LOGGED_IN.test(text) && resolve(null));
    ready.then(() => resolve(null), reject);
  });
  // whichever the attempt does not come to await must not count as a lost promise
  acknowledged.catch(() => {});
  return { acknowledged, query: (sql) => ready.then(() => query(connection, sql, explained)) };
}

/** tedious asks for a socket, and after a redirect for another one: there the attempt goes on without it. */
function connectorOf({ carrier }: Opened, follow: (hop: Hop) => void): () => Promise<Socket> {
  let asked = 0;
  return async (...wanted: readonly unknown[]) => {
    asked += 1;
    if (asked === 1) return asSocket(carrier);
    const { host, port } = wantedServer.parse(wanted[0]);
    follow({ host, port, routed: true });
    throw new Error('the redirect is followed on a connection of its own');
  };
}

const wantedServer = z.object({ host: z.string(), port: z.int() });

/** Above what the stages allow: tedious is never the one that gives up. */
const PATIENCE_MS = 1_000;

function configuration(at: AttemptHandle, login: Login, connector: () => Promise<Socket>): ConnectionConfiguration {
  const { target, credential, hop } = login;
  const { user: userName, password } = credential;
  return {
    server: hop.host,
    authentication: { type: 'default', options: { userName, password } },
    options: {
      port: hop.port,
      connector,
      // the connection is encrypted already, as far as was agreed
      encrypt: false,
      maxRetriesOnTransientErrors: 0,
      connectTimeout: at.deadlineMs('authenticate') + at.deadlineMs('request') + PATIENCE_MS,
      requestTimeout: 0,
      appName: at.clientName,
      packetSize: target.packetBytes,
      readOnlyIntent: target.readOnlyIntent,
      ...(target.encryption === 'strict' ? { tdsVersion: '8_0' } : {}),
      ...(target.database === null ? {} : { database: target.database }),
      ...(target.workstation === null ? {} : { workstationId: target.workstation }),
    },
  };
}

function query(connection: Connection, sql: string, explained: (error: unknown) => unknown): Promise<Row> {
  return new Promise((resolve, reject) => {
    const row: Record<string, unknown> = {};
    const request = new Request(sql, (error) => {
      if (error === undefined || error === null) resolve(row);
      else reject(explained(error));
    });
    request.on('row', (columns: readonly { readonly metadata: { readonly colName: string }; value: unknown }[]) => {
      for (const { metadata, value } of columns) row[metadata.colName] = value;
    });
    connection.execSqlBatch(request);
  });
}

/** The server's own word first, then what happened to the connection; tedious turns a FIN into an ECONNRESET of its own. */
function explain(error: unknown, said: readonly ServerMessage[], { carrier }: Opened): unknown {
  const answer = telling(said);
  if (answer !== null) return answer;
  if (carrier.errored !== null) return carrier.errored;
  if (carrier.readableEnded) return new PeerClosed();
  return error;
}
