import { afterAll, describe, expect, test } from 'vitest';
import { startIssuer } from '../../fixtures/issuer/issuer.ts';
import { startKafkaCluster } from '../../fixtures/kafka/cluster.ts';
import { startTdsServer } from '../../fixtures/tds/server.ts';
import type { Report } from '../../src/model/report.ts';
import { causesIn, openKeep, openWorkspace, reportIn } from '../kit/cli.ts';
import { kafka, type Place, sqlserver, token } from './targets.ts';

// A probe must not lock an account: the fixtures count every login that they reject.

const keep = openKeep();
afterAll(() => keep[Symbol.asyncDispose]());

const configFor = (targets: readonly object[]) => ({
  version: 1,
  sampling: { pace: '100/s', open: 24 },
  targets: Object.fromEntries(targets.map((target, index) => [`target-${index + 1}`, target])),
});

async function reportOf(targets: readonly object[]): Promise<Report> {
  await using workspace = await openWorkspace(configFor(targets));
  const ended = await workspace.probe(['all', '--report', 'json']);
  expect(ended.exit).toBe(1);
  return reportIn(ended);
}

/** One target met the rejection; the others say that it was not theirs, and were never tried. */
function expectOneTried({ targets }: Report): void {
  const tried = targets.filter(({ attempts }) => attempts.total > 0);
  expect(tried.length).toBe(1);
  expect(tried[0]).toMatchObject({ verdict: 'fail', attempts: { total: 1, failed: 1 } });
  expect(tried[0]?.failures).toMatchObject([{ cause: 'login-rejected', stage: 'authenticate', count: 1 }]);
  const others = targets.filter((target) => !tried.includes(target));
  expect(others.length).toBe(2);
  for (const other of others) {
    expect(other.verdict).toBe('inconclusive');
    expect(other.stopped).toMatchObject([{ reason: 'credential', runs: 1 }]);
    expect(causesIn(other)).toContain('identity-rejected-elsewhere');
  }
}

const startClaimsDb = () =>
  keep(startTdsServer({ encryption: 'not-supported', users: { svc_claims: 'the right password' } }));

const database = ({ host, port }: Place, name: string, password: string) =>
  sqlserver({ host, port }, { url: `jdbc:sqlserver://${host}:${port};databaseName=${name};encrypt=false`, password });

describe('three targets on one server', () => {
  test('with one wrong password: exactly one login is rejected, and the others stop', async () => {
    const server = await startClaimsDb();
    const report = await reportOf(['A', 'B', 'C'].map((name) => database(server, name, 'a wrong password')));
    expect(server.ledger).toMatchObject({ accepted: 0, rejected: 1 });
    expectOneTried(report);
  });

  test('with three wrong passwords of one account: exactly one login is rejected', async () => {
    const server = await startClaimsDb();
    const report = await reportOf(['A', 'B', 'C'].map((name) => database(server, name, `a wrong one for ${name}`)));
    expect(server.ledger).toMatchObject({ accepted: 0, rejected: 1 });
    expectOneTried(report);
  });

  test.each(['PLAIN', 'SCRAM-SHA-256'])(
    'with one wrong SASL %s password: exactly one is rejected',
    async (mechanism) => {
      const broker = await keep(
        startKafkaCluster({
          security: 'SASL_PLAINTEXT',
          users: { svc: 'the right one' },
          topics: { claims: { partitions: 1 } },
        }),
      );
      const module = mechanism === 'PLAIN' ? 'plain.PlainLoginModule' : 'scram.ScramLoginModule';
      const target = kafka(broker, {
        'security.protocol': 'SASL_PLAINTEXT',
        'sasl.mechanism': mechanism,
        'sasl.jaas.config': `org.apache.kafka.common.security.${module} required username="svc" password="a wrong one";`,
      });
      const report = await reportOf([target, { ...target, mode: 'consumer-group' }, target]);
      expect(broker.brokers.map(({ logins }) => logins)).toMatchObject([{ accepted: 0, rejected: 1 }]);
      expectOneTried(report);
    },
  );

  test('with one wrong client secret: exactly one grant is rejected', async () => {
    const issuer = await keep(startIssuer({ clients: [{ id: 'svc_claims', secret: 'the right one' }] }));
    const report = await reportOf([
      token(issuer),
      token(issuer, { scope: 'lake.read' }),
      token(issuer, { auth: 'post' }),
    ]);
    expect([issuer.granted, issuer.rejected]).toEqual([0, 1]);
    expect(report.targets.filter(({ attempts }) => attempts.total > 0).length).toBe(1);
    expect(report.targets.filter(({ stopped }) => stopped[0]?.reason === 'credential').length).toBe(3);
  });
});

test('an identity that the latest run saw rejected is tried once in the next, and twice a day at most', async () => {
  const server = await startClaimsDb();
  const targets = ['A', 'B', 'C'].map((name) => database(server, name, 'a wrong password'));
  await using workspace = await openWorkspace(configFor(targets));
  const rejected: number[] = [];
  for (let run = 0; run < 4; run += 1) {
    const { exit } = await workspace.probe(['all', '--evidence', 'runs', '--report', 'json']);
    expect(exit).toBe(1);
    rejected.push(server.ledger.rejected);
  }
  expect(rejected).toEqual([1, 2, 2, 2]);
});

test('the same server with the right password is tried as often as is needed', async () => {
  const server = await startClaimsDb();
  const targets = ['A', 'B', 'C'].map((name) => ({
    ...database(server, name, 'the right password'),
    expect: { encrypted: 'none' },
  }));
  await using workspace = await openWorkspace(configFor(targets));
  expect((await workspace.probe(['all', '--scope', 'run'])).exit).toBe(0);
  expect(server.ledger.accepted).toBeGreaterThanOrEqual(96);
  expect(server.ledger.rejected).toBe(0);
});
