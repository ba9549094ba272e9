import { describe, expect, test } from 'vitest';
import { clean, context, instant, run, type SyntheticRun, T0, target, workload } from '../../kit/evidence.ts';
import { type Asked, reportOf } from './judging.ts';

const runs: readonly SyntheticRun[] = Array.from({ length: 33 }, (_, index) => run(index, clean(15)));
const found = (asked: Asked, rule: string) =>
  reportOf(runs, asked).context?.findings.find((finding) => finding.rule === rule);

describe('what the evidence cannot speak of', () => {
  test('a history that passes by itself passes', () => {
    expect(reportOf(runs).verdict).toBe('pass');
  });

  test.each([
    ['never-tried', 'never-tried was never tried'],
    ['connects-elsewhere', 'claims-db connects elsewhere by now'],
    ['cannot-be-compared', 'claims-db cannot be compared'],
  ] as const)('a configured target that %s is never a pass', (why, said) => {
    const name = why === 'never-tried' ? 'never-tried' : 'claims-db';
    const report = reportOf(runs, { gaps: [{ target: name, why }] });
    expect(report.verdict).toBe('inconclusive');
    expect(report.exitCode).toBe(3);
    expect(found({ gaps: [{ target: name, why }] }, 'evidence/targets')?.observed).toContain(said);
  });

  test('a workload that connects from another vantage is not judged, and that is said', () => {
    const elsewhere = { ...workload('ingest', ['claims-db']), connectsFrom: 'spark-source' as const };
    const asked: Asked = { workloads: [{ workload: elsewhere, judgedBy: 'config' }] };
    expect(reportOf(runs, asked).workloads).toEqual([]);
    expect(found(asked, 'workload/vantage')).toMatchObject({ verdict: 'warn', cause: 'other-vantage' });
    const here = { ...elsewhere, connectsFrom: 'driver' as const };
    expect(found({ workloads: [{ workload: here, judgedBy: 'config' }] }, 'workload/vantage')).toBeUndefined();
  });

  test('a run that later ones name, and that is gone, keeps the rest from passing', () => {
    const named = (at: number) => runs.map((one) => ({ ...one, earlier: [{ run: 'gone', at: instant(at) }] }));
    const report = reportOf(named(T0));
    expect(report.verdict).toBe('inconclusive');
    expect(report.context?.findings).toMatchObject([
      {
        rule: 'evidence/history',
        verdict: 'inconclusive',
        cause: 'runs-gone',
        observed: '1 run gone: gone of 1 Nov 08:00 UTC',
      },
    ]);
    expect(reportOf(named(T0 - 40 * 86_400_000)).verdict).toBe('pass');
    expect(reportOf(runs.map((one) => ({ ...one, earlier: [{ run: 'run-0', at: instant(T0) }] }))).verdict).toBe(
      'pass',
    );
  });

  test('runs on several kinds of compute under one name keep each other from passing', () => {
    const on = (kinds: readonly string[]) =>
      reportOf(
        runs.map((one, index) => ({
          ...one,
          context: context({ bootId: `b${index}`, kind: kinds[index] ?? 'databricks-classic' }),
        })),
      );
    expect(on([]).verdict).toBe('pass');
    expect(on(['host', 'unknown']).verdict).toBe('pass');
    const mixed = on(['databricks-serverless']);
    expect(mixed.verdict).toBe('inconclusive');
    expect(mixed.context?.findings).toMatchObject([
      {
        rule: 'evidence/one-place',
        cause: 'contexts-mixed',
        observed: 'runs of serverless were made on databricks-serverless, databricks-classic',
      },
    ]);
  });

  test('observations beyond what is kept keep a rule over them from passing', () => {
    const expecting = target({ expect: { version: '1' } });
    const many = (count: number) =>
      reportOf(
        runs.map((one, index) => ({
          ...one,
          targets: [expecting],
          attempts: clean(count).map((each, n) => ({ ...each, observation: { version: '1', of: `${index} ${n}` } })),
        })),
      );
    expect(many(15)).toMatchObject({ verdict: 'pass', targets: [{ moreObservations: 33 * 15 - 200 }] });
    const finding = many(160).targets[0]?.findings.find(({ rule }) => rule === 'fake/version');
    expect(finding).toMatchObject({ verdict: 'inconclusive', observed: expect.stringContaining('than are kept') });
  });

  test('a run that begins after the time at which it is judged keeps the rest from passing', () => {
    const last = T0 + 32 * 3_600_000;
    const judged = (beforeMs: number) => reportOf(runs, { judgedAt: instant(last - beforeMs) });
    expect(judged(6 * 60_000)).toMatchObject({ verdict: 'inconclusive' });
    expect(judged(6 * 60_000).context?.findings).toMatchObject([{ rule: 'evidence/clocks', cause: 'clocks-disagree' }]);
    expect(judged(4 * 60_000)).toMatchObject({ verdict: 'pass' });
  });
});
