import { createServer } from 'node:net';
import { expect, test } from 'vitest';
import { listen } from '../../../../fixtures/kit/listen.ts';
import { kafka } from '../../../../probes/kafka/probe.ts';
import { saidOf, tryOnce } from '../../../kit/attempt.ts';

test.each([
  ['an HTTP error page', 'HTTP/1.1 400 Bad Request\r\n\r\n', 'negotiate protocol-violation'],
  ['an answer to another request', '0000000a0000002a00000000000000', 'negotiate protocol-violation'],
  ['an answer that ends too early', '00000006000000010000', 'negotiate protocol-violation'],
  ['a TLS alert', '15030300020250', 'negotiate encryption-required'],
  ['nothing, and the end', '', 'negotiate connection-closed'],
])('a peer that answers with %s', async (_, answer, said) => {
  const bytes = /^[0-9a-f]*$/.test(answer) ? Buffer.from(answer, 'hex') : Buffer.from(answer);
  await using peer = await listen(createServer((socket) => void socket.once('data', () => socket.end(bytes))));
  const properties = { 'bootstrap.servers': `127.0.0.1:${peer.port}` };
  const tried = await tryOnce(kafka, { mode: 'spark', topic: 'claims', properties });
  expect(saidOf(tried)).toBe(said);
});
