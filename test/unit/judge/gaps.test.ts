import { describe, expect, test } from 'vitest';
import { clean, run, type SyntheticRun, workload } from '../../kit/evidence.ts';
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
  ] as const)('a configured target that %s is never a pass', (why, said) => {
    const target = why === 'never-tried' ? 'never-tried' : 'claims-db';
    const report = reportOf(runs, { gaps: [{ target, why }] });
    expect(report.verdict).toBe('inconclusive');
    expect(report.exitCode).toBe(3);
    expect(found({ gaps: [{ target, why }] }, 'evidence/targets')?.observed).toContain(said);
  });

  test('a workload that connects from another vantage is not judged, and that is said', () => {
    const elsewhere = { ...workload('ingest', ['claims-db']), connectsFrom: 'spark-source' as const };
    const asked: Asked = { workloads: [{ workload: elsewhere, judgedBy: 'config' }] };
    expect(reportOf(runs, asked).workloads).toEqual([]);
    expect(found(asked, 'workload/vantage')).toMatchObject({ verdict: 'warn', cause: 'other-vantage' });
    const here = { ...elsewhere, connectsFrom: 'driver' as const };
    expect(found({ workloads: [{ workload: here, judgedBy: 'config' }] }, 'workload/vantage')).toBeUndefined();
  });
});
