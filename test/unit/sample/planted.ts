import type { Cause } from '../../../src/model/causes.ts';
import type { PlannedTarget } from '../../../src/model/plan.ts';
import { type Limits, PROFILE_NUMBERS } from '../../../src/model/policy.ts';
import type { AttemptHandle, BoundClient, ServerFootprint } from '../../../src/model/probe.ts';
import type { AttemptRecord, StopRecord, TargetRecord } from '../../../src/model/records.ts';
import type { Health } from '../../../src/sample/health.ts';
import { type SampleRequest, sample } from '../../../src/sample/sample.ts';
import { type FakeClock, fakeClock, pause } from '../../kit/clock.ts';
import { target } from '../../kit/evidence.ts';

// Targets whose client the test writes: no network, no time but the fake one.

/** What a planted server answers: classified by the planted client as this cause. */
export class Refused extends Error {
  readonly answer: Cause;
  constructor(answer: Cause) {
    super(answer);
    this.answer = answer;
  }
}

export const server = (address: string, over: Partial<ServerFootprint> = {}): ServerFootprint => ({
  address,
  connections: 1,
  logins: 0,
  joins: 0,
  commits: 0,
  bytes: 0,
  ...over,
});

export const limits = (over: Partial<Limits> = {}): Limits => ({
  ...PROFILE_NUMBERS.quick,
  wallTimeMs: 3_600_000,
  ...over,
});

export type Planting = Partial<Omit<PlannedTarget, 'record' | 'bound'>> & {
  readonly record?: Partial<TargetRecord>;
  readonly servers?: readonly ServerFootprint[];
  readonly client?: Partial<BoundClient>;
  readonly load?: () => Promise<BoundClient>;
};

const classify: BoundClient['classify'] = (error) => {
  if (error instanceof Refused) return { cause: error.answer, code: null, number: null, detail: error.message };
  return error instanceof TypeError ? 'defect' : { cause: 'unclassified', code: null, number: null, detail: 'other' };
};

export const client = (over: Partial<BoundClient> = {}): BoundClient => ({
  attempt: (at) => at.stage('request', async () => ({ version: '1' })),
  hold: null,
  classify,
  ...over,
});

const SERVER = server('10.0.0.1:1433');

export function planted(over: Planting = {}): PlannedTarget {
  const { record, servers = [SERVER], client: overClient, load, ...rest } = over;
  const identity = record?.identity ?? null;
  return {
    record: target({ servers: servers.map(({ address }) => address), ...record }),
    bound: {
      endpoint: servers[0]?.address ?? '',
      footprint: { identity, servers },
      differences: [],
      untestable: null,
      secrets: [],
      parts: [],
      deadlinesMs: {},
      privileges: [],
      load: load ?? (async () => client(overClient)),
    },
    attempts: { most: 15, least: 15 },
    spare: 3,
    checks: 0,
    parts: {},
    holds: [],
    deadlinesMs: {},
    identityStanding: 'untested',
    hasSucceeded: false,
    ...rest,
  };
}

export type Sampled = {
  readonly time: FakeClock;
  readonly records: readonly (AttemptRecord | StopRecord)[];
  /** Attempts that are no holds, of one target or of all. */
  attempts(target?: string): readonly AttemptRecord[];
  holds(target?: string): readonly AttemptRecord[];
  stop(target?: string): string | null;
  readonly broke: readonly { readonly target: string; readonly error: unknown }[];
  readonly secrets: readonly string[];
};

export type SampleOver = Partial<Omit<SampleRequest, 'plan'>> & {
  readonly limits?: Partial<Limits>;
  readonly time?: FakeClock;
};

/** Nothing is ever the matter with us. */
export const QUIET: Health = { mark: () => ({ stalledMs: 0, aheadMs: 0, steps: 0, queuedMs: 0 }), exhausted: () => {} };

/** A request for the targets, and what comes of it as it comes. */
export function sampling(targets: readonly PlannedTarget[], over: SampleOver = {}) {
  const { limits: overLimits, time = fakeClock(), ...rest } = over;
  const records: (AttemptRecord | StopRecord)[] = [];
  const broke: { target: string; error: unknown }[] = [];
  const secrets: string[] = [];
  const request: SampleRequest = {
    plan: {
      profile: 'quick',
      scope: 'period',
      limits: limits(overLimits),
      targets,
      servers: [],
      earlier: [],
      runs: null,
      durationMs: 0,
      warnings: [],
    },
    run: '01234567-89ab-4def-8123-456789abcdef',
    context: 'serverless',
    processes: 1,
    environment: {},
    clock: time,
    random: () => 0.5,
    health: QUIET,
    signal: new AbortController().signal,
    mayReach: () => true,
    write: (record) => void records.push(record),
    enough: () => null,
    secret: (value) => void secrets.push(value),
    broke: (name, error) => void broke.push({ target: name, error }),
    ...rest,
  };
  const made = (name: string | undefined, held: boolean) =>
    records.filter(
      (record): record is AttemptRecord =>
        record.record === 'attempt' && (record.hold !== null) === held && (name ?? record.target) === record.target,
    );
  const sampled: Sampled = {
    time,
    records,
    attempts: (name) => made(name, false),
    holds: (name) => made(name, true),
    stop: (name) =>
      records.flatMap((record) =>
        record.record === 'stop' && (name ?? record.target) === record.target ? [record.reason] : [],
      )[0] ?? null,
    broke,
    secrets,
  };
  return { request, sampled };
}

/** A whole sampling, to its end. */
export async function sampleAll(targets: readonly PlannedTarget[], over: SampleOver = {}): Promise<Sampled> {
  const { request, sampled } = sampling(targets, over);
  await sampled.time.until(sample(request));
  return sampled;
}

/** A server as its own counters see it: connections open at once, and when each was made. */
export function ledger(time: FakeClock) {
  let open = 0;
  const counted = { connectedAtMs: [] as number[], mostOpen: 0, logins: 0 };
  return {
    counted,
    /** For as long as the work lasts one connection is open. */
    async connected<T>(work: () => Promise<T>): Promise<T> {
      open += 1;
      counted.connectedAtMs.push(time.elapsedMs());
      counted.mostOpen = Math.max(counted.mostOpen, open);
      try {
        return await work();
      } finally {
        open -= 1;
      }
    },
    login(accepted: boolean): void {
      counted.logins += 1;
      if (!accepted) throw new Refused('login-rejected');
    },
  };
}

/** Less what the sum of three thirds lacks to a whole. */
const SECOND_MS = 1_000 - 1e-6;

/** The most of these times that lie within any second. */
export const mostInASecond = (timesMs: readonly number[]): number =>
  Math.max(0, ...timesMs.map((startMs) => timesMs.filter((ms) => ms >= startMs && ms < startMs + SECOND_MS).length));

/** An attempt of one stage that takes this long. */
export const taking = (time: FakeClock, ms: number) => (at: AttemptHandle) =>
  at.stage('request', () => pause(time, ms));
