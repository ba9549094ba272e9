import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import { makeSigner } from '../../fixtures/issuer/jwt.ts';
import { mintAuthority } from '../../fixtures/kit/pki.ts';
import type { Ended, Workspace } from '../kit/cli.ts';
import { leaksIn } from './leaks.ts';
import { fromEnv, fromStdin, kafka, mtls, type Place, sqlserver, token } from './targets.ts';

// Secrets in every place that a configuration has for them. Signs that need encoding make the encoded forms differ from the plain one.

export const SECRETS = {
  'in the configuration': 'Wörter & Zeichen:/=+?% im Klartext',
  'in the environment': 'Ünder the sea, 20.000 leagues <deep>',
  'in the JAAS line': 'scram it; twice & thrice for Kafka',
  'in the URL': 'jdbc-carries-this-one-itself',
  'of the client': 'grant me this: 7 wishes + 1',
  'in a header': 'Bearer header/of+the+partner==',
  'from standard input': 'whispered into the pipe, once',
};

export const authority = mintAuthority('an authority of the test');
export const identity = authority.issue({ commonName: 'localhost', altNames: ['127.0.0.1'], usage: 'server' });
export const client = authority.issue({ commonName: 'svc_claims', usage: 'client' });
export const signer = makeSigner();
/** Tokens that were granted on the way. */
export const granted: string[] = [];
/** Claims that name somebody, or one login of his, are not to be kept. */
export const CLAIMS = {
  iss: 'https://issuer.example',
  aud: 'https://lake.example',
  sub: 'somebody-and-nobody-else',
  jti: 'one-login-of-somebody',
};

export type Servers = {
  readonly db: Place;
  readonly events: Place;
  readonly api: Place;
  readonly issuer: Place;
  readonly urlDb: Place;
};

export const saslOf = (password: string) => ({
  'security.protocol': 'SASL_PLAINTEXT',
  'sasl.mechanism': 'SCRAM-SHA-256',
  'sasl.jaas.config': `org.apache.kafka.common.security.scram.ScramLoginModule required username="svc" password="${password}";`,
});

export const configFor = ({ db, events, api, issuer, urlDb }: Servers, sampling: object = {}) => ({
  version: 1,
  sampling: { pace: '100/s', open: 24, ...sampling },
  targets: {
    'claims-db': sqlserver(db, { password: SECRETS['in the configuration'], ca: { pem: authority.certPem } }),
    'members-db': sqlserver(db, {
      user: 'svc_members',
      password: fromEnv('MEMBERS_PASSWORD'),
      ca: { pem: authority.certPem },
    }),
    'url-db': {
      type: 'sqlserver',
      url: `jdbc:sqlserver://${urlDb.host}:${urlDb.port};user=svc_url;password=${SECRETS['in the URL']};encrypt=false`,
    },
    'piped-db': sqlserver(db, { user: 'svc_piped', password: fromStdin('db/piped'), ca: { pem: authority.certPem } }),
    'claims-events': kafka(events, saslOf(SECRETS['in the JAAS line'])),
    'eligibility-api': mtls(api, {
      clientCertificate: { cert: { pem: client.certPem }, key: { pem: fromEnv('CLIENT_KEY') } },
      ca: { pem: authority.certPem },
      headers: { Authorization: SECRETS['in a header'] },
    }),
    'lake-identity': token(issuer, { clientSecret: SECRETS['of the client'], ca: { pem: authority.certPem } }, 'https'),
    'lake-identity-by-form': token(
      issuer,
      { clientId: 'svc_form', clientSecret: SECRETS['of the client'], auth: 'post', ca: { pem: authority.certPem } },
      'https',
    ),
    'handed-token': { type: 'token', source: { type: 'env', name: 'HANDED_TOKEN' } },
  },
});

export const HANDED = signer.token({ ...CLAIMS, exp: 4_000_000_000 });
export const AROUND = {
  env: { MEMBERS_PASSWORD: SECRETS['in the environment'], CLIENT_KEY: client.keyPem, HANDED_TOKEN: HANDED },
  stdin: JSON.stringify({ 'db/piped': SECRETS['from standard input'] }),
};

/** Everything that came out: both streams, reports and evidence, but the configuration itself. */
export function outputs(workspace: Workspace, ...ended: readonly Ended[]): string {
  const files = readdirSync(workspace.folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name !== 'probe.yaml')
    .map((entry) => readFileSync(join(entry.parentPath, entry.name), 'utf8'));
  return [...ended.flatMap(({ stdout, stderr }) => [stdout, stderr]), ...files].join('\n');
}

/** Of the signature of each, since the first part of a token is that of all tokens. */
const tokensAsSecrets = () =>
  Object.fromEntries([HANDED, ...granted].map((text, index) => [`token ${index}`, text.slice(-60, -40)]));

const keyLines = () => ({ 'of the client key': client.keyPem.split('\n')[3] ?? '' });

export function expectNoLeak(output: string): void {
  expect(output.length).toBeGreaterThan(0);
  expect(leaksIn(output, { ...SECRETS, ...keyLines(), ...tokensAsSecrets() })).toEqual([]);
}
