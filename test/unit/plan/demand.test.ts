import { expect, test } from 'vitest';
import type { Workload } from '../../../src/model/config.ts';
import { demandOf } from '../../../src/plan/demand.ts';

const workload = (name: string, more: Partial<Workload>): Workload => ({
  name,
  uses: ['db'],
  connectsFrom: null,
  stateless: false,
  needs: [],
  durationMs: null,
  longestIdleMs: null,
  connectionsPerRun: null,
  retriesFirstConnection: false,
  runsPerMonth: null,
  tolerableFailedRuns: null,
  ...more,
});

test('a target that several workloads use takes the largest demand and the smallest tolerance', () => {
  const a = workload('a', { durationMs: 60, longestIdleMs: 20, connectionsPerRun: 3, tolerableFailedRuns: 0.05 });
  const b = workload('b', { durationMs: 50, longestIdleMs: 30, runsPerMonth: 720, tolerableFailedRuns: 0.1 });
  const other = workload('other', { uses: ['api'], durationMs: 999, tolerableFailedRuns: 0.001 });
  expect(demandOf('db', [a, b, other, workload('none', { uses: 'none' }), workload('silent', { uses: null })])).toEqual(
    {
      workloads: ['a', 'b'],
      durationMs: 60,
      longestIdleMs: 30,
      connectionsPerRun: 3,
      runsPerMonth: 720,
      tolerableFailedRuns: 0.05,
      retriesFirstConnection: false,
    },
  );
});

test('a first connection counts as retried only if every workload retries it', () => {
  const retries = workload('a', { retriesFirstConnection: true });
  expect(demandOf('db', [retries]).retriesFirstConnection).toBe(true);
  expect(demandOf('db', [retries, workload('b', {})]).retriesFirstConnection).toBe(false);
});

test('a target that no workload uses has no demand, and nobody who retries for it', () => {
  expect(demandOf('db', [workload('a', { uses: ['api'], retriesFirstConnection: true })])).toEqual({
    workloads: [],
    durationMs: null,
    longestIdleMs: null,
    connectionsPerRun: null,
    runsPerMonth: null,
    tolerableFailedRuns: null,
    retriesFirstConnection: false,
  });
});
