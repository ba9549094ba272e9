import { afterAll, describe, expect, test } from 'vitest';
import { startKafkaCluster } from '../../fixtures/kafka/cluster.ts';
import { startTdsServer } from '../../fixtures/tds/server.ts';
import type { Plan } from '../../src/model/plan.ts';
import { openKeep, openWorkspace, reportIn, type Workspace } from '../kit/cli.ts';
import { kafka, type Place, sqlserver } from './targets.ts';

// The limits are those of a server, over all targets that share it; the fixtures count what really came.

const keep = openKeep();
afterAll(() => keep[Symbol.asyncDispose]());

const ten = (targetOf: (index: number) => object) =>
  Object.fromEntries(Array.from({ length: 10 }, (_, index) => [`target-${index + 1}`, targetOf(index)]));

const configFor = (targets: object, sampling: object) => ({
  version: 1,
  sampling,
  targets,
  contexts: { here: { ephemeral: false } },
});

const HERE = ['--context', 'here', '--report', 'json'];

/** What `probe plan` says of the one server that there is. */
async function plannedLoad(workspace: Workspace): Promise<Plan['servers'][number]> {
  const { exit, stdout } = await workspace.probe(['plan', ...HERE]);
  expect(exit).toBe(0);
  const { servers }: Pick<Plan, 'servers'> = JSON.parse(stdout);
  const [server] = servers;
  if (server === undefined || servers.length > 1) throw new Error(`${servers.length} servers are planned`);
  return server;
}

const startClaimsDb = (delayMs: number) =>
  keep(
    startTdsServer({
      encryption: 'not-supported',
      users: { svc_claims: 'a password of svc_claims' },
      faults: delayMs === 0 ? [] : [{ at: 'login', do: 'delay', delayMs, times: Number.POSITIVE_INFINITY }],
    }),
  );

const database = ({ host, port }: Place, index: number) =>
  sqlserver({ host, port }, { url: `jdbc:sqlserver://${host}:${port};databaseName=Claims${index};encrypt=false` });

describe('ten targets on one SQL Server', () => {
  test('never open more connections in a second than the profile allows: 5 under quick', async () => {
    const server = await startClaimsDb(0);
    // two names of one server share its limits
    const named = (index: number) => database({ ...server, host: index % 2 === 0 ? '127.0.0.1' : 'localhost' }, index);
    await using workspace = await openWorkspace(configFor(ten(named), { attempts: 2 }));
    await workspace.probe(['all', ...HERE]);
    expect(server.tally.openedAtMs.length).toBeGreaterThanOrEqual(20);
    console.log(`quick: ${server.tally.mostOpenedWithin(1_000)} connections in the busiest second, 5 allowed`);
    expect(server.tally.mostOpenedWithin(1_000)).toBeLessThanOrEqual(5);
  });

  test('never have more open at once than is allowed, and log in as often as `probe plan` said', async () => {
    const server = await startClaimsDb(150);
    const sampling = { pace: '60/s', open: 4, attempts: 8 };
    await using workspace = await openWorkspace(
      configFor(
        ten((index) => database(server, index)),
        sampling,
      ),
    );
    const planned = await plannedLoad(workspace);
    const report = reportIn(await workspace.probe(['all', ...HERE]));
    const { tally, ledger } = server;
    console.log(
      `open at once: ${tally.openMost} of 4; in a second: ${tally.mostOpenedWithin(1_000)} of 60; logins: ${ledger.logins.length} of ${planned.logins}`,
    );
    expect(report.targets.map(({ attempts }) => attempts.succeeded)).toEqual(Array(10).fill(8));
    expect(tally.openMost).toBeLessThanOrEqual(4);
    // without the limit all ten would be open
    expect(tally.openMost).toBeGreaterThanOrEqual(3);
    expect(tally.mostOpenedWithin(1_000)).toBeLessThanOrEqual(60);
    expect(planned).toMatchObject({ openAtOnce: 4, holds: 0 });
    expect(ledger.logins.length).toBeGreaterThanOrEqual(80);
    expect(ledger.logins.length).toBeLessThanOrEqual(planned.logins);
    expect(tally.openedAtMs.length).toBeLessThanOrEqual(planned.connections);
  });

  test('have no more holds at once than is allowed, beside their attempts', async () => {
    const server = await startClaimsDb(0);
    const sampling = { pace: '60/s', open: 4, held: 3, attempts: 4, holds: { rungs: ['500ms'] } };
    await using workspace = await openWorkspace(
      configFor(
        ten((index) => database(server, index)),
        sampling,
      ),
    );
    const planned = await plannedLoad(workspace);
    const report = reportIn(await workspace.probe(['all', ...HERE]));
    const { tally, ledger } = server;
    console.log(
      `with holds: open at once ${tally.openMost} of 4 + 3; logins ${ledger.logins.length} of ${planned.logins}`,
    );
    const outcomes = report.targets.flatMap(({ holds }) => holds.map(({ outcome }) => outcome));
    expect(new Set(outcomes)).toEqual(new Set(['alive']));
    expect(tally.openMost).toBeLessThanOrEqual(7);
    expect(planned.holds).toBeGreaterThan(0);
    expect(planned.openAtOnce).toBeLessThanOrEqual(7);
    expect(ledger.logins.length).toBeGreaterThan(40);
    expect(ledger.logins.length).toBeLessThanOrEqual(planned.logins);
  });

  test('share the logins of a run: what is left out is said', async () => {
    const server = await startClaimsDb(0);
    const sampling = { pace: '100/s', logins: 57, attempts: 8 };
    await using workspace = await openWorkspace(
      configFor(
        ten((index) => database(server, index)),
        sampling,
      ),
    );
    const planned = await plannedLoad(workspace);
    await workspace.probe(['all', ...HERE]);
    expect(planned.logins).toBeLessThanOrEqual(57);
    expect(server.ledger.logins.length).toBeLessThanOrEqual(planned.logins);
    expect(server.ledger.logins.length).toBeGreaterThan(40);
  });
});

