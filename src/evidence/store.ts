import {
  closeSync,
  fstatSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readdirSync,
  readSync,
  statSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { StringDecoder } from 'node:string_decoder';
import { PreflightError } from '../model/preflight-error.ts';

/** Where evidence lies: a folder, or memory where the operator named none. */
export type EvidenceStore = {
  /** Names of the files, in order. */
  list(): readonly string[];
  /** The lines of a file; `last` is true of one that no line feed ends. */
  lines(name: string): Iterable<{ readonly text: string; readonly last: boolean }>;
  /** The last line that a line feed ends, without reading those before it; null where another text follows, or where it is long. */
  lastLine(name: string): string | null;
  /** A new file; an existing one is never written to. */
  create(name: string): { append(line: string): void; close(): void };
};

/** A pipe, a device, or a link to a folder lies among the evidence. */
class NoFile extends Error {
  override readonly name = 'NoFile';
  readonly code = 'no regular file';
}

const CHUNK_BYTES = 64 * 1024;
/** Longer than any record of ours; keeps a foreign file from filling the memory. */
const LONGEST_LINE = 1024 * 1024;

export function folderStore(folder: string): EvidenceStore {
  return {
    list: () =>
      readdirSync(folder, { withFileTypes: true })
        .filter((entry) => !entry.name.startsWith('.') && !entry.isDirectory())
        .map((entry) => entry.name)
        .sort(),
    lines: (name) => linesOf(join(folder, name)),
    lastLine: (name) => lastLineOf(join(folder, name)),
    create(name) {
      const file = usable(folder, () => openSync(join(folder, name), 'wx', 0o600));
      return {
        append: (line) => writeSync(file, `${line}\n`),
        close() {
          fsyncSync(file);
          closeSync(file);
        },
      };
    },
  };
}

/** Made if it is not there; an error that says what to mend if it cannot be used. */
export function openFolder(folder: string, purpose: 'read' | 'write'): EvidenceStore {
  const isFolder = usable(folder, () => {
    if (purpose === 'write') mkdirSync(folder, { recursive: true, mode: 0o700 });
    return statSync(folder).isDirectory();
  });
  if (isFolder) return folderStore(folder);
  throw new PreflightError('ERR_EVIDENCE_FOLDER', `${folder} is a file, and evidence is a folder`, EVIDENCE_HINT);
}

function usable<T>(folder: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    const why = codeOf(error);
    if (why === null) throw error;
    const message = `evidence folder ${folder} cannot be used (${why})`;
    throw new PreflightError('ERR_EVIDENCE_FOLDER', message, EVIDENCE_HINT, { cause: error });
  }
}

/** The code of an error of the system, such as EACCES. */
export const codeOf = (error: unknown): string | null =>
  error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : null;

const EVIDENCE_HINT = 'Name the folder that `probe all --evidence DIR` writes to; a report is not evidence.';

export function memoryStore(): EvidenceStore {
  const files = new Map<string, string[]>();
  return {
    list: () => [...files.keys()].sort(),
    *lines(name) {
      for (const text of files.get(name) ?? []) yield { text, last: false };
    },
    lastLine: (name) => files.get(name)?.at(-1) ?? null,
    create(name) {
      const lines: string[] = [];
      files.set(name, lines);
      return { append: (line) => lines.push(line), close() {} };
    },
  };
}

function lastLineOf(path: string): string | null {
  const file = openFile(path);
  try {
    const { size } = fstatSync(file);
    const chunk = Buffer.alloc(Math.min(CHUNK_BYTES, size));
    const read = readSync(file, chunk, 0, chunk.length, size - chunk.length);
    const [before, line, after] = chunk.toString('utf8', 0, read).split('\n').slice(-3);
    return before !== undefined && after === '' ? (line ?? null) : null;
  } finally {
    closeSync(file);
  }
}

function openFile(path: string): number {
  // a pipe would be waited for, and a device may never end
  if (!statSync(path).isFile()) throw new NoFile();
  return openSync(path, 'r');
}

function* linesOf(path: string): Iterable<{ readonly text: string; readonly last: boolean }> {
  const file = openFile(path);
  try {
    const decoder = new StringDecoder('utf8');
    const chunk = Buffer.alloc(CHUNK_BYTES);
    let rest = '';
    for (let size = readSync(file, chunk); size > 0; size = readSync(file, chunk)) {
      const pieces = (rest + decoder.write(chunk.subarray(0, size))).split('\n');
      rest = pieces.pop() ?? '';
      for (const text of pieces) yield { text, last: false };
      if (rest.length > LONGEST_LINE) {
        yield { text: rest.slice(0, 100), last: false };
        return;
      }
    }
    rest += decoder.end();
    if (rest !== '') yield { text: rest, last: true };
  } finally {
    closeSync(file);
  }
}
