import type { AttemptHandle } from '../../src/model/probe.ts';
import type { HoldRequest } from '../../src/model/records.ts';
import { holdOpen } from '../../src/net/hold.ts';
import { API } from './apis.ts';
import { coordinatorOf, metadataOf } from './cluster.ts';
import { leavingOnError, ownGroup } from './group.ts';
import type { Sasl } from './java-client.ts';
import { login } from './login.ts';
import { joinGroup } from './membership.ts';
import { type Prepared, prepare } from './prepare.ts';
import { type Reached, reachAdvertised, reachBootstrap } from './reach.ts';
import { BrokerRefusal } from './refusals.ts';
import type { KafkaSettings } from './settings.ts';

/** The Java client renews a login before a request that comes after 85 to 95 % of its lifetime (KIP-368). */
const RENEW_AFTER = 0.85;

export async function hold(settings: KafkaSettings, at: AttemptHandle, request: HoldRequest): Promise<void> {
  const { kind, keepalive } = request;
  const prepared = await prepare(settings, at, keepalive === 'as-client' ? 'system' : { idleMs: keepalive.intervalMs });
  const bootstrap = await reachBootstrap(at, prepared.how);
  if (kind === 'membership') return holdMembership(at, { prepared, bootstrap, request });
  const session = sessionOf(bootstrap, prepared.how.client.sasl);
  // any answer shows that the connection lives
  const ask = () => bootstrap.ask(API.Metadata, { topics: [prepared.topic], allowAutoTopicCreation: false });
  await holdOpen(at, { ...bootstrap, use: () => inSession(session, ask) }, request);
}

type Kept = { readonly prepared: Prepared; readonly bootstrap: Reached; readonly request: HoldRequest };

/** A member of a group of our own that does nothing but beat, as long as it is asked to. */
async function holdMembership(at: AttemptHandle, { prepared, bootstrap, request }: Kept): Promise<void> {
  const { how, topic, hints } = prepared;
  const cluster = await at.stage('request', () => metadataOf(bootstrap, topic, hints.topic), bootstrap.server);
  const own = ownGroup(at, prepared, cluster);
  const found = await at.stage('request', () => coordinatorOf(bootstrap, own.groupId, own.groupHint), bootstrap.server);
  if (found instanceof BrokerRefusal) return at.stage('authorize', () => Promise.reject(found), bootstrap.server);
  const coordinator = await reachAdvertised(at, found, how);
  const { server } = coordinator;
  const session = sessionOf(coordinator, how.client.sasl);
  const member = await at.stage('authorize', () => joinGroup(coordinator, own), server);
  const held = {
    ...coordinator,
    use: () => inSession(session, member.heartbeat),
    everyMs: how.client.heartbeatIntervalMs,
    // after that the coordinator has given the member up
    answersWithinMs: how.client.sessionTimeoutMs,
  };
  await leavingOnError(member, () => holdOpen(at, held, request));
  await at.stage('authorize', () => member.leave().then(member.remove), server);
}

type Session = { isDue(): boolean; renew(): Promise<void> };

/** The login of a connection, which a broker with connections.max.reauth.ms wants renewed. */
function sessionOf(connection: Reached, sasl: Sasl | null): Session {
  const { sessionLifetimeMs } = connection;
  let loggedInAtMs = performance.now();
  return {
    isDue: () => sessionLifetimeMs !== null && performance.now() - loggedInAtMs >= sessionLifetimeMs * RENEW_AFTER,
    async renew() {
      if (sasl !== null) await login(connection, sasl);
      loggedInAtMs = performance.now();
    },
  };
}

async function inSession(session: Session, work: () => Promise<unknown>): Promise<void> {
  if (session.isDue()) await session.renew();
  await work();
}
