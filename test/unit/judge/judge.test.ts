import { describe, expect, test } from 'vitest';
import { CAUSES } from '../../../src/model/causes.ts';
import { clean, cleanRuns, context, failed, run, target } from '../../kit/evidence.ts';
import { findingOf, judgement, reportOf, targetOf } from './judging.ts';

const refused = run(
  0,
  Array.from({ length: 5 }, () => failed('connection-refused')),
);

describe('the verdict', () => {
  test('is inconclusive of nothing', () => {
    expect(reportOf([])).toMatchObject({ verdict: 'inconclusive', exitCode: 3, run: null, targets: [] });
    expect(reportOf([]).context?.findings).toMatchObject([{ rule: 'evidence/runs', cause: 'nothing-observed' }]);
  });

  test('of a report is that of its worst target, and of a target that of its worst finding, which comes first', () => {
    const targets = [target(), target({ name: 'other' })];
    const attempts = [
      ...clean(15),
      ...Array.from({ length: 5 }, () => failed('connection-refused', { target: 'other' })),
    ];
    const report = reportOf([run(0, attempts, { targets })]);
    expect(report.targets).toMatchObject([
      { name: 'claims-db', verdict: 'inconclusive' },
      { name: 'other', verdict: 'fail', findings: [{ verdict: 'fail' }, { verdict: 'inconclusive' }] },
    ]);
    expect(report).toMatchObject({ verdict: 'fail', exitCode: 1 });
  });

  test('is never a pass beside a file that cannot be read', () => {
    expect(reportOf(cleanRuns(32), { problems: ['notes.txt: no line of it is an evidence record'] })).toMatchObject({
      verdict: 'inconclusive',
      exitCode: 3,
      context: { findings: [{ rule: 'evidence/readable', cause: 'evidence-unreadable' }] },
    });
  });

  test('comes from the latest counted run of one context', () => {
    const runs = [...cleanRuns(2), run(2, clean(15), { context: context({ name: 'dedicated' }) })];
    expect(reportOf(runs)).toMatchObject({ run: { id: 'run-1' }, context: { name: 'serverless' } });
  });
});

describe('a finding', () => {
  test('has the owner and the next action of its cause', () => {
    expect(targetOf([refused]).findings[0]).toMatchObject({
      cause: 'connection-refused',
      owner: CAUSES['connection-refused'].owner,
      action: CAUSES['connection-refused'].action,
      waiver: null,
    });
  });

  test('lists its waiver and keeps its verdict', () => {
    const waiver = {
      target: 'claims-db',
      rule: 'stability/never-succeeded',
      context: null,
      until: '2026-12-01T00:00:00.000Z',
      approvedBy: 'someone',
      ticket: 'T-1',
      reason: 'known',
    };
    const waived = (over: object) =>
      findingOf([refused], 'stability/never-succeeded', { policy: { waivers: [{ ...waiver, ...over }] } });
    expect(waived({})).toMatchObject({
      verdict: 'fail',
      waiver: { until: waiver.until, approvedBy: 'someone', ticket: 'T-1' },
    });
    expect(waived({ context: 'dedicated' })?.waiver).toBeNull();
    expect(waived({ until: '2026-10-01T00:00:00.000Z' })?.waiver).toBeNull();
    expect(waived({ rule: 'stability/decisive' })?.waiver).toBeNull();
  });
});

describe('the rules of a probe', () => {
  const expecting = (version: string) => [run(0, clean(15), { targets: [target({ expect: { version } })] })];

  test('are judged over the expectations of the target and what was observed', () => {
    expect(findingOf(expecting('1'), 'fake/version')).toMatchObject({ verdict: 'pass', required: 'version 1' });
    expect(findingOf(expecting('2'), 'fake/version')).toMatchObject({ verdict: 'fail' });
  });

  test('are inconclusive where what they need was not observed', () => {
    const runs = [run(0, [failed('login-timeout')], { targets: [target({ expect: { version: '1' } })] })];
    expect(findingOf(runs, 'fake/version')).toMatchObject({
      verdict: 'inconclusive',
      cause: 'nothing-observed',
      required: 'version 1',
    });
  });

  test('that throw are a defect of ours and no verdict, and everything else goes on', () => {
    const targets = [target({ expect: { version: 'broken' } }), target({ name: 'other' })];
    const attempts = [...clean(15), ...clean(15).map(() => ({ target: 'other' }))];
    const { report, defects } = judgement([run(0, attempts, { targets })]);
    expect(defects).toEqual([new TypeError('planted')]);
    expect(report.targets).toHaveLength(2);
    expect(report.targets[0]?.findings).toContainEqual(
      expect.objectContaining({
        rule: 'fake/version',
        verdict: 'inconclusive',
        cause: 'defect',
        required: 'version broken',
      }),
    );
  });

  test('that this version does not know leave a gap', () => {
    expect(findingOf(expecting('1'), 'evidence/understood', { registry: [] })).toMatchObject({
      verdict: 'inconclusive',
    });
    const unknown = [run(0, clean(15), { targets: [target({ expect: { colour: 'red' } })] })];
    expect(findingOf(unknown, 'evidence/understood')).toMatchObject({ cause: 'evidence-unreadable' });
  });
});

test('a report counts every kind of attempt, and what stopped the runs', () => {
  const attempts = [
    ...clean(3),
    failed('login-timeout'),
    failed('version-unsupported'),
    { outcome: 'aborted' as const },
    { outcome: 'broken' as const },
    { taint: 'clock' as const },
  ];
  expect(targetOf([run(0, attempts, { stops: { 'claims-db': 'logins' } })])).toMatchObject({
    attempts: { total: 8, succeeded: 3, failed: 2, aborted: 1, broken: 1, tainted: 1, failureRate: null },
    stopped: [{ reason: 'logins', runs: 1 }],
  });
});
