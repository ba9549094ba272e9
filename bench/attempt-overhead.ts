// What engine and probe add to a healthy SQL Server attempt: the same server, login, encryption and query through tedious alone, through
// the probe's client under the engine, interleaved in one process. The aim is a median ratio of at most 1.10.
import { Connection, Request } from 'tedious';
import { mintAuthority } from '../fixtures/kit/pki.ts';
import { startTdsServer } from '../fixtures/tds/server.ts';
import { sqlserver } from '../probes/sqlserver/probe.ts';
import type { PlannedTarget } from '../src/model/plan.ts';
import { seal } from '../src/model/probe.ts';
import { FileValue } from '../src/model/settings.ts';
import { makeAttempt } from '../src/sample/attempt.ts';
import { systemClock } from '../src/sample/clock.ts';
import type { SampleRequest } from '../src/sample/sample.ts';

const WARM_UP = 20;
const ROUNDS = 200;
const PASSWORD = 'Correct-Horse-9';

const authority = mintAuthority('bench authority');
const identity = authority.issue({ commonName: 'localhost', altNames: ['localhost', '127.0.0.1'], usage: 'server' });
await using server = await startTdsServer({ users: { probe: PASSWORD }, encryption: 'on', identity });

const QUERY = `SELECT CAST(SERVERPROPERTY('ProductVersion') AS nvarchar(128)) AS version,
  CAST(SERVERPROPERTY('Edition') AS nvarchar(128)) AS edition,
  CAST(SERVERPROPERTY('EngineEdition') AS int) AS engineEdition,
  CAST(CONNECTIONPROPERTY('client_net_address') AS nvarchar(48)) AS clientNetAddress`;

function bareAttempt(): Promise<void> {
  const connection = new Connection({
    server: '127.0.0.1',
    authentication: { type: 'default', options: { userName: 'probe', password: PASSWORD } },
    options: {
      port: server.port,
      encrypt: true,
      serverName: 'localhost',
      database: 'master',
      maxRetriesOnTransientErrors: 0,
      cryptoCredentialsDetails: { ca: authority.certPem },
    },
  });
  return new Promise((done, failed) => {
    connection.connect((error) => {
      if (error) return failed(error);
      connection.execSqlBatch(
        new Request(QUERY, (queryError) => {
          connection.close();
          if (queryError) failed(queryError);
          else done();
        }),
      );
    });
  });
}

const sealed = seal(sqlserver).bind({
  url: `jdbc:sqlserver://127.0.0.1:${server.port};databaseName=master;encrypt=true;hostNameInCertificate=localhost`,
  user: 'probe',
  password: PASSWORD,
  ca: new FileValue(Buffer.from(authority.certPem), 'inline'),
});
if ('issues' in sealed) throw new Error(JSON.stringify(sealed.issues));
const client = await sealed.bound.load();

const target: PlannedTarget = {
  record: {
    name: 'bench',
    type: 'sqlserver',
    endpoint: sealed.bound.endpoint,
    digest: '',
    written: null,
    servers: [],
    identity: sealed.bound.footprint.identity,
    requirement: { firewallAllows: null, path: 'public', p95Ms: {}, survivesIdleMs: null },
    expect: {},
    demand: {
      workloads: [],
      durationMs: null,
      longestIdleMs: null,
      connectionsPerRun: null,
      runsPerMonth: null,
      tolerableFailedRuns: null,
      retriesFirstConnection: false,
    },
    differences: [],
    stages: [],
    control: false,
    untestable: null,
    parts: {},
    holds: [],
    heldBy: null,
  },
  bound: sealed.bound,
  attempts: { most: ROUNDS, least: ROUNDS },
  spare: 0,
  checks: 0,
  parts: {},
  holds: [],
  deadlinesMs: {},
  identityStanding: 'untested',
  hasSucceeded: true,
};

const request: SampleRequest = {
  plan: {
    profile: 'quick',
    scope: 'run',
    limits: {
      newConnectionsPerSecond: 1,
      openConnections: 1,
      heldConnections: 1,
      logins: 1,
      wallTimeMs: 1,
      attempts: 1,
    },
    targets: [target],
    servers: [],
    earlier: [],
    runs: null,
    durationMs: 0,
    warnings: [],
  },
  run: 'bench',
  context: 'bench',
  processes: 1,
  environment: {},
  clock: systemClock,
  random: Math.random,
  health: { mark: () => ({ stalledMs: 0, aheadMs: 0, steps: 0, queuedMs: 0 }), exhausted: () => {} },
  signal: new AbortController().signal,
  write() {},
  mayReach: () => true,
  enough: () => null,
  secret() {},
  broke(_, error) {
    throw error;
  },
};

// pacing is a wait on purpose and no cost: the grant lets everything in at once
const grant = { admit: async () => {}, release() {} };

async function engineAttempt(n: number): Promise<void> {
  const record = await makeAttempt(
    { target, client, n, part: null, hold: null, grant, serverKey: async (name) => name },
    request,
  );
  if (record.outcome !== 'succeeded') throw new Error(JSON.stringify(record.failure));
}

async function timed(work: () => Promise<void>): Promise<number> {
  const startedMs = performance.now();
  await work();
  return performance.now() - startedMs;
}

const median = (values: readonly number[]): number =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;

const bare: number[] = [];
const engine: number[] = [];
for (let n = 1; n <= WARM_UP + ROUNDS; n += 1) {
  const alone = await timed(bareAttempt);
  const within = await timed(() => engineAttempt(n));
  if (n <= WARM_UP) continue;
  bare.push(alone);
  engine.push(within);
}
console.log(`tedious alone      ${median(bare).toFixed(2)} ms`);
console.log(`engine and probe   ${median(engine).toFixed(2)} ms`);
console.log(
  `ratio              ${(median(engine) / median(bare)).toFixed(3)} (aim: at most 1.10, ${ROUNDS} rounds, interleaved)`,
);
