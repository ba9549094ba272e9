import { readFileSync } from 'node:fs';

/** Null where it cannot be read: what a system does not tell is no error. */
export function readIfThere(path: string): string | null {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return null;
  }
}
