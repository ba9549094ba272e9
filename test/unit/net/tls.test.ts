import { createServer, type Socket } from 'node:net';
import { createServer as createTlsServer } from 'node:tls';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { listen } from '../../../fixtures/kit/listen.ts';
import { mintAuthority } from '../../../fixtures/kit/pki.ts';
import type { Probe } from '../../../src/model/probe.ts';
import { classifySocketError } from '../../../src/net/causes.ts';
import { connect } from '../../../src/net/connect.ts';
import { startTls } from '../../../src/net/tls.ts';
import { saidOf, tryOnce } from '../../kit/attempt.ts';

const authority = mintAuthority('Lab authority');
const server = authority.issue({ commonName: 'lab', altNames: ['127.0.0.1'], usage: 'server' });

/** Connects, then finishes a handshake, and observes whether an error came when the client's part was done. */
const handshake = (port: number, told: { judged?: boolean }): Probe<null, object, null> => ({
  type: 'handshake',
  title: 'a handshake',
  stages: ['connect', 'tls'],
  holds: [],
  settings: z.null(),
  expect: z.object({}),
  observation: z.null(),
  rules: [],
  describe: () => ({
    endpoint: '',
    footprint: { identity: null, servers: [] },
    differences: [],
    untestable: null,
    secrets: [],
    parts: [],
    deadlinesMs: {},
    privileges: [],
  }),
  load: async () => ({
    async attempt(_, at) {
      const { socket } = await connect(at, [{ address: '127.0.0.1', port }], 'off');
      await startTls(at, socket, {
        host: '127.0.0.1',
        ca: authority.certPem,
        explain: (error, judged) => {
          told.judged = judged;
          return error;
        },
      });
      return null;
    },
    classify: classifySocketError,
  }),
});

const afterHello = (end: (socket: Socket) => void) =>
  listen(createServer((socket) => socket.once('data', () => end(socket))));

test('a peer that closes in order within the handshake has closed, and not reset', async () => {
  await using target = await afterHello((socket) => socket.end());

  expect(saidOf(await tryOnce(handshake(target.port, {}), null))).toBe('tls connection-closed');
});

test('a peer that resets within the handshake has reset', async () => {
  await using target = await afterHello((socket) => socket.resetAndDestroy());

  expect(saidOf(await tryOnce(handshake(target.port, {}), null))).toBe('tls connection-reset');
});

test('under TLS 1.2 it is known whether the server ended the handshake before or after it had our part', async () => {
  const after: { judged?: boolean } = {};
  const before: { judged?: boolean } = {};
  await using demanding = await listen(
    createTlsServer({
      cert: server.certPem,
      key: server.keyPem,
      ca: authority.certPem,
      maxVersion: 'TLSv1.2',
      requestCert: true,
    }),
  );
  await using rude = await afterHello((socket) => socket.end());
  await tryOnce(handshake(demanding.port, after), null);
  await tryOnce(handshake(rude.port, before), null);

  expect(after.judged).toBe(true);
  expect(before.judged).toBe(false);
});
