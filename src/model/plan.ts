import type { Limits, Profile, Scope } from './policy.ts';
import type { Bound, ServerFootprint } from './probe.ts';
import type { HoldRequest, TargetRecord } from './records.ts';
import type { StageName } from './stages.ts';

/** What a run will do to one target. */
export type PlannedTarget = {
  readonly record: TargetRecord;
  readonly bound: Bound;
  /** The attempts that the judgement wants at most, and at least for the causes. */
  readonly attempts: { readonly most: number; readonly least: number };
  /** Attempts beyond that, in place of those that our own trouble took. */
  readonly spare: number;
  /** How often a control is tried beyond that, to tell a dead uplink from a dead target. */
  readonly checks: number;
  /** Dear parts and how many of the first attempts try each. */
  readonly parts: Readonly<Record<string, number>>;
  readonly holds: readonly HoldRequest[];
  readonly deadlinesMs: Readonly<Partial<Record<StageName, number>>>;
  /** Whether this identity was rejected in the latest run, and how often within a day. */
  readonly identityStanding: IdentityStanding;
  /** This target has succeeded in some counted run of its history. */
  readonly hasSucceeded: boolean;
};

export type IdentityStanding = 'untested' | 'rejected-in-latest-run' | 'rejected-twice-today';

export type ServerLoad = ServerFootprint & {
  /** All of these are for one run. */
  readonly targets: readonly string[];
  readonly identities: readonly string[];
  readonly openAtOnce: number;
  readonly holds: number;
  /** Connections of holds, and for how long the longest of them. */
  readonly heldAtOnce: number;
  readonly heldMs: number;
  readonly durationMs: number;
};

export type Plan = {
  readonly profile: Profile;
  readonly scope: Scope;
  readonly limits: Limits;
  readonly targets: readonly PlannedTarget[];
  readonly servers: readonly ServerLoad[];
  /** Runs of this context and vantage that lie in the folder, the latest of them. */
  readonly earlier: readonly { readonly run: string; readonly at: string }[];
  /** Runs that a clean history still needs; null in scope `run`. */
  readonly runs: number | null;
  readonly durationMs: number;
  readonly warnings: readonly string[];
};
