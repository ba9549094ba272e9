import { REGISTRY } from '../../../probes/index.ts';
import { CAUSES } from '../../../src/model/causes.ts';
import type { Policy, Profile, Scope } from '../../../src/model/policy.ts';
import { type HoldRequest, STOPS, type Stop, type TargetRecord } from '../../../src/model/records.ts';
import {
  type AttemptOver,
  context,
  demand,
  failed,
  instant,
  requirement,
  run,
  type SyntheticRun,
  T0,
  target,
  workload,
} from '../../kit/evidence.ts';
import {
  badRuns,
  bursts,
  clean,
  createRandom,
  firstOnly,
  independent,
  type Random,
  type State,
} from '../../kit/simulate.ts';
import { KINDS, type Kind } from './kinds.ts';

// Histories of every kind, drawn with a seed: what is said of them is to be read.

/** One of three servers behind the name is down. */
const everyThird: State = {
  name: 'every third attempt fails',
  begin() {
    let made = 0;
    return () => {
      made += 1;
      return made % 3 === 0;
    };
  },
};

const CALM: readonly State[] = [clean, clean, firstOnly(0.05)];
const STATES: readonly State[] = [
  everyThird,
  independent(1),
  clean,
  clean,
  clean,
  independent(0.01),
  independent(0.1),
  badRuns(0.05),
  badRuns(0.3, 0.5),
  firstOnly(0.3),
  bursts(0.1, 4),
];
const COMMON = ['connect-timeout', 'connection-refused', 'login-timeout', 'connection-reset'];
const HOLDS: readonly HoldRequest[] = [
  { kind: 'idle', plannedMs: 250_000, keepalive: 'as-client' },
  { kind: 'idle', plannedMs: 360_000, keepalive: 'as-client' },
  { kind: 'idle', plannedMs: 360_000, keepalive: { intervalMs: 30_000 } },
  { kind: 'in-use', plannedMs: 360_000, keepalive: 'as-client' },
  { kind: 'membership', plannedMs: 600_000, keepalive: 'as-client' },
];

export type Drawn = {
  readonly runs: readonly SyntheticRun[];
  readonly policy: Partial<Policy>;
  readonly profile: Profile;
  readonly scope: Scope;
};

export function drawHistories(seed: number, count: number): readonly Drawn[] {
  const random = createRandom(seed);
  return Array.from({ length: count }, (_, index) => drawHistory(random, index % 2 === 0));
}

const pick = <T>(random: Random, items: readonly T[]): T => {
  const picked = items[Math.floor(random() * items.length)];
  if (picked === undefined) throw new Error('nothing to pick from');
  return picked;
};
const seldomOf =
  (random: Random, calm: boolean) =>
  (share = 0.1): boolean =>
    random() < share && !calm;

type Drawing = {
  readonly record: TargetRecord;
  readonly state: State;
  readonly kind: Kind;
  readonly causes: readonly string[];
};

/** A calm one has nothing to it that a pass would founder on. */
function drawHistory(random: Random, calm: boolean): Drawn {
  const seldom = seldomOf(random, calm);
  const targets = Array.from({ length: pick(random, [1, 1, 2, 3]) }, (_, index) =>
    drawTarget(random, `target-${index}`, calm),
  );
  const isStable = random() < 0.3;
  const pool = pick(random, [1, 4, 200]);
  const isOneHost = seldom();
  const gapMs = calm ? 3_600_000 : pick(random, [3_600_000, 3_600_000, 86_400_000, 300_000]);
  const workloads = [
    workload(
      'ingest',
      targets.map(({ record }) => record.name),
      {
        tolerableFailedRuns: pick(random, [null, 0.2, 0.05]),
        connectionsPerRun: pick(random, [null, 3, 128]),
      },
    ),
  ];
  const runs = Array.from({ length: pick(random, [1, 2, 3, 7, 12, 33, 45, 60]) }, (_, index): SyntheticRun => {
    const egress = [`203.0.113.${Math.floor(random() * pool)}`];
    const attempts = targets.flatMap((one) => drawAttempts(random, one, egress, calm));
    return {
      ...run(index, attempts, { targets: targets.map(({ record }) => record), workloads }),
      id: `run-${index}`,
      at: T0 + index * gapMs,
      profile: seldom() ? 'quick' : 'gate',
      context: context({ ephemeral: !isStable, bootId: isOneHost || isStable ? 'one' : `boot-${index}` }),
      stops: Object.fromEntries(targets.map(({ record }) => [record.name, pick<Stop>(random, STOPS)])),
      ...(seldom(0.03) ? pick(random, [{ end: null }, { end: 'interrupted' }, { damaged: true }] as const) : {}),
    };
  });
  const scope = pick<Scope>(random, ['period', 'period', 'period', 'run']);
  return {
    runs,
    policy: calm ? {} : drawPolicy(random, targets),
    profile: scope === 'run' ? 'quick' : pick<Profile>(random, ['quick', 'gate', 'gate', 'strict']),
    scope,
  };
}

