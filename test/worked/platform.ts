import { LAB_NETWORKS, type Lab, type LabNetwork } from '../../fixtures/lab.ts';
import { LAB_NAMES } from '../../fixtures/lab-config.ts';
import { fromEnv } from '../cli/targets.ts';

// A data platform as a hospital has it: what it ingests and transforms, and the systems that this goes to. Both contexts reach the same
// addresses; only the way there differs.

/** What the firewalls knew on the first day: the dedicated network, and half of the serverless one. */
const AS_NOTED = ['127.0.1.0/24', '127.0.2.20/30'];
/** What the serverless network publishes. */
const AS_PUBLISHED = ['127.0.1.0/24', '127.0.2.0/24'];

const CA = { pem: fromEnv('LAB_CA') };
const DURATION = '45m';
/** Longer than the serverless network remembers. */
const IDLE = '4s';

export const NETWORKS: Readonly<Record<'dedicated' | 'serverless', LabNetwork>> = {
  dedicated: LAB_NETWORKS.dedicated,
  // on a busy machine no attempt is to rest so long between two of its requests
  serverless: { ...LAB_NETWORKS.serverless, forgetIdleAfterMs: 3_000 },
};

/** What changes what can be said of the same runs. */
export type Terms = {
  readonly allowlist?: 'as-noted' | 'as-published';
  readonly since?: readonly object[];
};

export const INGESTION = [
  'claims-ingest',
  'members-ingest',
  'claims-stream',
  'admissions-stream',
  'eligibility-check',
  'provider-sync',
] as const;

export const TRANSFORMATION = [
  'admissions-clean',
  'claims-dedupe',
  'diagnoses-map',
  'eligibility-join',
  'encounters-build',
  'labs-normalise',
  'readmission-score',
  'member-360',
  'quality-measures',
] as const;

/** Scores that are computed from what is in the request alone. */
const STATELESS: readonly string[] = ['member-360', 'quality-measures'];

export function configOf({ relays }: Pick<Lab, 'relays'>, lake: string, terms: Terms = {}): object {
  const noted = terms.allowlist === 'as-published' ? AS_PUBLISHED : AS_NOTED;
  return {
    version: 1,
    sampling: { profile: 'gate', pace: '100/s', attempts: 12, holds: { sockets: 1 }, deadlines: { reuse: '2s' } },
    targets: targetsOf(relays, { noted, lake }),
    workloads: { ...ingestion, ...transformation },
    contexts: {
      dedicated: { ephemeral: false, costPerHour: 2.1, startup: '5m', minimumBilling: '1m' },
      serverless: { ephemeral: true, costPerHour: 4.8, startup: '10s' },
    },
    policy: { currency: 'USD', since: terms.since ?? [] },
  };
}

type Places = { readonly noted: readonly string[]; readonly lake: string };

function targetsOf(relays: Lab['relays'], { noted, lake }: Places) {
  const at = (way: keyof Lab['relays']): string => `${relays[way].host}:${relays[way].port}`;
  const database = (name: string, firewallAllows: readonly string[]) => ({
    type: 'sqlserver',
    url: `jdbc:sqlserver://${at('claimsDb')};databaseName=${name};encrypt=true`,
    user: LAB_NAMES.account,
    password: fromEnv('LAB_SQL_PASSWORD'),
    ca: CA,
    firewallAllows,
  });
  const topic = (name: string, firewallAllows: readonly string[]) => ({
    type: 'kafka',
    mode: 'consumer-group',
    properties: {
      'bootstrap.servers': at('claimsEvents'),
      'security.protocol': 'SASL_SSL',
      'sasl.mechanism': 'SCRAM-SHA-256',
      'sasl.jaas.config': `org.apache.kafka.common.security.scram.ScramLoginModule required username="${LAB_NAMES.account}" password="${fromEnv('LAB_KAFKA_PASSWORD')}";`,
      'ssl.truststore.type': 'PEM',
      'ssl.truststore.certificates': fromEnv('LAB_CA'),
    },
    topic: name,
    firewallAllows,
  });
  const api = {
    type: 'mtls',
    url: `https://${at('eligibilityApi')}${LAB_NAMES.apiPath}`,
    clientCertificate: { cert: { pem: fromEnv('LAB_CLIENT_CERT') }, key: { pem: fromEnv('LAB_CLIENT_KEY') } },
    ca: CA,
  };
  return {
    'claims-db': database(LAB_NAMES.database, noted),
    'members-db': database(LAB_NAMES.otherDatabase, AS_PUBLISHED),
    'claims-events': topic(LAB_NAMES.topic, AS_PUBLISHED),
    'admissions-events': topic(LAB_NAMES.otherTopic, noted),
    'eligibility-api': api,
    'partner-egress': {
      type: 'egress',
      echo: [`https://${at('echoHttp')}/ip`, `tcp://${at('echoTcp')}`],
      ca: CA,
      firewallAllows: noted,
    },
    'provider-api': api,
    'lake-identity': {
      type: 'token',
      source: {
        type: 'client-credentials',
        tokenUrl: `https://${at('lakeIdentity')}/token`,
        clientId: LAB_NAMES.account,
        clientSecret: fromEnv('LAB_TOKEN_SECRET'),
        ca: CA,
      },
    },
    lake: { type: 'storage', url: lake },
  };
}

const ingesting = { connectsFrom: 'driver', duration: DURATION, connectionsPerRun: 3, runsPerMonth: 720 };

const ingestion: Readonly<Record<(typeof INGESTION)[number], object>> = {
  'claims-ingest': { ...ingesting, uses: ['claims-db'] },
  'members-ingest': { ...ingesting, uses: ['members-db'], longestIdle: IDLE },
  'claims-stream': { ...ingesting, uses: ['claims-events'], longestIdle: IDLE },
  'admissions-stream': { ...ingesting, uses: ['admissions-events', 'lake-identity'] },
  'eligibility-check': { ...ingesting, uses: ['eligibility-api', 'partner-egress'] },
  'provider-sync': { ...ingesting, uses: ['provider-api', 'lake-identity'] },
};

const transforming = { connectsFrom: 'driver', duration: '20m', connectionsPerRun: 3, runsPerMonth: 240 };

const transformation: Readonly<Record<string, object>> = Object.fromEntries(
  TRANSFORMATION.map((name) => [
    name,
    STATELESS.includes(name)
      ? { uses: 'none', stateless: true, duration: '6m', runsPerMonth: 1440 }
      : { ...transforming, uses: ['lake'] },
  ]),
);
