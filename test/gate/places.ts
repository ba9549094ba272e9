import type { FaultPoint } from '../../fixtures/kafka/broker.ts';
import type { HttpAt } from '../../fixtures/kit/http.ts';
import type { TdsPlace } from '../../fixtures/tds/options.ts';

// Every fault of every fixture: a place that a fixture gains does not compile until it stands here, and fails until it has its rows.

type Dos = readonly string[];

const ANY = ['hang', 'close', 'reset', 'delay'] as const;
const ANSWERED = [...ANY, 'error'] as const;

const TDS = {
  connect: [...ANY, 'garbage'],
  prelogin: ANY,
  tls: ANY,
  login: [...ANY, 'tokens', 'number'],
  'login-partial': ANY,
  settings: ANY,
  request: ANY,
  idle: ['hang', 'close', 'reset'],
} as const satisfies Readonly<Record<TdsPlace, Dos>>;

const KAFKA = {
  connect: ANY,
  tls: ANY,
  ApiVersions: ANSWERED,
  SaslHandshake: ANSWERED,
  SaslAuthenticate: ANSWERED,
  Metadata: ANSWERED,
  ListOffsets: ANSWERED,
  Fetch: ANSWERED,
  FindCoordinator: ANSWERED,
  JoinGroup: ANSWERED,
  SyncGroup: ANSWERED,
  Heartbeat: ANSWERED,
  OffsetCommit: ANSWERED,
  OffsetFetch: ANSWERED,
  DescribeGroups: ANSWERED,
  LeaveGroup: ANSWERED,
  DeleteGroups: ANSWERED,
  // the probe neither writes nor looks at the groups of others
  Produce: [],
  ListGroups: [],
} as const satisfies Readonly<Record<FaultPoint, Dos>>;

const HTTP = {
  connect: ANY,
  tls: ANY,
  request: [...ANY, 'status'],
  response: ANY,
} as const satisfies Readonly<Record<HttpAt, Dos>>;

const TCP_ECHO = { connect: ANY } as const;

export type FaultsOf = {
  readonly probe: string;
  readonly of?: string;
  readonly places: Readonly<Record<string, Dos>>;
};

/** What each probe can meet in its fixture. */
export const FAULTS: readonly FaultsOf[] = [
  { probe: 'sqlserver', places: TDS },
  { probe: 'kafka', places: KAFKA },
  { probe: 'mtls', places: HTTP },
  { probe: 'egress', places: HTTP },
  { probe: 'egress', of: 'tcp echo', places: TCP_ECHO },
  { probe: 'token', places: HTTP },
  { probe: 'tcp', places: TCP_ECHO },
];

/** As `FAULTS` names it: at the login of TDS the number of an error is a fault of one kind. */
export const kindOf = (does: string): string => (/^\d+$/.test(does) ? 'number' : does);
