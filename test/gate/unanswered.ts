import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { Worker } from 'node:worker_threads';

const HOST = '127.0.0.1';
const BACKLOG = 1;

/** Listens, and its thread then stands still for ever: connections fill the kernel's queue, and nobody takes them out of it. */
const LISTENER = `
  const { createServer } = require('node:net');
  const { parentPort } = require('node:worker_threads');
  const server = createServer().listen({ port: 0, host: '${HOST}', backlog: ${BACKLOG} }, () => {
    parentPort.postMessage(server.address().port);
    setImmediate(() => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0));
  });
`;

export type Unanswered = { readonly host: string; readonly port: number; [Symbol.asyncDispose](): Promise<void> };

/** A port behind which SYNs vanish, as behind a firewall that drops them: Linux answers none while the queue is full. */
export async function startUnanswered(): Promise<Unanswered> {
  const worker = new Worker(LISTENER, { eval: true });
  const [port] = await once(worker, 'message');
  // Linux queues one connection more than it is told to
  const filling: Socket[] = Array.from({ length: BACKLOG + 1 }, () => connect(port, HOST));
  await Promise.all(filling.map((socket) => once(socket, 'connect')));
  // they are reset when the listener goes
  for (const socket of filling) socket.on('error', () => socket.destroy());
  return {
    host: HOST,
    port,
    async [Symbol.asyncDispose]() {
      for (const socket of filling) socket.destroy();
      await worker.terminate();
    },
  };
}
