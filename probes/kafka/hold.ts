import type { AttemptHandle } from '../../src/model/probe.ts';
import type { HoldRequest } from '../../src/model/records.ts';
import { stay } from '../../src/net/stay.ts';
import { coordinatorOf, metadataOf } from './cluster.ts';
import { leavingOnError, ownGroup } from './group.ts';
import { login } from './login.ts';
import { joinGroup } from './membership.ts';
import { type Prepared, prepare } from './prepare.ts';
import { type Reached, reachAdvertised, reachBootstrap } from './reach.ts';
import { BrokerRefusal } from './refusals.ts';
import type { KafkaSettings } from './settings.ts';

/** How often a connection in use is used. */
const USE_MS = 30_000;
/** The Java client renews a login before a request that comes after 85 to 95 % of its lifetime (KIP-368). */
const RENEW_AFTER = 0.85;

export async function hold(settings: KafkaSettings, at: AttemptHandle, request: HoldRequest): Promise<void> {
  const { kind, plannedMs, keepalive } = request;
  const prepared = await prepare(settings, at, keepalive === 'as-client' ? 'system' : { idleMs: keepalive.intervalMs });
  const { topic, hints } = prepared;
  const bootstrap = await reachBootstrap(at, prepared.how);
  const ask = () => metadataOf(bootstrap, topic, hints.topic);
  if (kind === 'membership') return holdMembership(at, { prepared, bootstrap, plannedMs });
  await at.stage(
    'hold',
    (signal) => during(bootstrap, { plannedMs, everyMs: kind === 'in-use' ? USE_MS : plannedMs, work: ask, signal }),
    bootstrap.server,
  );
  await renewIfOver(at, bootstrap, prepared, plannedMs);
  await at.stage('reuse', ask, bootstrap.server);
}

type Kept = { readonly prepared: Prepared; readonly bootstrap: Reached; readonly plannedMs: number };

/** A member of a group of our own that does nothing but beat, as long as it is asked to. */
async function holdMembership(at: AttemptHandle, { prepared, bootstrap, plannedMs }: Kept): Promise<void> {
  const { how, topic, hints } = prepared;
  const cluster = await at.stage('request', () => metadataOf(bootstrap, topic, hints.topic), bootstrap.server);
  const own = ownGroup(at, `hold-${at.n}`, prepared, cluster);
  const found = await at.stage('request', () => coordinatorOf(bootstrap, own.groupId, own.groupHint), bootstrap.server);
  if (found instanceof BrokerRefusal) return at.stage('authorize', () => Promise.reject(found), bootstrap.server);
  const coordinator = await reachAdvertised(at, found, how);
  const member = await at.stage('authorize', () => joinGroup(coordinator, own), coordinator.server);
  const everyMs = how.client.heartbeatIntervalMs;
  await leavingOnError(member, () =>
    at.stage(
      'hold',
      (signal) => during(coordinator, { plannedMs, everyMs, work: member.heartbeat, signal }),
      coordinator.server,
    ),
  );
  await at.stage('reuse', () => leavingOnError(member, member.heartbeat), coordinator.server);
  await at.stage('authorize', () => member.leave().then(member.remove), coordinator.server);
}

type Course = {
  readonly plannedMs: number;
  readonly everyMs: number;
  work(): Promise<unknown>;
  readonly signal: AbortSignal;
};

/** Stays for the time planned, with some work after each interval within it. */
async function during({ socket }: Reached, { plannedMs, everyMs, work, signal }: Course): Promise<void> {
  for (let leftMs = plannedMs; leftMs > 0; leftMs -= everyMs) {
    await stay(socket, Math.min(everyMs, leftMs), signal);
    if (leftMs > everyMs) await work();
  }
}

async function renewIfOver(at: AttemptHandle, connection: Reached, { how }: Prepared, idleMs: number): Promise<void> {
  const { sessionLifetimeMs, server } = connection;
  const { sasl } = how.client;
  if (sasl === null || sessionLifetimeMs === null || idleMs < sessionLifetimeMs * RENEW_AFTER) return;
  await at.stage('renew', () => login(connection, sasl), server);
}
