import { ProtocolViolation } from './packets.ts';

/** Values of the option ENCRYPTION, [MS-TDS] 2.2.6.5. */
export const ENCRYPT = { off: 0x00, on: 0x01, notSupported: 0x02, required: 0x03 } as const;

const OPTION = { version: 0x00, encryption: 0x01, instance: 0x02, threadId: 0x03, mars: 0x04 } as const;
const TERMINATOR = 0xff;
const OPTION_BYTES = 5;
/** UL_VERSION of a client is for the server's log alone. */
const VERSION = Buffer.from([1, 0, 0, 0, 0, 0]);

/** The options that FreeTDS sends too: no federated login, no MARS, any instance. */
export function buildPrelogin(encryption: number): Buffer {
  const options: readonly (readonly [number, Buffer])[] = [
    [OPTION.version, VERSION],
    [OPTION.encryption, Buffer.from([encryption])],
    [OPTION.instance, Buffer.from([0])],
    [OPTION.threadId, Buffer.alloc(4)],
    [OPTION.mars, Buffer.from([0])],
  ];
  const heads = Buffer.alloc(options.length * OPTION_BYTES + 1);
  let offset = heads.length;
  for (const [index, [token, data]] of options.entries()) {
    heads.writeUInt8(token, index * OPTION_BYTES);
    heads.writeUInt16BE(offset, index * OPTION_BYTES + 1);
    heads.writeUInt16BE(data.length, index * OPTION_BYTES + 3);
    offset += data.length;
  }
  heads.writeUInt8(TERMINATOR, heads.length - 1);
  return Buffer.concat([heads, ...options.map(([, data]) => data)]);
}

export type Prelogin = { readonly encryption: number };

export function parsePrelogin(payload: Buffer): Prelogin {
  return { encryption: payload.readUInt8(encryptionAt(payload)) };
}

/** The answer once encryption is settled: tedious, which is to see it, would otherwise begin a handshake of its own. */
export function settled(payload: Buffer): Buffer {
  const answer = Buffer.from(payload);
  answer.writeUInt8(ENCRYPT.notSupported, encryptionAt(answer));
  return answer;
}

function encryptionAt(payload: Buffer): number {
  for (let at = 0; at + OPTION_BYTES <= payload.length && payload.readUInt8(at) !== TERMINATOR; at += OPTION_BYTES) {
    if (payload.readUInt8(at) !== OPTION.encryption) continue;
    const offset = payload.readUInt16BE(at + 1);
    if (offset < payload.length && payload.readUInt16BE(at + 3) === 1) return offset;
  }
  throw new ProtocolViolation('the answer to PRELOGIN has no option ENCRYPTION');
}
