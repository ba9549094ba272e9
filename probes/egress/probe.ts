import { z } from 'zod';
import { certificatesProblem } from '../../src/formats/pem.ts';
import type { Description, Probe, Rule } from '../../src/model/probe.ts';
import { fileValued } from '../../src/model/settings.ts';
import { type Endpoint, endpointOf } from './endpoint.ts';
import { familyOf } from './family.ts';

const settings = z.strictObject({
  /** Asked in turn, one endpoint an attempt. */
  echo: z
    .array(
      z
        .string()
        .refine((text) => endpointOf(text) !== null, 'expected https://host/path, http://host/path or tcp://host:port'),
    )
    .min(1),
  /** Authorities to trust in place of the built-in ones. */
  ca: fileValued()
    .optional()
    .superRefine((given, issues) => {
      const problem = given === undefined ? null : certificatesProblem(given.text);
      if (problem !== null) issues.addIssue({ code: 'custom', message: problem });
    }),
});
export type EgressSettings = z.infer<typeof settings>;

const expect = z.strictObject({});
type EgressExpect = z.infer<typeof expect>;

const observation = z.object({
  scheme: z.enum(['http', 'https', 'tcp']),
  family: z.enum(['IPv4', 'IPv6']),
  /** The echo saw another address than the one our socket had: a NAT or a proxy stands between. */
  translated: z.boolean(),
});
export type EgressObservation = z.infer<typeof observation>;

const BYTES = { http: 1_500, https: 8_000, tcp: 500 } as const;

export const egress: Probe<EgressSettings, EgressExpect, EgressObservation> = {
  type: 'egress',
  title: 'the address from which this context is seen, told by echo servers over HTTP or plain TCP',
  stages: ['resolve', 'connect', 'tls', 'request'],
  holds: [],
  settings,
  expect,
  observation,
  describe,
  rules: [oneFamily()],
  load: async () => (await import('./client.ts')).client,
};

function describe({ echo, ca }: EgressSettings): Description {
  const endpoints = echo.map(endpointOf).filter((endpoint) => endpoint !== null);
  const servers = [...new Set(endpoints.map(({ server }) => server))];
  return {
    endpoint: endpoints.map(shown).join(', '),
    footprint: {
      identity: null,
      servers: servers.map((address) => ({
        address,
        connections: 1,
        logins: 0,
        joins: 0,
        commits: 0,
        bytes: bytesOf(address),
      })),
    },
    differences: [NO_PROXY, ...(ca === undefined && endpoints.some(({ scheme }) => scheme === 'https') ? [TRUST] : [])],
    untestable: null,
    secrets: [],
    parts: [],
    deadlinesMs: {},
    privileges: servers.map((server) => `Firewall: TCP from this context to ${server}.`),
  };

  function bytesOf(address: string): number {
    return Math.max(...endpoints.filter(({ server }) => server === address).map(({ scheme }) => BYTES[scheme]));
  }
}

const NO_PROXY = 'Uses no proxy, whatever the environment or the JVM’s settings say.';
const TRUST = 'Trusts the authorities that come with Node; a JVM trusts those of its own cacerts.';

/** Without the query, which may carry a key. */
const shown = ({ scheme, server, url }: Endpoint): string =>
  scheme === 'tcp' ? `tcp://${server}` : `${scheme}://${server}${url.pathname}`;

/** Where no allowlist is declared, the addresses themselves are all that can be said, and whether one list would do for them. */
function oneFamily(): Rule<EgressExpect, EgressObservation> {
  return {
    id: 'egress/one-family',
    needs: ['egress'],
    required: ({ requirement }) =>
      requirement.firewallAllows === null ? 'addresses of one family, as most allowlists are kept' : null,
    judge: ({ analysis }) => {
      const addresses = analysis.egress.map(({ value }) => value);
      const families = new Set(addresses.map(familyOf));
      return {
        verdict: families.size > 1 ? 'warn' : 'pass',
        observed: `${[...families].sort().join(' and ')}: ${addresses.slice(0, 8).join(', ')}${addresses.length > 8 ? ', …' : ''}`,
        cause: null,
      };
    },
  };
}
