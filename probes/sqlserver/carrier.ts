import type { Socket } from 'node:net';
import { Duplex } from 'node:stream';
import { firstErrorOf } from '../../src/net/first-error.ts';
import { endsMessage, HEADER_BYTES, lengthOf, message, PACKET, PacketCutter } from './packets.ts';
import { checkTokens } from './tokens.ts';

export type Ways = {
  readonly socket: Socket;
  /** The answer to PRELOGIN, as tedious is to see it. */
  readonly preloginAnswer: Buffer;
  /** What carries LOGIN7, and what carries everything after it. They differ where the login alone is encrypted. */
  readonly login: Duplex;
  readonly session: Duplex;
};

const LOGIN7 = 0x10;

/**
 * What tedious takes for its socket: a connection on which PRELOGIN and TLS are done. Its own PRELOGIN is answered here, its LOGIN7
 * goes the way that was agreed on. So nothing that tedious does can send a password where encryption was asked for and not obtained.
 */
export class Carrier extends Duplex {
  readonly #ways: Ways;
  #phase: 'prelogin' | 'login' | 'session' = 'prelogin';
  #outgoing: Buffer = Buffer.alloc(0);
  readonly #incoming = new PacketCutter([PACKET.tabularResult]);
  readonly #packets: Buffer[] = [];

  constructor(ways: Ways) {
    super();
    this.#ways = ways;
    const { session } = ways;
    session.on('data', this.#onData);
    // a server closes right after the error it sends, and tedious would not read the one if it saw the other in the same turn
    session.once('end', () => setImmediate(() => this.#end()));
    session.once('error', (error) => this.destroy(error));
    session.once('close', () => this.destroy());
  }

  /** Keepalive is set where the socket is made; tedious would set its own. */
  setKeepAlive(): this {
    return this;
  }

  /** TLS turns the reset of the socket below it into an end. */
  #end(): void {
    const error = firstErrorOf(this.#ways.socket);
    if (error === null) this.push(null);
    else this.destroy(error);
  }

  override _read(): void {
    this.#ways.session.resume();
  }

  override _write(chunk: Buffer, _encoding: string, done: (error?: Error | null) => void): void {
    if (this.#phase === 'session') {
      this.#ways.session.write(chunk, done);
      return;
    }
    this.#outgoing = Buffer.concat([this.#outgoing, chunk]);
    for (let packet = this.#nextPacket(); packet !== null; packet = this.#nextPacket()) this.#send(packet);
    done();
  }

  override _final(done: (error?: Error | null) => void): void {
    this.#ways.session.end(done);
  }

  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    this.#ways.session.off('data', this.#onData);
    this.#ways.session.destroy();
    done(error);
  }

  #nextPacket(): Buffer | null {
    const length = lengthOf(this.#outgoing, [PACKET.prelogin, LOGIN7]);
    if (length === null || this.#outgoing.length < length) return null;
    const packet = this.#outgoing.subarray(0, length);
    this.#outgoing = this.#outgoing.subarray(length);
    return packet;
  }

  #send(packet: Buffer): void {
    if (this.#phase === 'login') this.#ways.login.write(packet);
    if (!endsMessage(packet)) return;
    if (this.#phase === 'prelogin') this.push(message(PACKET.tabularResult, this.#ways.preloginAnswer));
    this.#phase = this.#phase === 'prelogin' ? 'login' : 'session';
  }

  /**
   * A message is handed on as a whole or not at all: of one that ends too early tedious waits for the end without any limit, and what
   * is no token stream it throws where nobody can catch it.
   */
  readonly #onData = (chunk: Buffer): void => {
    try {
      for (const packet of this.#incoming.cut(chunk)) {
        this.#packets.push(packet);
        if (!endsMessage(packet)) continue;
        const packets = this.#packets.splice(0);
        checkTokens(Buffer.concat(packets.map((each) => each.subarray(HEADER_BYTES))));
        this.push(Buffer.concat(packets));
      }
    } catch (error) {
      this.destroy(error instanceof Error ? error : new Error('not an error object'));
    }
  };
}
