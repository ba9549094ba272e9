import type { Duplex } from 'node:stream';
import { PeerClosed } from '../../src/net/stay.ts';

// [MS-TDS] 2.2.3.1: each packet begins with type, status, length (big-endian, header included), SPID, packet id and window.

export const PACKET = { tabularResult: 0x04, prelogin: 0x12 } as const;
export const HEADER_BYTES = 8;
/** What both sides use until LOGIN7 has agreed on another size. */
const PACKET_BYTES = 4096;
const END_OF_MESSAGE = 0x01;

/** Bytes that TDS does not allow. What they are is not kept. */
export class ProtocolViolation extends Error {
  override readonly name = 'ProtocolViolation';
}

export function message(type: number, payload: Buffer): Buffer {
  const room = PACKET_BYTES - HEADER_BYTES;
  const count = Math.max(1, Math.ceil(payload.length / room));
  return Buffer.concat(
    Array.from({ length: count }, (_, index) => {
      const part = payload.subarray(index * room, (index + 1) * room);
      const header = Buffer.alloc(HEADER_BYTES);
      header.writeUInt8(type, 0);
      header.writeUInt8(index === count - 1 ? END_OF_MESSAGE : 0, 1);
      header.writeUInt16BE(part.length + HEADER_BYTES, 2);
      header.writeUInt8((index + 1) % 256, 6);
      return Buffer.concat([header, part]);
    }),
  );
}

export const endsMessage = (packet: Buffer): boolean => (packet.readUInt8(1) & END_OF_MESSAGE) !== 0;

/** The length of the packet that begins here; null where its header is not there as a whole. */
export function lengthOf(bytes: Buffer, types: readonly number[]): number | null {
  const type = bytes.at(0);
  if (type === undefined) return null;
  if (!types.includes(type)) throw new ProtocolViolation(`a packet of type 0x${type.toString(16)} where TDS has none`);
  if (bytes.length < HEADER_BYTES) return null;
  const length = bytes.readUInt16BE(2);
  if (length < HEADER_BYTES) throw new ProtocolViolation(`a packet that states a length of ${length}`);
  return length;
}

/** Cuts a stream of bytes into packets. */
export class PacketCutter {
  readonly #types: readonly number[];
  #pending: Buffer = Buffer.alloc(0);

  constructor(types: readonly number[]) {
    this.#types = types;
  }

  cut(chunk: Buffer): Buffer[] {
    this.#pending = Buffer.concat([this.#pending, chunk]);
    const packets: Buffer[] = [];
    for (;;) {
      const length = lengthOf(this.#pending, this.#types);
      if (length === null || this.#pending.length < length) return packets;
      packets.push(this.#pending.subarray(0, length));
      this.#pending = this.#pending.subarray(length);
    }
  }
}

/** The payload of the next message. The stream is paused then, for whoever reads on. */
export function readMessage(stream: Duplex, signal: AbortSignal): Promise<Buffer> {
  const cutter = new PacketCutter([PACKET.tabularResult]);
  const payload: Buffer[] = [];
  return new Promise((resolve, reject) => {
    const settle = (end: () => void): void => {
      stream.off('data', onData).off('end', onEnd).off('close', onEnd).off('error', onError).pause();
      signal.removeEventListener('abort', onAbort);
      end();
    };
    const onData = (chunk: Buffer): void => {
      try {
        for (const packet of cutter.cut(chunk)) {
          payload.push(packet.subarray(HEADER_BYTES));
          if (endsMessage(packet)) settle(() => resolve(Buffer.concat(payload)));
        }
      } catch (error) {
        settle(() => reject(error));
      }
    };
    const onEnd = (): void => settle(() => reject(new PeerClosed()));
    const onError = (error: Error): void => settle(() => reject(error));
    const onAbort = (): void => settle(() => reject(signal.reason));
    stream.on('data', onData).once('end', onEnd).once('close', onEnd).once('error', onError).resume();
    signal.addEventListener('abort', onAbort, { once: true });
  });
}
