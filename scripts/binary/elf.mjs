import { closeSync, openSync, readSync } from 'node:fs';

// System V ABI, chapter 4: e_ident, and e_machine behind e_type
const MAGIC = Buffer.from([0x7f, 0x45, 0x4c, 0x46]);
const LITTLE_ENDIAN = 1;
const DATA_AT = 5;
const MACHINE_AT = 18;
const HEADER_BYTES = 20;
const MACHINES = new Map([
  [62, 'x64'],
  [183, 'arm64'],
]);

/** The architecture that a Linux executable is for, as Node.js names it; null where it is none, or for another. */
function architectureOf(path) {
  const header = Buffer.alloc(HEADER_BYTES);
  const file = openSync(path, 'r');
  try {
    readSync(file, header, 0, HEADER_BYTES, 0);
  } finally {
    closeSync(file);
  }
  if (!header.subarray(0, MAGIC.length).equals(MAGIC) || header[DATA_AT] !== LITTLE_ENDIAN) return null;
  return MACHINES.get(header.readUInt16LE(MACHINE_AT)) ?? null;
}

/** An executable for one architecture with the Node.js of another would only be found out where it is to run. */
export function refuseForeign(node, arch) {
  const found = architectureOf(node);
  if (found === arch) return;
  const what = found === null ? 'no Linux executable for x64 or arm64' : `for ${found}`;
  const hint = found === null ? '' : `\nName the architecture that it is for: --arch ${found}`;
  throw new Error(`${node} is ${what}, and cannot become probe-linux-${arch}${hint}`);
}
