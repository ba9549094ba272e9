import type { Socket } from 'node:net';
import { Duplex } from 'node:stream';
import { PeerClosed } from '../../src/net/stay.ts';
import { HEADER_BYTES, message, PACKET, PacketCutter } from './packets.ts';

/**
 * What the TLS engine reads and writes. During the handshake a flight of records travels as one PRELOGIN message ([MS-TDS] 3.2.5.2);
 * after `handshakeDone` the records are on the socket as they are.
 */
export class TlsInTds extends Duplex {
  readonly #socket: Socket;
  readonly #cutter = new PacketCutter([PACKET.prelogin, PACKET.tabularResult]);
  #handshaking = true;
  #flight: Buffer[] = [];

  constructor(socket: Socket) {
    super();
    this.#socket = socket;
    socket.on('data', this.#onData);
    socket.once('end', () => (this.#handshaking ? this.destroy(new PeerClosed()) : this.push(null)));
    socket.once('error', (error) => this.destroy(error));
    socket.once('close', () => this.destroy());
  }

  handshakeDone(): void {
    this.#sendFlight();
    this.#handshaking = false;
  }

  /** From here on nothing that comes is TLS: only the login was to be encrypted, and the server answers in the clear. */
  stopReading(): void {
    this.#socket.off('data', this.#onData);
  }

  setKeepAlive(): this {
    return this;
  }

  override _read(): void {
    this.#socket.resume();
  }

  override _write(chunk: Buffer, _encoding: string, done: (error?: Error | null) => void): void {
    if (!this.#handshaking) {
      this.#socket.write(chunk, done);
      return;
    }
    // the engine writes the records of a flight one by one, and servers read a flight from one message
    if (this.#flight.length === 0) setImmediate(() => this.#sendFlight());
    this.#flight.push(chunk);
    done();
  }

  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    this.stopReading();
    done(error);
  }

  readonly #onData = (chunk: Buffer): void => {
    try {
      const records = this.#handshaking
        ? Buffer.concat(this.#cutter.cut(chunk).map((packet) => packet.subarray(HEADER_BYTES)))
        : chunk;
      if (records.length > 0 && !this.push(records)) this.#socket.pause();
    } catch (error) {
      this.destroy(error instanceof Error ? error : new Error('not an error object'));
    }
  };

  #sendFlight(): void {
    if (this.#flight.length === 0) return;
    const records = Buffer.concat(this.#flight);
    this.#flight = [];
    if (this.#socket.writable) this.#socket.write(message(PACKET.prelogin, records));
  }
}
