import type { Analysis } from '../model/analysis.ts';
import type { DeclaredWorkload, Gap, Policy } from '../model/policy.ts';
import type { RuleOutcome } from '../model/probe.ts';
import type { JudgedTarget } from './target.ts';
import type { JudgedFindings } from './waivers.ts';

export type ContextInput = {
  readonly analysis: Analysis;
  /** The control targets, judged as any other. */
  readonly controls: readonly JudgedTarget[];
  readonly gaps: readonly Gap[];
  readonly workloads: readonly DeclaredWorkload[];
  readonly policy: Policy;
  readonly judged: JudgedFindings;
  readonly judgedAt: string;
};

/** A rule over the evidence and the context as a whole. */
export type ContextRule = {
  readonly id: string;
  required(input: ContextInput): string | null;
  judge(input: ContextInput): RuleOutcome;
};
