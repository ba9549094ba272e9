import type { Identity } from '../../../fixtures/kit/pki.ts';

export type Account = { readonly username: string; readonly password: string };

/** Whom the broker knows. What each may do is granted by seed.ts; `admin` is the super user. */
export type Accounts = {
  readonly admin: Account;
  readonly limited: Account;
  readonly withoutDelete: Account;
  readonly withoutGroup: Account;
};

export type BrokerSetup = {
  readonly accounts: Accounts;
  readonly identity: Identity;
  readonly bindHost: string;
  readonly ports: { readonly controller: number; readonly internal: number; readonly client: number };
  /** Where clients find the SASL_SSL listener: in a container it differs from the port that is bound. */
  readonly advertised: { readonly host: string; readonly port: number };
  readonly logFolder: string;
};

/** One broker that is its own KRaft controller, with everything that is not about access as shipped. */
export function serverProperties(setup: BrokerSetup): string {
  const { bindHost, ports, advertised } = setup;
  const properties = {
    'process.roles': 'broker,controller',
    'node.id': '1',
    'log.dirs': setup.logFolder,
    listeners: [
      `CONTROLLER://127.0.0.1:${ports.controller}`,
      `INTERNAL://127.0.0.1:${ports.internal}`,
      `CLIENT://${bindHost}:${ports.client}`,
    ].join(','),
    'advertised.listeners': `INTERNAL://127.0.0.1:${ports.internal},CLIENT://${advertised.host}:${advertised.port}`,
    'listener.security.protocol.map': 'CONTROLLER:PLAINTEXT,INTERNAL:PLAINTEXT,CLIENT:SASL_SSL',
    'inter.broker.listener.name': 'INTERNAL',
    'controller.listener.names': 'CONTROLLER',
    'controller.quorum.bootstrap.servers': `127.0.0.1:${ports.controller}`,
    'sasl.enabled.mechanisms': 'PLAIN,SCRAM-SHA-512',
    'listener.name.client.plain.sasl.jaas.config': plainLogin(setup.accounts),
    'listener.name.client.scram-sha-512.sasl.jaas.config':
      'org.apache.kafka.common.security.scram.ScramLoginModule required;',
    'listener.name.client.ssl.keystore.type': 'PEM',
    'listener.name.client.ssl.keystore.key': oneLine(setup.identity.keyPem),
    'listener.name.client.ssl.keystore.certificate.chain': oneLine(setup.identity.certPem),
    'authorizer.class.name': 'org.apache.kafka.metadata.authorizer.StandardAuthorizer',
    'super.users': `User:ANONYMOUS;User:${setup.accounts.admin.username}`,
    'auto.create.topics.enable': 'false',
    'offsets.topic.replication.factor': '1',
    'offsets.topic.num.partitions': '1',
  };
  return Object.entries(properties)
    .map(([key, value]) => `${key}=${value}\n`)
    .join('');
}

/** What `StorageTool format --add-scram` takes: the same accounts, for the mechanism whose secrets live in the metadata log. */
export const scramCredentials = (accounts: Accounts): readonly string[] =>
  Object.values(accounts).map(({ username, password }) => `SCRAM-SHA-512=[name=${username},password=${password}]`);

function plainLogin(accounts: Accounts): string {
  const users = Object.values(accounts).map(({ username, password }) => `user_${username}="${password}"`);
  return `org.apache.kafka.common.security.plain.PlainLoginModule required ${users.join(' ')};`;
}

/** A .properties file reads `\n` as a line end, so a PEM text fits one value. */
const oneLine = (pem: string): string => pem.trim().replaceAll('\r', '').replaceAll('\n', '\\n');
