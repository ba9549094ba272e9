import { describe, expect, test } from 'vitest';
import type { WorkloadRecord } from '../../../src/model/records.ts';
import {
  type AttemptOver,
  clean,
  demand,
  failed,
  run,
  type SyntheticRun,
  target,
  workload,
} from '../../kit/evidence.ts';
import { type Asked, reportOf } from './judging.ts';

const down: readonly AttemptOver[] = Array.from({ length: 15 }, () => failed('connection-refused'));
const INGEST = workload('ingest', ['claims-db', 'drop']);

type History = {
  readonly count: number;
  /** Runs in which this target was down. */
  readonly down?: Readonly<Record<string, readonly number[]>>;
  readonly workloads?: readonly WorkloadRecord[];
};

/** Runs that try `claims-db` and `drop`. */
function history({ count, down: bad = {}, workloads = [INGEST] }: History): SyntheticRun[] {
  const targets = ['claims-db', 'drop'].map((name) => target({ name, demand: demand({ workloads: ['ingest'] }) }));
  return Array.from({ length: count }, (_, index) => {
    const attempts = targets.flatMap(({ name }) =>
      (bad[name]?.includes(index) ? down : clean(15)).map((attempt) => ({ ...attempt, target: name })),
    );
    return run(index, attempts, { targets, workloads });
  });
}

const only = (runs: readonly SyntheticRun[], asked: Asked = {}) => {
  const [first, ...rest] = reportOf(runs, asked).workloads;
  if (first === undefined || rest.length > 0) throw new Error(`${rest.length} more workloads`);
  return first;
};

describe('a workload with several targets', () => {
  test('passes with all of its targets, where the runs are clean', () => {
    expect(reportOf(history({ count: 31 }))).toMatchObject({ verdict: 'inconclusive', exitCode: 3 });
    expect(reportOf(history({ count: 32 }))).toMatchObject({ verdict: 'pass', exitCode: 0 });
    expect(only(history({ count: 32 }))).toMatchObject({
      name: 'ingest',
      targets: ['claims-db', 'drop'],
      verdict: 'pass',
      judgedBy: 'evidence',
      blocks: { counted: 32, clean: 32, met: 0, needed: 32, tolerable: 0.1, ofRunsPerMonth: '71 of 720' },
      needed: { runs: 0, attempts: null, spanSeconds: 0, withinMaxRuns: true },
      findings: [
        {
          rule: 'workload/failure-rate',
          verdict: 'pass',
          required:
            'with 95 % confidence, fewer than 10 % of job runs with 5 connections to each of claims-db, drop meet a failure at any of them',
          observed:
            '0 of 32 independent runs (960 attempts, 1 Nov 08:00 to 2 Nov 15:00 UTC) met a failure at any of claims-db, drop. ' +
            'With 95 % confidence, checked at every run, fewer than 9.9 % of job runs with 5 connections fail here: ' +
            'on average up to 71 of 720 runs a month. Bad periods that come less often than every 10 h may have been missed.',
        },
      ],
    });
  });

  test('needs more where each target failed once, in another run: the job meets both', () => {
    const report = reportOf(history({ count: 57, down: { 'claims-db': [3], drop: [40] } }));
    expect(report.targets.map(({ verdict }) => verdict)).toEqual(['pass', 'pass']);
    expect(report).toMatchObject({ verdict: 'inconclusive', exitCode: 3 });
    expect(report.workloads).toMatchObject([
      { verdict: 'inconclusive', blocks: { counted: 57, met: 2, needed: 82 }, needed: { runs: 25 } },
    ]);
    expect(report.workloads[0]?.findings[0]?.observed).toMatch(
      /^So far up to \d+ of 720 runs a month could fail at any of claims-db, drop\. 25 more \(82 in all\) clean runs are needed, 2 runs of 57 failed\./,
    );
  });

  test('fails where the job fails too often and no target alone does', () => {
    const report = reportOf(history({ count: 11, down: { 'claims-db': [1], drop: [5] } }));
    expect(report.targets.map(({ verdict }) => verdict)).toEqual(['inconclusive', 'inconclusive']);
    expect(report).toMatchObject({ verdict: 'fail', exitCode: 1 });
    expect(report.workloads[0]?.findings[0]?.observed).toBe(
      '2 of 11 independent runs met a failure at any of claims-db, drop (30 of 330 attempts: connection-refused at connect (30 times)); ' +
        'tolerated are 10 % of job runs with 5 connections.',
    );
  });

  test('is as bad as its worst target, whatever the joint score says', () => {
    const runs = history({ count: 32 });
    const egress = runs.map((one) => ({
      ...one,
      attempts: one.attempts.map((attempt) => ({ ...attempt, egress: ['198.51.100.1'] })),
      targets: one.targets!.map((each) => ({
        ...each,
        requirement: { ...each.requirement, firewallAllows: each.name === 'drop' ? ['203.0.113.0/24'] : null },
      })),
    }));
    expect(only(egress)).toMatchObject({ verdict: 'fail', findings: [{ verdict: 'pass' }] });
  });

  test('is judged by its own demand, and not by that of another workload with the same target', () => {
    const strict = workload('stream', ['drop'], { tolerableFailedRuns: 0.05, connectionsPerRun: 10 });
    const loose = workload('ingest', ['claims-db', 'drop'], { tolerableFailedRuns: 0.2, runsPerMonth: 100 });
    expect(reportOf(history({ count: 15, workloads: [strict, loose] })).workloads).toMatchObject([
      { name: 'stream', blocks: { tolerable: 0.05, needed: 65 }, findings: [{ verdict: 'inconclusive' }] },
      { name: 'ingest', blocks: { tolerable: 0.2, needed: 15 }, findings: [{ cause: 'span-too-short' }] },
    ]);
  });

  test('says how many runs tried only some of its targets', () => {
    const runs = history({ count: 7 });
    const some = runs.map((one, index) =>
      index < 2 ? { ...one, targets: one.targets!.filter(({ name }) => name === 'drop') } : one,
    );
    expect(only(some)).toMatchObject({ blocks: { counted: 5, needed: 32 } });
    expect(only(some).findings[0]?.observed).toContain(
      '2 of 7 runs tried only some of its targets and do not count as clean.',
    );
  });

  test('takes each use of policy.since for one of its targets as a new look', () => {
    const since = (name: string) => ({
      target: name,
      context: null,
      at: '2026-10-01T00:00:00.000Z',
      reason: 'r',
      ticket: 't',
      approvedBy: 'a',
    });
    const policy = { since: [since('claims-db'), since('drop')] };
    expect(only(history({ count: 1 }), { policy }).blocks).toMatchObject({ needed: 46 });
  });

  test('is not in the report unless every target that it uses is', () => {
    const workloads = [
      INGEST,
      workload('other', ['drop', 'never-tried']),
      { ...INGEST, name: 'none', uses: 'none' as const },
    ];
    expect(reportOf(history({ count: 1, workloads })).workloads.map(({ name }) => name)).toEqual(['ingest']);
    expect(reportOf(history({ count: 1 }), { only: ['drop'] }).workloads).toEqual([]);
  });

  test('is as bad as its worst target where one run is judged alone', () => {
    const report = reportOf(history({ count: 2, down: { drop: [1] } }), { scope: 'run' });
    expect(report.workloads).toMatchObject([
      { verdict: 'fail', blocks: null, findings: [], needed: { runs: null, attempts: null } },
    ]);
  });
});
