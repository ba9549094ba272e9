import { readdirSync } from 'node:fs';
import { stat } from 'node:fs/promises';
import { loadavg } from 'node:os';
import type { Host } from '../sample/health-host.ts';
import type { Io } from './io.ts';
import { readIfThere } from './read-if-there.ts';

/** This process and its machine, as the watch over our own health asks of them. */
export const hostOf = (io: Io): Host => ({
  cpuMs: io.cpuMs,
  loadAverage: () => loadavg()[0] ?? 0,
  readFile: readIfThere,
  entries(path) {
    try {
      return readdirSync(path).length;
    } catch {
      return null; // not on this system
    }
  },
  thread: () => stat('/'),
});
