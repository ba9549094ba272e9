import type { Analysis } from '../model/analysis.ts';
import type { DeclaredWorkload, Gap, Policy, Profile } from '../model/policy.ts';
import { REPORT_SCHEMA_VERSION, type Report } from '../model/report.ts';
import { exitCodeOf, worst } from '../model/verdict.ts';
import { contextFindings } from './context-rules.ts';
import { openDoor } from './door.ts';
import { reportTarget } from './report-target.ts';
import { reportWorkload } from './report-workload.ts';
import { type Circumstances, type JudgedTarget, judgeTarget } from './target.ts';
import { judgeWorkloads } from './workloads.ts';

export type JudgeInput = Omit<Circumstances, 'context'> & {
  readonly analysis: Analysis;
  readonly workloads: readonly DeclaredWorkload[];
  readonly gaps: readonly Gap[];
  readonly tool: Report['tool'];
};

export type Judgement = {
  readonly report: Report;
  /** What rules threw: defects of ours, for which the process exits 70 with the report written. */
  readonly defects: readonly unknown[];
};

/** Rules over an analysis, findings, verdicts, report. Pure: the same analysis, policy and time give the same report. */
export function judge({ analysis, workloads: declared, gaps, tool, ...asked }: JudgeInput): Judgement {
  const { context } = analysis;
  const given = { ...asked, context };
  const { policy, profile, scope, judgedAt } = given;
  const door = openDoor();
  const all = analysis.targets.map((target) => judgeTarget(target, given, door));
  const controls = all.filter(({ input }) => input.analysis.target.control);
  const judged = all.filter((one) => !standsForTheUplink(one));
  const workloads = judgeWorkloads(declared, judged, { given, door });
  const findings = contextFindings(
    { analysis, controls, gaps, workloads: declared, policy, judgedAt, judged: judged.map(findingsOf) },
    door,
  );
  const ofTargets = worst(judged.map((target) => target.verdict));
  const verdict = worst([ofTargets, ...[...findings, ...workloads].map((one) => one.verdict)]);
  const report: Report = {
    schemaVersion: REPORT_SCHEMA_VERSION,
    tool,
    judgedAt,
    run: latestRun(analysis),
    ...runsOf(analysis),
    context: {
      name: context.name,
      kind: context.kind,
      ephemeral: context.ephemeral,
      vantage: context.vantage,
      signs: context.signs,
      host: context.host,
      findings: [...findings],
    },
    scope,
    policy: policyOf(policy, profile),
    targets: judged.map(reportTarget),
    workloads: workloads.map(reportWorkload),
    verdict,
    exitCode: exitCodeOf(verdict, policy.warn === 'blocks'),
  };
  return { report, defects: door.defects };
}

const findingsOf = ({ input, findings }: JudgedTarget) => ({ name: input.analysis.target.name, findings });

/** A control that no workload uses is no target: it is judged once, as the context's way out. */
const standsForTheUplink = ({ input: { analysis, demand } }: JudgedTarget): boolean =>
  analysis.target.control && demand.workloads.length === 0;

/** More than a budget of runs by default has, so that a report of a long history stays short. */
const LISTED_RUNS = 200;

function runsOf({ runs }: Analysis): Pick<Report, 'runs' | 'earlierRuns'> {
  const earlier = runs.slice(0, -LISTED_RUNS);
  const earlierCounted = earlier.filter(({ counted }) => counted).length;
  return {
    runs: runs.slice(-LISTED_RUNS).map(({ id, startedAt, endedAt, interrupted, profile, counted, why, lab }) => ({
      id,
      startedAt,
      endedAt,
      interrupted,
      profile,
      counted,
      why,
      lab,
    })),
    earlierRuns: {
      counted: earlierCounted,
      notCounted: earlier.length - earlierCounted,
      lab: earlier.filter(({ lab }) => lab).length,
    },
  };
}

/** The latest that counts. */
function latestRun({ runs }: Analysis): Report['run'] {
  const latest = runs.findLast(({ counted }) => counted);
  if (latest === undefined) return null;
  const { id, startedAt, endedAt, profile, interrupted, configDigest, invoker } = latest;
  return { id, startedAt, endedAt, profile, interrupted, configDigest, invoker };
}

const policyOf = (policy: Policy, profile: Profile): Report['policy'] => ({
  profile,
  tolerableFailedRuns: policy.tolerableFailedRuns,
  minSpanSeconds: policy.minSpanMs / 1_000,
  maxRuns: policy.maxRuns,
  independence: {
    minGapSeconds: policy.independence.minGapMs / 1_000,
    distinctHosts: policy.independence.distinctHosts,
  },
  since: policy.since,
  waivers: policy.waivers,
});
