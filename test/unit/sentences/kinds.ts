import { instant, T0 } from '../../kit/evidence.ts';

const CERTIFICATE = (days: number) => ({
  subject: 'CN=server',
  issuer: 'CN=authority',
  notAfter: instant(T0 + days * 86_400_000),
  fingerprint256: '00',
});

const DIGEST = `sha256:${'0'.repeat(64)}`;
const CANARY = {
  wrote: DIGEST,
  back: 'same',
  listed: true,
  read: [],
  damaged: 0,
  deletes: null,
  serverCertificate: CERTIFICATE(40),
};

export type Kind = {
  readonly expect: readonly object[];
  readonly observations: readonly object[];
  readonly measures: Record<string, number>;
};

/** What a target of each type may be asked, and what its attempts may observe. */
export const KINDS: Readonly<Record<string, Kind>> = {
  sqlserver: {
    expect: [{}, { encrypted: 'whole', certificateDays: 30 }],
    observations: (['whole', 'login', 'none'] as const).map((encrypted) => ({
      version: '16.0.1000',
      edition: 'Developer Edition',
      engineEdition: 3,
      encrypted,
      tlsProtocol: 'TLSv1.2',
      serverCertificate: CERTIFICATE(10),
      certificateVerified: true,
      redirected: false,
    })),
    measures: {},
  },
  kafka: {
    expect: [{}, { keepsMembership: '10m' }],
    observations: (['deleted', 'left', 'not-tried'] as const).map((group) => ({
      clusterId: 'c',
      brokers: ['b1:9092', 'b2:9092'],
      partitions: 6,
      tlsProtocol: null,
      sessionLifetimeMs: null,
      coordinator: 'reached',
      group,
    })),
    measures: {},
  },
  mtls: {
    expect: [{}, { status: [200, 204], certificateDays: 30 }],
    observations: [200, 204, 403].map((status) => ({
      status,
      tlsProtocol: 'TLSv1.3',
      serverCertificate: CERTIFICATE(3),
      clientCertificate: CERTIFICATE(90),
    })),
    measures: {},
  },
  egress: {
    expect: [{}],
    observations: (['IPv4', 'IPv6'] as const).map((family) => ({ scheme: 'tcp', family, translated: true })),
    measures: {},
  },
  token: {
    expect: [{}, { renews: true }],
    observations: [{ form: 'jwt', iss: 'i', aud: ['a'], azp: null, scopes: 1 }],
    measures: { expiresInSeconds: 900, clockSkewSeconds: 45 },
  },
  storage: {
    expect: [{}, { certificateDays: 30 }],
    observations: [
      { ...CANARY, read: [{ context: 'dedicated', run: 'r', digest: DIGEST }], deletes: true },
      { ...CANARY, damaged: 1, deletes: false },
      { ...CANARY, back: 'gone', listed: false },
      { ...CANARY, listed: false },
    ],
    measures: {},
  },
  tcp: {
    expect: [{}, { certificateDays: 20 }],
    observations: [
      { speaksFirst: true, closesInTurn: true, tlsProtocol: 'TLSv1.3', serverCertificate: CERTIFICATE(5) },
    ],
    measures: {},
  },
};
