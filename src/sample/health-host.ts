// What the system says of this process and its machine, where it says anything.

/** The process and its system, as far as they are to be asked. */
export type Host = {
  /** CPU time of this process so far. */
  cpuMs(): number;
  /** Of the last minute; 0 where the system keeps none. */
  loadAverage(): number;
  /** Null where there is no such file. */
  readFile(path: string): string | null;
  /** How many entries a folder has; null where there is none. */
  entries(path: string): number | null;
  /** Resolves as soon as a thread of the pool that also looks names up had a moment for it. */
  thread(): Promise<unknown>;
};

export type Readings = {
  /** What grew since the last reading, and what is now. */
  sinceLast(): Readonly<Record<string, number>>;
};

export function openHost(host: Host): Readings {
  let before = countersOf(host);
  return {
    sinceLast() {
      const now = countersOf(host);
      const grown = Object.entries(now).map(([name, value]) => [name, value - (before[name] ?? value)] as const);
      before = now;
      return { ...Object.fromEntries(grown), ...levelsOf(host) };
    },
  };
}

function countersOf(host: Host): Readonly<Record<string, number>> {
  return withoutNull({
    cpuMs: host.cpuMs(),
    waitedForCpuMs: waitedForCpuMs(host.readFile('/proc/self/schedstat')),
    throttledMs: throttledMs(host),
  });
}

function levelsOf(host: Host): Readonly<Record<string, number>> {
  return withoutNull({
    loadAverage: host.loadAverage(),
    openFiles: host.entries('/proc/self/fd'),
    mostOpenFiles: mostOpenFiles(host.readFile('/proc/self/limits')),
  });
}

/** proc(5), /proc/pid/schedstat: time on the CPU, time waiting for one (nanoseconds), slices. Of the main thread, where the event loop runs. */
function waitedForCpuMs(text: string | null): number | null {
  const waited = text?.split(' ')[1];
  return waited === undefined ? null : numberOf(waited, 1e6);
}

/** The second version of control groups counts microseconds, the first nanoseconds. Within a container its own group is the root. */
const CGROUP_FILES = [
  { path: '/sys/fs/cgroup/cpu.stat', counter: /^throttled_usec (\d+)$/m, perMs: 1e3 },
  { path: '/sys/fs/cgroup/cpu/cpu.stat', counter: /^throttled_time (\d+)$/m, perMs: 1e6 },
  { path: '/sys/fs/cgroup/cpu,cpuacct/cpu.stat', counter: /^throttled_time (\d+)$/m, perMs: 1e6 },
] as const;

function throttledMs(host: Host): number | null {
  for (const { path, counter, perMs } of CGROUP_FILES) {
    const found = counter.exec(host.readFile(path) ?? '')?.[1];
    if (found !== undefined) return numberOf(found, perMs);
  }
  return null;
}

/** The soft limit, which is the one that holds. */
function mostOpenFiles(limits: string | null): number | null {
  const found = /^Max open files\s+(\d+)/m.exec(limits ?? '')?.[1];
  return found === undefined ? null : numberOf(found, 1);
}

function numberOf(text: string, perUnit: number): number | null {
  const value = Number(text) / perUnit;
  return Number.isFinite(value) ? value : null;
}

const withoutNull = (values: Readonly<Record<string, number | null>>): Record<string, number> =>
  Object.fromEntries(Object.entries(values).flatMap(([name, value]) => (value === null ? [] : [[name, value]])));
