import { createPrivateKey, randomBytes } from 'node:crypto';
import { mintAuthority } from '../../fixtures/kit/pki.ts';
import type { Endpoint } from '../../fixtures/kit/relay.ts';
import { dockerAnswers } from '../kit/real-docker.ts';
import { freePorts } from '../kit/real-ports.ts';
import type { Account, Accounts } from './kafka/config.ts';
import { jarsAreHere, startFromJars } from './kafka/jars.ts';
import { type Access, asAdmin, GROUP_PREFIX, seed, TOPIC } from './kafka/seed.ts';

export type RealKafka = {
  /** host:port of the SASL_SSL listener. */
  readonly bootstrap: string;
  /** PEM of the authority that issued the broker's certificate. */
  readonly ca: string;
  readonly topic: string;
  readonly accounts: Accounts;
  /** Ids of the groups that the broker holds and that have the probe's prefix. */
  probeGroups(): Promise<readonly string[]>;
  [Symbol.asyncDispose](): Promise<void>;
};

/** Whether startRealKafka would find a Docker engine, or Java and the cached jars. */
export const kafkaIsHere = (): boolean => dockerAnswers() || jarsAreHere();

/** What stands before the broker, and is all that its clients ever hear of. */
export type Front = (broker: Endpoint) => Promise<Endpoint & AsyncDisposable>;

const NOTHING_BEFORE_IT: Front = async (broker) => ({ ...broker, [Symbol.asyncDispose]: async () => {} });

/** An Apache Kafka broker in KRaft mode on the loopback, with a topic of three partitions, users and ACLs. */
export async function startRealKafka(behind: Front = NOTHING_BEFORE_IT): Promise<RealKafka> {
  const authority = mintAuthority('Real Kafka CA');
  const { certPem, keyPem } = authority.issue({ commonName: 'broker', altNames: ['127.0.0.1'], usage: 'server' });
  const [controller = 0, internal = 0, client = 0] = await freePorts(3);
  const front = await behind({ host: '127.0.0.1', port: client });
  const accounts = mintAccounts();
  // testcontainers takes a second to load, so only a machine with Docker does.
  const start = dockerAnswers() ? (await import('./kafka/docker.ts')).startInDocker : startFromJars;
  const stopBroker = await start({
    accounts,
    // Kafka reads a private key in PKCS #8 alone.
    identity: { certPem, keyPem: createPrivateKey(keyPem).export({ type: 'pkcs8', format: 'pem' }).toString() },
    bindHost: '127.0.0.1',
    ports: { controller, internal, client },
    advertised: { host: front.host, port: front.port },
  });
  const stop = async (): Promise<void> => {
    await stopBroker();
    await front[Symbol.asyncDispose]();
  };
  const access: Access = { bootstrap: `${front.host}:${front.port}`, ca: authority.certPem, admin: accounts.admin };
  try {
    await seed(access);
  } catch (error) {
    await stop();
    throw error;
  }
  return { ...access, topic: TOPIC, accounts, probeGroups: () => probeGroups(access), [Symbol.asyncDispose]: stop };
}

async function probeGroups(access: Access): Promise<readonly string[]> {
  const { groups } = await asAdmin(access, (admin) => admin.listGroups());
  return groups.map(({ groupId }) => groupId).filter((id) => id.startsWith(GROUP_PREFIX));
}

function mintAccounts(): Accounts {
  const account = (username: string): Account => ({ username, password: randomBytes(12).toString('hex') });
  return {
    admin: account('admin'),
    limited: account('limited'),
    withoutDelete: account('without-delete'),
    withoutGroup: account('without-group'),
  };
}
