import { isIP } from 'node:net';
import { z } from 'zod';
import { certificatesProblem } from '../../src/formats/pem.ts';
import type { Description, Probe } from '../../src/model/probe.ts';
import { fileValued } from '../../src/model/settings.ts';
import { certificateFacts } from '../../src/net/certificate.ts';
import { certificateDays, certificateDaysRule } from '../../src/net/certificate-days.ts';
import { hostPort } from '../../src/net/resolve.ts';

// Anything that listens: whether a connection, with TLS or without, is opened and then left open. No word of a protocol is spoken.

const isHost = (text: string): boolean => isIP(text) !== 0 || /^[^\s/@[\]:]+$/.test(text);

const ca = fileValued().superRefine((file, issues) => {
  const message = certificatesProblem(file.text);
  if (message !== null) issues.addIssue({ code: 'custom', message });
});

const settings = z.strictObject({
  host: z.string().refine(isHost, 'expected a host name or an address, without brackets or a port'),
  port: z.int().min(1).max(65_535),
  tls: z
    .union([
      z.boolean(),
      z.strictObject({
        ca: ca.optional(),
        /** Where the certificate carries another name than the host. */
        serverName: z.string().min(1).optional(),
      }),
    ])
    .default(false),
});
export type TcpSettings = z.infer<typeof settings>;

const expect = z.strictObject({ certificateDays: certificateDays() });
export type Expect = z.infer<typeof expect>;

const observation = z.object({
  /** The server spoke within the time that the connection was watched. */
  speaksFirst: z.boolean(),
  /** The server ended its side when we had ended ours: without this an idle connection cannot be tried again. */
  closesInTurn: z.boolean(),
  tlsProtocol: z.string().nullable(),
  serverCertificate: certificateFacts.nullable(),
});
export type Observation = z.infer<typeof observation>;

export const tcp: Probe<TcpSettings, Expect, Observation> = {
  type: 'tcp',
  title: 'a port, with or without TLS: connects, and sees whether the connection stays',
  stages: ['resolve', 'connect', 'tls', 'request'],
  holds: ['idle'],
  settings,
  expect,
  observation,
  describe,
  rules: [
    certificateDaysRule({
      id: 'tls/server-certificate-days',
      ended: 'certificate-expired',
      pick: ({ serverCertificate }) => serverCertificate,
    }),
  ],
  load: async () => (await import('./client.ts')).createClient(),
};

function describe({ host, port, tls }: TcpSettings): Description {
  const server = hostPort(host, port);
  const isSecured = tls !== false;
  const roots = 'Trusts the authorities that come with Node; a JVM trusts those of its own cacerts.';
  return {
    endpoint: server,
    footprint: {
      identity: null,
      servers: [{ address: server, connections: 1, logins: 0, joins: 0, commits: 0, bytes: isSecured ? 6_000 : 500 }],
    },
    differences: [
      'Speaks no word of the protocol: what comes after the connection is open is not tried.',
      ...(tls === true || (tls !== false && tls.ca === undefined) ? [roots] : []),
    ],
    untestable: null,
    secrets: [],
    parts: [],
    deadlinesMs: {},
    privileges: [`Firewall: TCP from this context to ${server}.`],
  };
}
