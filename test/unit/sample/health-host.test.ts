import { describe, expect, test } from 'vitest';
import { openHost } from '../../../src/sample/health-host.ts';
import { silentHost } from './watched.ts';

/** Files as they are at the first reading, then as they are at the second. */
function grown(before: Readonly<Record<string, string>>, after: Readonly<Record<string, string>>) {
  let files = before;
  const readings = openHost(silentHost({ readFile: (path) => files[path] ?? null }));
  files = after;
  return readings.sinceLast();
}

describe('time that this process was kept waiting', () => {
  test('is read from its run queue', () => {
    const path = '/proc/self/schedstat';
    expect(grown({ [path]: '900 1000000 5\n' }, { [path]: '999 251000000 9\n' })).toMatchObject({
      waitedForCpuMs: 250,
    });
  });

  test.each([
    ['second', '/sys/fs/cgroup/cpu.stat', (ms: number) => `usage_usec 5\nnr_throttled 1\nthrottled_usec ${ms * 1e3}\n`],
    ['first', '/sys/fs/cgroup/cpu/cpu.stat', (ms: number) => `nr_periods 5\nthrottled_time ${ms * 1e6}\n`],
    ['first, mounted together,', '/sys/fs/cgroup/cpu,cpuacct/cpu.stat', (ms: number) => `throttled_time ${ms * 1e6}\n`],
  ])('by a quota is read from control groups of the %s version', (_, path, stat) => {
    expect(grown({ [path]: stat(100) }, { [path]: stat(1_100) })).toMatchObject({ throttledMs: 1_000 });
  });

  test('is left out where the system says nothing of it, or something else', () => {
    const strange = { '/proc/self/schedstat': 'nonsense', '/sys/fs/cgroup/cpu.stat': 'usage_usec 5\n' };
    expect(grown(strange, strange)).toEqual({ cpuMs: 0, loadAverage: 0 });
  });

  test('counts from when it was first seen', () => {
    const path = '/proc/self/schedstat';
    expect(grown({}, { [path]: '1 5000000 1' })).toMatchObject({ waitedForCpuMs: 0 });
  });
});

test('open files stand beside their limit, which is the soft one', () => {
  const limits =
    'Limit                     Soft Limit           Hard Limit           Units     \n' +
    'Max processes             96365                96365                processes \n' +
    'Max open files            1024                 524288               files     \n';
  const readings = openHost(
    silentHost({
      readFile: (path) => (path === '/proc/self/limits' ? limits : null),
      entries: (path) => (path === '/proc/self/fd' ? 37 : null),
    }),
  );
  expect(readings.sinceLast()).toMatchObject({ openFiles: 37, mostOpenFiles: 1_024 });
});
