import { z } from 'zod';
import { analyze } from '../../../src/analyze/analyze.ts';
import { judge } from '../../../src/judge/judge.ts';
import type { DeclaredWorkload, Gap, Present } from '../../../src/model/policy.ts';
import { DEFAULT_POLICY, type Policy, type Profile, type Scope } from '../../../src/model/policy.ts';
import { type AnyProbe, type Probe, seal } from '../../../src/model/probe.ts';
import { type ReportTarget, report as reportSchema } from '../../../src/model/report.ts';
import { folderOf, instant, type SyntheticRun, T0 } from '../../kit/evidence.ts';

const DAY_MS = 86_400_000;

type FakeExpect = { readonly version?: string | undefined };
type FakeObservation = { readonly version: string };

const fake: Probe<object, FakeExpect, FakeObservation> = {
  type: 'fake',
  title: 'a probe that exists in tests only',
  stages: ['connect', 'request'],
  holds: ['idle'],
  settings: z.strictObject({}),
  expect: z.strictObject({ version: z.string().optional() }),
  observation: z.object({ version: z.string() }),
  describe: () => {
    throw new Error('judging describes nothing');
  },
  rules: [
    {
      id: 'fake/version',
      needs: ['observations'],
      required: ({ expect }) => (expect.version === undefined ? null : `version ${expect.version}`),
      judge: ({ expect, analysis }) => {
        if (expect.version === 'broken') throw new TypeError('planted');
        const versions = analysis.observations.map(({ value }) => value.version);
        const matches = versions.every((version) => version === expect.version);
        return {
          verdict: matches ? 'pass' : 'fail',
          observed: versions.join(),
          cause: matches ? null : 'status-unexpected',
        };
      },
    },
  ],
  load: () => Promise.reject(new Error('judging loads no client')),
};

export const FAKE: AnyProbe = seal(fake);

export type Asked = {
  readonly profile?: Profile;
  readonly scope?: Scope;
  readonly run?: string;
  readonly policy?: Partial<Policy>;
  readonly present?: ReadonlyMap<string, Present>;
  readonly workloads?: readonly DeclaredWorkload[];
  readonly gaps?: readonly Gap[];
  readonly only?: readonly string[];
  readonly problems?: readonly string[];
  readonly registry?: readonly AnyProbe[];
  readonly judgedAt?: string;
};

/** The whole way from evidence to report, which is read back through its schema. */
export function judgement(runs: readonly SyntheticRun[], asked: Asked = {}) {
  const { profile = 'gate', scope = 'period', run = null, problems = [], registry = [FAKE] } = asked;
  const latest = Math.max(T0, ...runs.map(({ at }) => at));
  const judgedAt = asked.judgedAt ?? instant(latest + DAY_MS / 4);
  const policy = { ...DEFAULT_POLICY, ...asked.policy };
  const analysis = analyze(folderOf(runs, problems), {
    context: 'serverless',
    vantage: 'driver',
    scope,
    run,
    only: asked.only ?? null,
    judgedAt,
    policy,
  });
  const { report, defects } = judge({
    analysis,
    present: asked.present ?? new Map(),
    gaps: asked.gaps ?? [],
    workloads: asked.workloads ?? analysis.workloads.map((workload) => ({ workload, judgedBy: 'evidence' as const })),
    registry,
    policy,
    profile,
    scope,
    judgedAt,
    tool: { name: 'preflight-probe', version: '0.0.0', digest: 'sha256:0' },
  });
  return { report: reportSchema.parse(report), defects };
}

export const reportOf = (runs: readonly SyntheticRun[], asked: Asked = {}) => judgement(runs, asked).report;

export function targetOf(runs: readonly SyntheticRun[], asked: Asked = {}): ReportTarget {
  const [first] = reportOf(runs, asked).targets;
  if (first === undefined) throw new Error('no target');
  return first;
}

export const findingOf = (runs: readonly SyntheticRun[], rule: string, asked: Asked = {}) =>
  targetOf(runs, asked).findings.find((finding) => finding.rule === rule);

export const rateOf = (runs: readonly SyntheticRun[], asked: Asked = {}) => {
  const finding = findingOf(runs, 'stability/failure-rate', asked);
  if (finding === undefined) throw new Error('no finding of the rate');
  return finding;
};
