import type { HealthRecord } from '../../../src/model/records.ts';
import type { Clock } from '../../../src/sample/clock.ts';
import { type HealthMonitor, watchHealth } from '../../../src/sample/health.ts';
import type { Host } from '../../../src/sample/health-host.ts';

/** A host that tells nothing but what the test says. */
export const silentHost = (over: Partial<Host> = {}): Host => ({
  cpuMs: () => 0,
  loadAverage: () => 0,
  readFile: () => null,
  entries: () => null,
  thread: async () => {},
  ...over,
});

export type Watched = {
  readonly health: HealthMonitor;
  readonly records: readonly HealthRecord[];
  readonly broke: readonly unknown[];
};

/** A watch, and what it writes. */
export function watched(
  clock: Clock,
  over: { host?: Partial<Host>; write?: (record: HealthRecord) => void } = {},
): Watched {
  const records: HealthRecord[] = [];
  const broke: unknown[] = [];
  const health = watchHealth({
    run: 'run-1',
    clock,
    host: silentHost(over.host),
    write: over.write ?? ((record) => void records.push(record)),
    broke: (error) => void broke.push(error),
  });
  return { health, records, broke };
}