function drawPolicy(random: Random, targets: readonly Drawing[]): Partial<Policy> {
  const seldom = seldomOf(random, false);
  const at = instant(T0 - 86_400_000);
  const since = { target: targets[0]?.record.name ?? '', context: null, at, reason: 'r', ticket: 't', approvedBy: 'a' };
  return {
    ...(seldom() ? { since: [since] } : {}),
    ...(seldom() ? { maxRuns: 40 } : {}),
    ...(seldom() ? { independence: { minGapMs: 0, distinctHosts: false } } : {}),
    ...(seldom() ? { tolerableFailedRuns: 0.02 } : {}),
  };
}

function drawTarget(random: Random, name: string, calm: boolean): Drawing {
  const seldom = seldomOf(random, calm);
  const type = pick(random, Object.keys(KINDS));
  const kind = KINDS[type];
  if (kind === undefined) throw new Error(`no kind ${type}`);
  const record = target({
    name,
    type,
    expect: calm ? {} : pick(random, kind.expect),
    requirement: requirement({
      firewallAllows: random() < 0.4 ? ['203.0.113.0/24'] : null,
      p95Ms: seldom() ? { connect: pick(random, [1, 1_000]) } : {},
    }),
    demand: demand({
      workloads: ['ingest'],
      durationMs: 2_400_000,
      longestIdleMs: calm ? null : pick(random, [null, null, 300_000]),
      connectionsPerRun: pick(random, calm ? [null, 3] : [null, 3, 128]),
      tolerableFailedRuns: calm ? null : pick(random, [null, 0.05]),
      retriesFirstConnection: random() < 0.3,
    }),
    differences: ['the client differs'],
    untestable: seldom(0.05) ? 'Kerberos is not spoken here' : null,
    parts: type === 'kafka' ? { join: 1 } : {},
    control: seldom(0.05),
  });
  const causes = seldom(0.3) ? [pick(random, Object.keys(CAUSES))] : [pick(random, COMMON)];
  return { record, kind, causes, state: pick(random, calm ? CALM : STATES) };
}

function drawAttempts(
  random: Random,
  { record, state, kind, causes }: Drawing,
  egress: readonly string[],
  calm: boolean,
): AttemptOver[] {
  const seldom = seldomOf(random, calm);
  const fails = state.begin(random);
  const attempts = Array.from({ length: calm ? 33 : pick(random, [15, 15, 33]) }, (_, n): AttemptOver => {
    const server = `10.0.0.${Math.floor(random() * 2)}:1433`;
    const seen = { target: record.name, resolved: [server.slice(0, 8)], egress: [...egress], measures: kind.measures };
    const part = n === 0 && 'join' in record.parts ? { name: 'join', reached: true } : null;
    if (seldom(0.01)) return { ...seen, ...pick<AttemptOver>(random, [{ taint: 'starved' }, { outcome: 'broken' }]) };
    const observation = seldom(0.03) ? pick(random, kind.observations) : kind.observations[0];
    if (!fails()) return { ...seen, observation, part };
    const stage = seldom(0.1) ? 'resolve' : 'connect';
    const failure = failed(pick(random, causes)).failure;
    return failed(pick(random, causes), {
      ...seen,
      part,
      failure: failure === null || failure === undefined ? null : { ...failure, stage, server },
    });
  });
  return calm ? attempts : [...attempts, ...drawHolds(random, record)];
}

function drawHolds(random: Random, { name, type }: TargetRecord): AttemptOver[] {
  const seldom = seldomOf(random, false);
  const probe = REGISTRY.find((one) => one.type === type);
  if (probe === undefined || !seldom(0.2)) return [];
  return HOLDS.filter(({ kind }) => probe.holds.includes(kind)).map((hold) => {
    const stages = [{ stage: 'hold' as const, server: null, elapsedMs: hold.plannedMs, ok: true }];
    const failure = { stage: 'reuse' as const, server: null, code: null, number: null, detail: '' };
    const lost = pick(random, ['idle-silent', 'connection-reset', 'connection-closed', null, null]);
    const held = { target: name, hold, stages, observation: null };
    return lost === null ? held : { ...held, outcome: 'failed', failure: { ...failure, cause: lost } };
  });
}
