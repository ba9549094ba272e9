import type { z } from 'zod';
import type { Demand, policyRecord, Requirement, WorkloadRecord } from './records.ts';

export const PROFILES = ['quick', 'gate', 'strict'] as const;
export type Profile = (typeof PROFILES)[number];

export type Scope = 'run' | 'period';

export type Policy = z.infer<typeof policyRecord>;
/** Sets earlier runs of a target aside after a fix; each use doubles the evidence that a pass needs. */
export type Since = Policy['since'][number];
export type Waiver = Policy['waivers'][number];

export const DEFAULT_POLICY: Policy = {
  tolerableFailedRuns: null,
  minSpanMs: 86_400_000,
  maxAgeMs: 30 * 86_400_000,
  maxRuns: 120,
  independence: { minGapMs: 15 * 60_000, distinctHosts: true },
  warn: 'allows',
  currency: null,
  prefer: 'serverless',
  since: [],
  waivers: [],
};

/** The limits of one run on one server, over all targets that share it. */
export type Limits = {
  readonly newConnectionsPerSecond: number;
  readonly openConnections: number;
  readonly heldConnections: number;
  readonly logins: number;
  readonly wallTimeMs: number;
  /** The most attempts of one target in scope `run`. */
  readonly attempts: number;
};

type ProfileNumbers = Limits & { readonly tolerableFailedRuns: number; readonly connectionsPerRun: number };

/** Design §7: what each profile means where the workloads and the policy are silent. */
export const PROFILE_NUMBERS: Readonly<Record<Profile, ProfileNumbers>> = {
  quick: {
    tolerableFailedRuns: 0.1,
    connectionsPerRun: 1,
    newConnectionsPerSecond: 5,
    openConnections: 4,
    heldConnections: 8,
    logins: 300,
    wallTimeMs: 2 * 60_000,
    attempts: 100,
  },
  gate: {
    tolerableFailedRuns: 0.1,
    connectionsPerRun: 5,
    newConnectionsPerSecond: 1,
    openConnections: 4,
    heldConnections: 24,
    logins: 400,
    wallTimeMs: 10 * 60_000,
    attempts: 500,
  },
  strict: {
    tolerableFailedRuns: 0.1,
    connectionsPerRun: 10,
    newConnectionsPerSecond: 1,
    openConnections: 8,
    heldConnections: 24,
    logins: 800,
    wallTimeMs: 30 * 60_000,
    attempts: 1000,
  },
};

/** What a target's evidence is judged by: the workload's numbers under the profile and the policy. */
export type Criteria = {
  readonly tolerable: number;
  readonly connections: number;
  readonly retriesFirstConnection: boolean;
  readonly runsPerMonth: number;
  /** 20, doubled by each `policy.since` that applies. */
  readonly threshold: number;
};

/** What the present configuration asks of a target. */
export type Present = { readonly requirement: Requirement; readonly expect: unknown; readonly demand: Demand };

/** A workload, and whether the present configuration or the evidence declares it so. */
export type DeclaredWorkload = { readonly workload: WorkloadRecord; readonly judgedBy: 'config' | 'evidence' };

/** What the present configuration names and the evidence cannot speak of. */
export type Gap = {
  readonly target: string;
  readonly why: 'never-tried' | 'connects-elsewhere' | 'cannot-be-compared';
};
