import type { Compute } from './decision.ts';
import type { Policy, Profile } from './policy.ts';
import type { AnyProbe, Bound } from './probe.ts';
import type { HoldRequest, Requirement, Vantage, WorkloadNeed } from './records.ts';
import type { StageName } from './stages.ts';

// The configuration after reading, resolving and checking.

export type Sampling = {
  readonly profile: Profile;
  /** New connections a second and server. */
  readonly pace: number | null;
  readonly attempts: number | null;
  readonly logins: number | null;
  readonly open: number | null;
  readonly held: number | null;
  readonly wallMs: number | null;
  readonly deadlinesMs: Readonly<Partial<Record<StageName, number>>>;
  readonly holds: HoldSampling | null;
};

export type HoldSampling = {
  readonly rungsMs: readonly number[];
  /** What is tried beside the keepalive of the real client; null where nothing is written. */
  readonly keepalive: HoldRequest['keepalive'] | null;
  /** Connections of each rung. */
  readonly sockets: number;
};

/** What a target may say for itself; the other limits are a server's. */
export type TargetSampling = Pick<Sampling, 'attempts' | 'deadlinesMs' | 'holds'>;

export type ConfiguredTarget = {
  readonly name: string;
  readonly type: string;
  readonly probe: AnyProbe;
  readonly control: boolean;
  readonly requirement: Requirement;
  /** As written; the probe's schema has accepted it. */
  readonly expect: unknown;
  readonly sampling: TargetSampling | null;
  /** Null where references were left unresolved (`judge`, `check --offline-references`). */
  readonly bound: Bound | null;
  /** What connects, as canonical JSON with references as written and files by their public part. */
  readonly canonical: string;
  /** The same with nothing resolved and no file read. */
  readonly unresolved: string;
};

export type Workload = {
  readonly name: string;
  readonly uses: readonly string[] | 'none' | null;
  readonly connectsFrom: Vantage | null;
  readonly stateless: boolean;
  readonly needs: readonly WorkloadNeed[];
  readonly durationMs: number | null;
  readonly longestIdleMs: number | null;
  readonly connectionsPerRun: number | null;
  readonly retriesFirstConnection: boolean;
  readonly runsPerMonth: number | null;
  readonly tolerableFailedRuns: number | null;
};

export type ContextDeclaration = {
  readonly name: string;
  readonly ephemeral: boolean;
  /** Which of the strategies it stands for; null where nothing is written: the kind tells it then, else whether it is ephemeral. */
  readonly compute: Compute | null;
  /** As detected, where nothing is written. */
  readonly kind: string | null;
  /** What it can do for a workload because somebody tried that there. */
  readonly provides: readonly WorkloadNeed[];
  readonly costPerHour: number | null;
  readonly startupMs: number | null;
  /** How long it is kept after each run, and paid for. */
  readonly idleKeptMs: number | null;
  readonly minimumBillingMs: number | null;
};

/** A value that must never be shown, with the places it came from. */
export type SecretValue = {
  readonly value: string;
  readonly source: string;
  /** Short, or equal to a name of the config: redacted in free text only. */
  readonly weak: boolean;
};

/** For evidence of a lab alone: the host and the start that a run is to have. */
export type LabRun = { readonly bootId: string; readonly at: string };

export type Config = {
  readonly path: string;
  readonly digest: string;
  readonly sampling: Sampling;
  readonly targets: readonly ConfiguredTarget[];
  readonly workloads: readonly Workload[];
  readonly contexts: readonly ContextDeclaration[];
  readonly policy: Policy;
  readonly lab: LabRun | null;
  readonly secrets: readonly SecretValue[];
  readonly warnings: readonly string[];
};
