import { describe, expect, test } from 'vitest';
import { analyze } from '../../../src/analyze/analyze.ts';
import { DEFAULT_POLICY } from '../../../src/model/policy.ts';
import type { TargetRecord, Vantage } from '../../../src/model/records.ts';
import { gapsOf, presentOf } from '../../../src/plan/present.ts';
import { digestOf, writtenDigestOf } from '../../../src/plan/target.ts';
import { clean, context, demand, folderOf, instant, requirement, run, T0, target } from '../../kit/evidence.ts';
import { config, configured, type Planning, type Targeted, workload } from './configured.ts';

const analysisOf = (record: Partial<TargetRecord>, vantage: Vantage = 'driver') =>
  analyze(
    folderOf([run(0, clean(3), { context: context({ vantage }), targets: [target({ expect: {}, ...record })] })]),
    {
      context: context().name,
      vantage,
      scope: 'period',
      run: null,
      only: null,
      policy: DEFAULT_POLICY,
      judgedAt: instant(T0),
    },
  );

const present = (over: Targeted, planning: Planning = {}, record: Partial<TargetRecord> = {}) =>
  presentOf(config([configured('claims-db', over)], planning), analysisOf(record));

describe('what is asked at present', () => {
  test('is left to the evidence where both ask the same', () => {
    expect(present({}).size).toBe(0);
    const idle = { longestIdleMs: 5_000 };
    const workloads = [workload('ingest', idle)];
    expect(present({}, { workloads }, { demand: demand({ workloads: ['ingest'], ...idle }) }).size).toBe(0);
  });

  test.each<[string, Targeted, Planning]>([
    ['the requirement', { requirement: { firewallAllows: ['203.0.113.0/24'] } }, {}],
    ['the demand', {}, { workloads: [workload('ingest')] }],
  ])('is the configuration’s where %s has changed', (_, over, planning) => {
    const asked = present(over, planning).get('claims-db');
    expect(asked).toEqual({
      requirement: requirement(over.requirement),
      expect: {},
      demand: demand({ workloads: planning.workloads?.map(({ name }) => name) ?? [] }),
    });
  });

  test('is the configuration’s where the expectation has changed', () => {
    expect(present({}, {}, { expect: { status: 204 } }).get('claims-db')).toMatchObject({ expect: {} });
  });

  test('is the evidence’s of a target that the configuration does not name any more, wherever it connects', () => {
    expect(present({}, {}, { name: 'gone', expect: { status: 204 } }).size).toBe(0);
  });
});

function boundOf({ bound }: ReturnType<typeof configured>) {
  if (bound === null) throw new Error('its references resolve');
  return bound;
}

describe('a target that connects elsewhere by now', () => {
  const asked = configured('claims-db');
  const unresolved = { ...asked, bound: null };
  const recorded = { type: asked.type, digest: 'sha256:then', written: writtenDigestOf(asked) };
  const gap = (target: typeof asked | typeof unresolved, record: Partial<TargetRecord> = {}) =>
    gapsOf(config([target]), analysisOf({ ...recorded, ...record })).map(({ why }) => why);

  test('is told as it is written, where its references do not resolve here', () => {
    expect(gap(unresolved)).toEqual([]);
    expect(gap({ ...unresolved, unresolved: '{"host":"another"}' })).toEqual(['connects-elsewhere']);
    expect(gap(unresolved, { written: null })).toEqual(['cannot-be-compared']);
  });

  test('is told by all that connects, where they do', () => {
    expect(gap(asked)).toEqual(['connects-elsewhere']);
    expect(gap(asked, { digest: digestOf(asked, boundOf(asked)) })).toEqual([]);
  });

  test('is one of another type, however it is written', () => {
    expect(gap(unresolved, { type: 'kafka' })).toEqual(['connects-elsewhere']);
    expect(gap(asked, { type: 'kafka', digest: digestOf(asked, boundOf(asked)) })).toEqual(['connects-elsewhere']);
  });
});

describe('what no evidence speaks of', () => {
  const targets = [configured('claims-db'), configured('events'), configured('drop')];
  const workloads = [workload('ingest', { uses: ['events'], connectsFrom: 'spark-source' })];
  const gaps = (vantage: Vantage) =>
    gapsOf(config(targets, { workloads }), analysisOf({ digest: 'sha256:other' }, vantage))
      .filter(({ why }) => why === 'never-tried')
      .map((gap) => gap.target);

  test('of a driver is every target that it has not tried', () => {
    expect(gaps('driver')).toEqual(['events', 'drop']);
  });

  test('of another place is only what a workload uses that connects from there', () => {
    expect(gaps('spark-source')).toEqual(['events']);
    expect(gaps('executor')).toEqual([]);
  });
});
