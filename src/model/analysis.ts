import type { Context, Failure, HoldRequest, Stop, TargetRecord, WorkloadRecord } from './records.ts';
import type { StageName } from './stages.ts';

// All that any rule may ask. It grows with runs and with distinct values (capped, the rest counted), never with attempts.

export type Seen<T> = {
  readonly value: T;
  readonly succeeded: number;
  readonly failed: number;
  readonly runs: number;
  /** An entry for each run, in their order: 0 where it was not seen, 1 where it was, 3 where an attempt failed with it too. */
  readonly inRuns: Uint8Array;
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

/** The tries of one dear part in a run. */
export type PartTally = {
  readonly name: string;
  readonly made: number;
  readonly failed: number;
  /** Of the failed: by a cause that says nothing of the target, such as a permission that only this probe lacks. */
  readonly unjudged: number;
  readonly lastSuccessAt: string | null;
};

/** What one run counted at one target. Holds are not in it. */
export type RunTally = {
  readonly succeeded: number;
  readonly failed: number;
  /** Failed by a cause that says nothing of the target (its `leads` is `inconclusive`): in no rate, and not in `failed`. */
  readonly unjudged: number;
  /** Failed lookups within one period of a resolver's cache after one that counts: the same answer again, in no rate. */
  readonly repeated: number;
  readonly aborted: number;
  readonly broken: number;
  readonly tainted: number;
  /** Of the tainted: failed while the uplink of the context was dead. */
  readonly uplink: number;
  /** Whether the cold connection of the run is among `succeeded` and `failed`, and then whether it failed. */
  readonly firstScored: boolean;
  readonly firstFailed: boolean;
  /** The lookup of the first attempt failed, and the next attempt met that again: a retry at once would not have helped. */
  readonly firstRepeated: boolean;
  readonly longestFailures: number;
  /** How often the outcome turned after the first attempt, for the test for bursts. */
  readonly turns: number;
  /** Of the failures after the first attempt: the sum of their places among what was scored after it, from 1. */
  readonly laterPlaces: number;
  readonly parts: readonly PartTally[];
  readonly lastSuccessAt: string | null;
};

/** One run's share in a target's history. */
export type RunOfTarget = Omit<RunTally, 'parts'> & {
  readonly run: string;
  readonly startedAt: string;
  readonly endedAt: string | null;
  readonly bootId: string | null;
  readonly profile: string;
  readonly scope: 'run' | 'period';
  /** The run wrote its end, was not interrupted, and every line of it could be read. */
  readonly complete: boolean;
  /** A line of it is lost: what it said may have been a failure. */
  readonly damaged: boolean;
  readonly stop: Stop | null;
  /** A control target worked in this run: without that nothing tells a dead uplink from a control that never works. */
  readonly controlWorked: boolean;
  /** Addresses that this run left from, whichever target saw them. */
  readonly egress: readonly string[];
  readonly parts: readonly (PartTally & { readonly planned: number })[];
};

export const HOLD_OUTCOMES = ['alive', 'closed', 'reset', 'silent', 'not-opened', 'interrupted'] as const;
export type HoldOutcome = (typeof HOLD_OUTCOMES)[number];

export type HoldAnalysis = HoldRequest & {
  readonly outcome: HoldOutcome;
  readonly count: number;
  readonly runs: number;
  /** From the opening to the end, or to its last answer where it fell silent in use; the median of the holds counted here, and of lost ones the earliest. */
  readonly afterMs: number;
};

/** What one run held with keepalive as the real client has it, of one kind. */
export type HeldRun = {
  readonly run: string;
  readonly kind: HoldRequest['kind'];
  /** The longest time that was asked for, of the holds that came to their end. */
  readonly longestMs: number;
  /** When the first of them was lost; null where none was. */
  readonly lostAtMs: number | null;
};

export type FailureSeen = Failure & {
  /** The dear part that failed, where the attempt itself had worked. */
  readonly part: string | null;
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
  /** More addresses were seen than are kept: nothing can be said of all of them. */
  readonly egressOverflowed: boolean;
  /** Each address that attempts which worked had tried to connect to: how often it answered, and how often not. */
  readonly servers: readonly Seen<string>[];
  /** Each address or broker that an attempt of the rate had to do with, and how many attempts failed there. */
  readonly peers: readonly Seen<string>[];
  /** How often a failure came so many attempts after the one before it, within a run and after its first attempt; the index is the number. */
  readonly failureGaps: readonly number[];
  readonly observations: readonly Seen<Observation>[];
  /** More were made than are kept: nothing can be said of all of them. */
  readonly observationsOverflowed: boolean;
  /** How often a value was seen that the caps leave out. */
  readonly others: number;
  readonly holds: readonly HoldAnalysis[];
  /** In order of the runs. */
  readonly heldRuns: readonly HeldRun[];
};

/** Why a run does not count, or counts only against the target; null where it counts in full. */
export type RunStanding = {
  /** As detected and as declared when it was made. */
  readonly kind: string;
  readonly ephemeral: boolean;
  readonly id: string;
  /** When the platform was asked for it; null where nobody said so. */
  readonly requestedAt: string | null;
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
  /** Which of several processes on as many hosts it was, and what is known of the host. */
  readonly numbering: Context['process'];
  readonly hostname: string | null;
  /** Why its process never came to try anything, as its launcher says. */
  readonly notStarted: string | null;
  /** Its host and its time are those that a lab’s configuration gave it. */
  readonly lab: boolean;
};

/** What one run says of the machine it ran on, and of its uplink; over all its targets. */
export type RunHealth = {
  readonly run: string;
  /** It holds health records: its machine was watched. */
  readonly watched: boolean;
  /** Attempts that are no holds, and those of them that were ours to lose. */
  readonly attempts: number;
  readonly starved: number;
  readonly uplink: number;
  /** How long its machine was watched, and how much of that its process stood still, in spans of any length. */
  readonly watchedMs: number;
  readonly stalledMs: number;
  readonly longestStallMs: number;
  readonly clockSteps: number;
  /** Servers that failed at resolve or connect at about the same time, and no control told why: the most of them. */
  readonly failedTogether: number;
};

export type Analysis = {
  readonly context: Context;
  /** Of each run that counts, in their order. */
  readonly health: readonly RunHealth[];
  readonly runs: readonly RunStanding[];
  /** Runs that later ones have seen in the folder, and that are not there any more though they are young enough to count. */
  readonly runsGone: readonly { readonly run: string; readonly at: string }[];
  readonly targets: readonly TargetAnalysis<unknown>[];
  /** As the latest run that counts declares them. */
  readonly workloads: readonly WorkloadRecord[];
  /** Files or lines of the folder that could not be read or belong elsewhere, each a sentence. */
  readonly unreadable: readonly string[];
};
