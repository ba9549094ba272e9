import { Buffer } from 'node:buffer';
import type { Socket } from 'node:net';
import { firstErrorOf } from '../../src/net/first-error.ts';
import { PeerClosed } from '../../src/net/stay.ts';
import { ProtocolViolation, TlsRequired } from './refusals.ts';

/** No answer of ours comes near it, and the first bytes of most other protocols read as a larger size. */
const MAX_ANSWER_BYTES = 64 * 1024 * 1024;

type Waiting = { readonly done: (answer: Buffer) => void; readonly failed: (error: unknown) => void };

/**
 * Sends one request and gives its answer, both without their size. Once the socket has ended, whatever is asked fails with what ended it.
 * A library that waits for `end` alone would wait for ever on a socket that was destroyed.
 */
export function exchangeOver(socket: Socket): (request: Buffer) => Promise<Buffer> {
  let received: Buffer = Buffer.alloc(0);
  let waiting: Waiting | null = null;
  let ended: unknown = null;

  const end = (error: unknown): void => {
    ended ??= error;
    waiting?.failed(ended);
    waiting = null;
  };
  const onData = (chunk: Buffer): void => {
    received = Buffer.concat([received, chunk]);
    const violation = violationIn(received);
    if (violation !== null) end(violation);
    if (ended !== null || received.length < 4 || received.length < 4 + received.readInt32BE(0)) return;
    const answer = received.subarray(4, 4 + received.readInt32BE(0));
    received = received.subarray(4 + answer.length);
    waiting?.done(answer);
    waiting = null;
  };
  socket.on('data', onData);
  socket.once('end', () => end(firstErrorOf(socket) ?? new PeerClosed()));
  socket.once('close', () => end(firstErrorOf(socket) ?? new PeerClosed()));

  return (request) =>
    new Promise((done, failed) => {
      if (ended !== null) return failed(ended);
      waiting = { done, failed };
      socket.write(request);
    });
}

function violationIn(received: Buffer): Error | null {
  // RFC 8446 5.1: an alert is record type 21, and its version begins with 3
  if (received[0] === 0x15 && received[1] === 0x03) return new TlsRequired('the listener answered with a TLS alert');
  if (received.length < 4) return null;
  const size = received.readInt32BE(0);
  return size < 0 || size > MAX_ANSWER_BYTES
    ? new ProtocolViolation('the answer is not one of Kafka’s protocol')
    : null;
}