describe('ten targets on one Kafka broker', () => {
  test('keep to the limits and to the plan: connections, logins, joins and commits', async () => {
    const cluster = await keep(
      startKafkaCluster({
        security: 'SASL_PLAINTEXT',
        users: { svc: 'a password of svc' },
        topics: { claims: { partitions: 3, logEnd: 42 } },
        firstJoinDelayMs: 0,
      }),
    );
    const properties = {
      'security.protocol': 'SASL_PLAINTEXT',
      'sasl.mechanism': 'SCRAM-SHA-256',
      'sasl.jaas.config':
        'org.apache.kafka.common.security.scram.ScramLoginModule required username="svc" password="a password of svc";',
    };
    const targets = ten(() => kafka(cluster, properties, { mode: 'consumer-group' }));
    await using workspace = await openWorkspace(configFor(targets, { pace: '60/s', open: 6, attempts: 4 }));
    const planned = await plannedLoad(workspace);
    const report = reportIn(await workspace.probe(['all', ...HERE]));
    const [broker] = cluster.brokers;
    if (broker === undefined) throw new Error('no broker');
    const { tally, logins, joins, commits } = broker;
    console.log(
      `kafka: open at once ${tally.openMost} of 6; in a second ${tally.mostOpenedWithin(1_000)} of 60; ` +
        `logins ${logins.accepted} of ${planned.logins}, joins ${joins} of ${planned.joins}, commits ${commits} of ${planned.commits}`,
    );
    expect(report.targets.map(({ attempts }) => attempts.succeeded)).toEqual(Array(10).fill(4));
    expect(tally.openMost).toBeLessThanOrEqual(6);
    expect(tally.mostOpenedWithin(1_000)).toBeLessThanOrEqual(60);
    expect(tally.openedAtMs.length).toBeLessThanOrEqual(planned.connections);
    expect(logins.accepted + logins.rejected).toBeLessThanOrEqual(planned.logins);
    expect(joins).toBeGreaterThanOrEqual(30);
    expect(joins).toBeLessThanOrEqual(planned.joins);
    expect(commits).toBeLessThanOrEqual(planned.commits);
  });
});

describe('a plan that its limits keep from ever concluding', () => {
  const REFUSED: readonly (readonly [title: string, config: object, numbers: RegExp])[] = [
    [
      'too few attempts a run',
      { sampling: { attempts: 5 } },
      /^ {2}target-1: 5 attempts a run are allowed, and a run counts only from 10$/m,
    ],
    [
      'too few logins for ten targets',
      { sampling: { logins: 50 } },
      /^ {2}target-10: 5 attempts a run are allowed, and a run counts only from 10$/m,
    ],
    [
      'too little time',
      { sampling: { pace: '5/s', wall: '10s' } },
      /^ {2}target-1: 4 attempts a run are allowed, and a run counts only from 10$/m,
    ],
    [
      'more runs than the policy allows',
      { policy: { maxRuns: 20 } },
      /^ {2}target-1: 32 clean runs are needed, and policy\.maxRuns is 20$/m,
    ],
  ];

  test.each(REFUSED)('is refused with the numbers: %s', async (_, over, numbers) => {
    const targets = ten((index) => database({ host: '127.0.0.1', port: 1433 }, index));
    await using workspace = await openWorkspace({ version: 1, targets, ...over });
    for (const command of ['plan', 'all']) {
      const { exit, stdout, stderr } = await workspace.probe([command, '--report', 'json']);
      expect({ exit, stdout }).toEqual({ exit: 2, stdout: '' });
      expect(stderr).toMatch(/^probe: This plan could never reach a verdict:\n/);
      expect(stderr).toMatch(numbers);
      expect(stderr).toMatch(/^Limits a run and server: \d+ logins, \d+ new connections a second, \d+ s\. Raise /m);
      expect(stderr).not.toMatch(/\n\s+at /);
    }
  });
});
