import { Buffer } from 'node:buffer';
import { createServer } from 'node:net';
import { createServer as createTlsServer } from 'node:tls';
import { describe, expect, test } from 'vitest';
import { type Listening, listen } from '../../../../fixtures/kit/listen.ts';
import { mintAuthority } from '../../../../fixtures/kit/pki.ts';
import { startRelay } from '../../../../fixtures/kit/relay.ts';
import { tcp } from '../../../../probes/tcp/probe.ts';
import type { Probe } from '../../../../src/model/probe.ts';
import { FileValue } from '../../../../src/model/settings.ts';
import { saidOf, tryOnce } from '../../../kit/attempt.ts';

const authority = mintAuthority('Lab authority');
const identity = authority.issue({ commonName: 'drop.lab', altNames: ['127.0.0.1'], usage: 'server' });
const ca = new FileValue(Buffer.from(authority.certPem), 'inline');

const SERVERS = {
  plain: () => listen(createServer((socket) => void socket.resume())),
  secured: () =>
    listen(
      createTlsServer({ cert: identity.certPem, key: identity.keyPem }, (socket) => {
        socket.on('error', () => socket.destroy()).resume();
      }),
    ),
};

/** As the engine has it: one client for all attempts and holds of a target. */
function oneClient<S, E, O>(probe: Probe<S, E, O>): Probe<S, E, O> {
  let client: ReturnType<typeof probe.load> | undefined;
  return {
    ...probe,
    load(settings) {
      client ??= probe.load(settings);
      return client;
    },
  };
}

type Kind = keyof typeof SERVERS;

/** An attempt, and then a hold over the relay. */
async function hold(kind: Kind, target: Listening, plannedMs: number, forget: 'silent' | 'reset' | null) {
  await using relay = await startRelay({
    to: target,
    from: ['127.0.0.1'],
    ...(forget === null ? {} : { forgetIdleAfterMs: 400, onForget: forget }),
  });
  const probe = oneClient(tcp);
  const settings = { host: relay.host, port: relay.port, ...(kind === 'plain' ? {} : { tls: { ca } }) };
  await tryOnce(probe, settings);
  const request = { kind: 'idle', plannedMs, keepalive: 'as-client' } as const;
  return await tryOnce(probe, settings, { hold: request, deadlinesMs: { reuse: 200 } });
}

describe.each(['plain', 'secured'] as const)('a held connection that is %s', (kind) => {
  test('and was kept is alive', async () => {
    await using target = await SERVERS[kind]();
    const held = await hold(kind, target, 100, null);

    expect(saidOf(held)).toBeNull();
    expect(held.stages.map(({ stage }) => stage).slice(-3)).toEqual(['request', 'hold', 'reuse']);
    expect(target.tally.openedAtMs).toHaveLength(2);
  });

  test('and was forgotten in silence is met as silence', async () => {
    await using target = await SERVERS[kind]();

    expect(saidOf(await hold(kind, target, 600, 'silent'))).toBe('reuse idle-silent');
  });
});

test('over TLS a device that forgot the flow and resets is met as a reset', async () => {
  await using target = await SERVERS.secured();

  expect(saidOf(await hold('secured', target, 600, 'reset'))).toBe('reuse connection-reset');
});

test('a server that closes what idles is seen while the connection is held', async () => {
  await using target = await listen(
    createServer((socket) => {
      socket.resume().setTimeout(400, () => socket.end());
    }),
  );

  expect(saidOf(await hold('plain', target, 5_000, null))).toBe('hold connection-closed');
});

test.each([
  ['keeps its half of the connection', (end: () => void) => void end],
  ['answers our end with a reset', (end: () => void) => end()],
])('a server that %s cannot be asked: the hold ends before it begins', async (_, onEnd) => {
  await using target = await listen(
    createServer({ allowHalfOpen: true }, (socket) => {
      socket.resume().on('end', () => onEnd(() => socket.resetAndDestroy()));
    }),
  );
  const held = await hold('plain', target, 100, null);

  expect(saidOf(held)).toBe('request not-testable');
  expect(held.stages.some(({ stage }) => stage === 'hold')).toBe(false);
});

test('without an attempt that has seen it close, a server cannot be asked either', async () => {
  await using target = await SERVERS.plain();
  const request = { kind: 'idle', plannedMs: 10, keepalive: 'as-client' } as const;

  expect(saidOf(await tryOnce(tcp, { host: target.host, port: target.port }, { hold: request }))).toBe(
    'request not-testable',
  );
});
