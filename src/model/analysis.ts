import type { Context, Failure, HoldRequest, Stop, TargetRecord } from './records.ts';
import type { StageName } from './stages.ts';

// All that any rule may ask. It grows with runs and with distinct values (capped, the rest counted), never with attempts.

export type Seen<T> = {
  readonly value: T;
  readonly succeeded: number;
  readonly failed: number;
  readonly runs: number;
  readonly firstAt: string;
  readonly lastAt: string;
};

/** A distribution, in the unit that its name carries; percentiles from buckets 1 % apart. */
export type Spread = {
  readonly name: string;
  readonly count: number;
  readonly failed: number;
  readonly p50: number;
  readonly p95: number;
  readonly p99: number;
  readonly min: number;
  readonly max: number;
};

/** One run's share in a target's history: counts of attempts; holds are not in them. */
export type RunOfTarget = {
  readonly run: string;
  readonly startedAt: string;
  readonly endedAt: string | null;
  readonly bootId: string | null;
  readonly profile: string;
  readonly scope: 'run' | 'period';
  /** The run wrote its end, was not interrupted, and every line of it could be read. */
  readonly complete: boolean;
  readonly stop: Stop | null;
  readonly succeeded: number;
  readonly failed: number;
  readonly aborted: number;
  readonly broken: number;
  readonly tainted: number;
  readonly firstFailed: boolean;
  readonly longestFailures: number;
  /** How often the outcome turned, for the test for bursts. */
  readonly turns: number;
  readonly parts: readonly {
    readonly name: string;
    readonly planned: number;
    readonly made: number;
    readonly failed: number;
  }[];
  readonly lastSuccessAt: string | null;
};

export const HOLD_OUTCOMES = ['alive', 'closed', 'reset', 'silent', 'not-opened', 'interrupted'] as const;
export type HoldOutcome = (typeof HOLD_OUTCOMES)[number];

export type HoldAnalysis = HoldRequest & {
  readonly outcome: HoldOutcome;
  readonly count: number;
  readonly runs: number;
  /** From the opening to the end, the median of the holds counted here. */
  readonly afterMs: number;
};

export type FailureSeen = Failure & {
  readonly count: number;
  readonly runs: number;
  readonly firstAt: string;
  readonly lastAt: string;
};

export type SetAside = {
  readonly otherTarget: number;
  readonly tooOld: number;
  readonly before: number;
  readonly unreadable: number;
};

export type TargetAnalysis<Observation> = {
  readonly target: TargetRecord;
  readonly runs: readonly RunOfTarget[];
  readonly setAside: SetAside;
  readonly stages: readonly (Spread & { readonly name: StageName })[];
  readonly measures: readonly Spread[];
  readonly failures: readonly FailureSeen[];
  readonly resolved: readonly Seen<string>[];
  readonly egress: readonly Seen<string>[];
  readonly servers: readonly Seen<string>[];
  readonly observations: readonly Seen<Observation>[];
  /** Distinct values that the caps left out. */
  readonly others: number;
  readonly holds: readonly HoldAnalysis[];
};

/** Why a run does not count, or counts only against the target; null where it counts in full. */
export type RunStanding = {
  readonly id: string;
  readonly startedAt: string;
  readonly endedAt: string | null;
  readonly interrupted: boolean;
  readonly profile: string;
  readonly scope: 'run' | 'period';
  readonly counted: boolean;
  readonly why: string | null;
  readonly configDigest: string;
  readonly invoker: Readonly<Record<string, string>>;
  readonly records: number;
};

export type Analysis = {
  readonly context: Context;
  readonly runs: readonly RunStanding[];
  readonly targets: readonly TargetAnalysis<unknown>[];
  /** Files or lines of the folder that could not be read or belong elsewhere, each a sentence. */
  readonly unreadable: readonly string[];
};
