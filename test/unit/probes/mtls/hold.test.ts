import { createServer } from 'node:tls';
import { expect, test } from 'vitest';
import { startApi } from '../../../../fixtures/api/api.ts';
import { listen } from '../../../../fixtures/kit/listen.ts';
import { type Relay, startRelay } from '../../../../fixtures/kit/relay.ts';
import { mtls } from '../../../../probes/mtls/probe.ts';
import { saidOf, tryOnce } from '../../../kit/attempt.ts';
import { authority, server, settingsFor } from './lab.ts';

const api = (closeIdleAfterMs?: number) =>
  startApi({
    identity: server,
    clientAuthority: authority.certPem,
    ...(closeIdleAfterMs === undefined ? {} : { closeIdleAfterMs }),
  });

const hold = (port: number, plannedMs: number) =>
  tryOnce(mtls, settingsFor(port, 'known'), {
    hold: { kind: 'idle', plannedMs, keepalive: 'as-client' },
    deadlinesMs: { reuse: 200 },
  });

const relay = (target: Relay | { host: string; port: number }, onForget: 'silent' | 'reset') =>
  startRelay({ to: target, from: ['127.0.0.1'], forgetIdleAfterMs: 150, onForget });

test('a connection that idled is used again, and it is the same one', async () => {
  await using target = await api();
  const held = await hold(target.port, 100);

  expect(saidOf(held)).toBeNull();
  expect(held.stages.map(({ stage }) => stage)).toEqual(['resolve', 'connect', 'tls', 'request', 'hold', 'reuse']);
  expect(held.stages.find(({ stage }) => stage === 'hold')?.elapsedMs).toBeGreaterThan(95);
  expect(target.tally.openedAtMs).toHaveLength(1);
  expect(target.requests).toBe(2);
});

test('a device that forgot the flow in silence is met as silence when it is used again', async () => {
  await using target = await api();
  await using between = await relay(target, 'silent');
  const held = await hold(between.port, 300);

  expect(saidOf(held)).toBe('reuse idle-silent');
  expect(between.forgotten).toBe(1);
  expect(target.requests).toBe(1);
});

test('a device that forgot the flow and resets is met as a reset', async () => {
  await using target = await api();
  await using between = await relay(target, 'reset');

  expect(saidOf(await hold(between.port, 300))).toBe('reuse connection-reset');
});

test('a server that closes what idles is seen while the connection is held', async () => {
  await using target = await api(150);
  const held = await hold(target.port, 5_000);

  expect(saidOf(held)).toBe('hold connection-closed');
  expect(held.stages.at(-1)?.elapsedMs).toBeLessThan(1_000);
});

test('a hint of the server that it will close soon does not make us close before it', async () => {
  await using target = await listen(
    createServer({ cert: server.certPem, key: server.keyPem }, (socket) =>
      socket.on('data', () => socket.write('HTTP/1.1 200 OK\r\nKeep-Alive: timeout=1\r\nContent-Length: 0\r\n\r\n')),
    ),
  );

  expect(saidOf(await hold(target.port, 100))).toBeNull();
});

test('any answer shows that the connection lives, also one that would fail an attempt', async () => {
  const fine = { at: 'request', do: 'delay', delayMs: 0 } as const;
  const unavailable = { at: 'request', do: 'status', status: 503 } as const;
  await using target = await startApi({
    identity: server,
    clientAuthority: authority.certPem,
    faults: [fine, unavailable],
  });

  expect(saidOf(await hold(target.port, 50))).toBeNull();
  expect(target.faults.fired).toBe(2);
});

test('a connection in use lives where an idle one is forgotten, and makes a request at each use', async () => {
  await using target = await api();
  await using between = await relay(target, 'silent');
  const inUse = { kind: 'in-use', plannedMs: 1_000, keepalive: 'as-client' } as const;
  const held = await tryOnce(mtls, settingsFor(between.port, 'known'), { hold: inUse, deadlinesMs: { reuse: 200 } });

  expect(saidOf(held)).toBeNull();
  expect(between.forgotten).toBe(0);
  expect(target.requests).toBeGreaterThanOrEqual(8);
  expect(target.tally.openedAtMs).toHaveLength(1);
});

test('a connection in use that falls silent is found at its next use, and timed by its last answer', async () => {
  const answers = { at: 'request', do: 'delay', delayMs: 0, times: 4 } as const;
  await using target = await startApi({
    identity: server,
    clientAuthority: authority.certPem,
    faults: [answers, { at: 'request', do: 'hang' }],
  });
  const inUse = { kind: 'in-use', plannedMs: 5_000, keepalive: 'as-client' } as const;
  const held = await tryOnce(mtls, settingsFor(target.port, 'known'), { hold: inUse, deadlinesMs: { reuse: 200 } });

  expect(saidOf(held)).toBe('hold in-use-silent');
  expect(Math.round((held.measures['lastAnswerMs'] ?? 0) / 500)).toBe(3);
});

test('a connection is held for longer than the HTTP client would keep it by itself (4 s)', async () => {
  await using target = await api();

  expect(saidOf(await hold(target.port, 5_500))).toBeNull();
});

test('a body longer than what is looked at is read to its end, so that the connection can be used again', async () => {
  const body = 'x'.repeat(500_000);
  await using target = await listen(
    createServer({ cert: server.certPem, key: server.keyPem }, (socket) =>
      socket.on('data', () => socket.write(`HTTP/1.1 200 OK\r\nContent-Length: ${body.length}\r\n\r\n${body}`)),
    ),
  );

  expect(saidOf(await hold(target.port, 100))).toBeNull();
});
