import { z } from 'zod';
import type { Description, Probe } from '../../src/model/probe.ts';
import { hostPort } from '../../src/net/resolve.ts';
import { clockSkew, outlivesJob } from './rules.ts';
import { type ClientCredentials, hostOf, portOf, settings, type TokenSettings } from './settings.ts';

const expect = z.strictObject({
  /** The workload asks for a new token before the old one ends, so that one need not outlive it. */
  renews: z.boolean().default(false),
});
export type TokenExpect = z.infer<typeof expect>;

const observation = z.object({
  /** `opaque`: nothing but the issuer's own word is known of its life. */
  form: z.enum(['jwt', 'opaque']),
  iss: z.string().nullable(),
  aud: z.array(z.string()),
  azp: z.string().nullable(),
  scopes: z.int(),
});
export type TokenObservation = z.infer<typeof observation>;

export const token: Probe<TokenSettings, TokenExpect, TokenObservation> = {
  type: 'token',
  title: 'an access token: whether it is granted, and how long it lives',
  stages: ['resolve', 'connect', 'tls', 'request'],
  holds: [],
  settings,
  expect,
  observation,
  describe: ({ source }) => {
    switch (source.type) {
      case 'client-credentials':
        return describeGrant(source);
      case 'file':
        return describeLocal(`file ${source.path}`);
      case 'env':
        return describeLocal(`environment variable ${source.name}`);
      case 'value':
        return describeLocal('a token that is handed over');
      default:
        return source satisfies never;
    }
  },
  rules: [outlivesJob, clockSkew],
  load: async () => (await import('./client.ts')).client,
};

function describeGrant({ tokenUrl, clientId, ca }: ClientCredentials): Description {
  const url = new URL(tokenUrl);
  const server = hostPort(hostOf(url), portOf(url));
  const roots = 'Trusts the authorities that come with Node; a JVM trusts those of its own cacerts.';
  return {
    ...describeLocal(`${url.origin}${url.pathname}`),
    footprint: {
      identity: `${clientId}@${server}`,
      servers: [{ address: server, connections: 1, logins: 1, joins: 0, commits: 0, bytes: 10_000 }],
    },
    differences: [
      'Uses no proxy, whatever the environment or the JVM’s settings say.',
      'Asks for a new token each time; client libraries keep one and renew it.',
      ...(ca === undefined ? [roots] : []),
    ],
    privileges: [
      `Firewall: TCP from this context to ${server}.`,
      `Identity provider: the client credentials grant for ${clientId}, once an attempt.`,
    ],
  };
}

const describeLocal = (endpoint: string): Description => ({
  endpoint,
  footprint: { identity: null, servers: [] },
  differences: [],
  untestable: null,
  secrets: [],
  parts: [],
  deadlinesMs: {},
  privileges: [],
});
