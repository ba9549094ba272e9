import { ProtocolViolation } from './packets.ts';

// Token types of a response, [MS-TDS] 2.2.4, by how the length of a token is found.

const COLMETADATA = 0x81;
const FEATUREEXTACK = 0xae;
const FEATURE_TERMINATOR = 0xff;
/** TABNAME, COLINFO, ORDER, ERROR, INFO, LOGINACK, ENVCHANGE, SSPI: two bytes of length. */
const SHORT: ReadonlySet<number> = new Set([0xa4, 0xa5, 0xa9, 0xaa, 0xab, 0xad, 0xe3, 0xed]);
/** SESSIONSTATE, FEDAUTHINFO: four bytes of length. */
const LONG: ReadonlySet<number> = new Set([0xe4, 0xee]);
/** RETURNSTATUS, DONE, DONEPROC, DONEINPROC, less their type. */
const FIXED: ReadonlyMap<number, number> = new Map([
  [0x79, 4],
  [0xfd, 12],
  [0xfe, 12],
  [0xff, 12],
]);

/** Whether a response is a stream of tokens, up to the first result set; throws ProtocolViolation where it is none. */
export function checkTokens(payload: Buffer): void {
  let at = 0;
  while (at < payload.length) {
    if (payload.readUInt8(at) === COLMETADATA) return;
    const end = endOf(payload, at);
    if (end === null || end > payload.length) throw new ProtocolViolation('a response that is no stream of tokens');
    at = end;
  }
}

function endOf(payload: Buffer, at: number): number | null {
  const type = payload.readUInt8(at);
  const start = at + 1;
  const fixed = FIXED.get(type);
  if (fixed !== undefined) return start + fixed;
  if (SHORT.has(type)) return start + 2 <= payload.length ? start + 2 + payload.readUInt16LE(start) : null;
  if (LONG.has(type)) return start + 4 <= payload.length ? start + 4 + payload.readUInt32LE(start) : null;
  return type === FEATUREEXTACK ? endOfFeatures(payload, start) : null;
}

function endOfFeatures(payload: Buffer, start: number): number | null {
  let at = start;
  while (at < payload.length && payload.readUInt8(at) !== FEATURE_TERMINATOR) {
    if (at + 5 > payload.length) return null;
    at += 5 + payload.readUInt32LE(at + 1);
  }
  return at + 1;
}
