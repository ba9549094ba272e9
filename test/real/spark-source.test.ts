import { Kafka, logLevel } from 'kafkajs';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { mintAuthority } from '../../fixtures/kit/pki.ts';
import { startTdsServer } from '../../fixtures/tds/server.ts';
import { decision as decisionSchema } from '../../src/model/decision.ts';
import type { AttemptRecord } from '../../src/model/records.ts';
import { evidenceIn, type Keep, openKeep, openWorkspace, reportIn, targetIn, type Workspace } from '../kit/cli.ts';
import { requireTool } from '../kit/requires.ts';
import { startFirewall } from './firewall.ts';
import { kafkaIsHere, type RealKafka, startRealKafka } from './kafka-server.ts';
import { type Answer, type Engine, pysparkIsHere, startEngine } from './spark/engine.ts';
import { LEAVING_FROM } from './spark/leaving.ts';

const fromEnv = (name: string): string => `\${env:${name}}`;
const PASSWORD = 'a password of svc_claims';
const HERE = '127.0.0.1';
const ELSEWHERE = '127.0.1.10';

const identity = mintAuthority('Lab authority').issue({ commonName: 'lab', altNames: [HERE], usage: 'server' });
const server = (denied: (address: string) => boolean = () => false) =>
  startTdsServer({ identity, encryption: 'on', users: { svc_claims: PASSWORD }, denyAddress: denied });

const sqlserver = ({ port }: { readonly port: number }, over: object = {}) => ({
  type: 'sqlserver',
  url: `jdbc:sqlserver://${HERE}:${port};databaseName=Claims;encrypt=true;trustServerCertificate=true`,
  user: 'svc_claims',
  password: fromEnv('SQL_PASSWORD'),
  ...over,
});

const configOf = (targets: object) => ({
  version: 1,
  // with fewer attempts a run does not count
  sampling: { profile: 'gate', pace: '500/s', attempts: 10 },
  targets,
  workloads: {
    ingest: { uses: Object.keys(targets), connectsFrom: 'spark-source', connectionsPerRun: 3, runsPerMonth: 720 },
  },
  contexts: { serverless: { ephemeral: true } },
});

const skipped = requireTool('pyspark', pysparkIsHere());

describe.skipIf(skipped)('Spark’s own sources (needs pyspark: scripts/ci/pyspark.sh)', () => {
  const keep: Keep = openKeep();
  let engine: Engine;

  beforeAll(async () => {
    engine = await keep(startEngine('local[2]', { SQL_PASSWORD: PASSWORD }));
  });
  afterAll(() => keep[Symbol.asyncDispose]());

  const gather = async ({ path }: Workspace, ...more: readonly string[]): Promise<Answer> =>
    engine.run('spark_source', [
      ...['--config', path('probe.yaml'), '--context', 'serverless', '--evidence', path('evidence')],
      ...more,
    ]);
  const attemptsIn = ({ path }: Workspace): readonly AttemptRecord[] =>
    evidenceIn(path('evidence')).flatMap((record) => (record.record === 'attempt' ? [record] : []));
  const judged = async (workspace: Workspace) =>
    reportIn(
      await workspace.probe([
        ...['judge', workspace.path('evidence'), '--vantage', 'spark-source', '--context', 'serverless'],
        ...['--report', 'json'],
      ]),
    );

  test('SQL Server: the JDBC driver tells the address that the server saw, in evidence that is judged as any other', async () => {
    await using sql = await server();
    await using workspace = await openWorkspace(
      configOf({ 'claims-db': sqlserver(sql, { firewallAllows: [`${HERE}/32`] }) }),
    );

    const { error } = await gather(workspace);

    expect(error).toBeNull();
    expect(sql.problems).toEqual([]);
    // the driver asks for the columns, and an executor reads
    expect(sql.ledger).toMatchObject({ accepted: 20, rejected: 0 });
    expect([...sql.ledger.appNames]).toEqual([expect.stringMatching(/^preflight-probe\/[0-9a-f-]{36}$/)]);
    const attempts = attemptsIn(workspace);
    expect(attempts).toHaveLength(10);
    expect(attempts[0]).toMatchObject({
      outcome: 'succeeded',
      egress: [HERE],
      stages: [{ stage: 'request', ok: true }],
    });
    const report = await judged(workspace);
    expect(report.context).toMatchObject({ name: 'serverless', vantage: 'spark-source' });
    expect(targetIn(report, 'claims-db').findings).toContainEqual(
      expect.objectContaining({ rule: 'egress/observed-within-allowed', verdict: 'pass' }),
    );
  });

  test.each([
    ['a login that is rejected', { user: 'svc_other' }, 'login-rejected', 18456, 1, 'credential'],
    ['a port that is closed', { url: `jdbc:sqlserver://${HERE}:1` }, 'connection-refused', null, 5, 'never-succeeded'],
    ['a name that is none', { url: 'jdbc:sqlserver://db.invalid' }, 'name-not-found', null, 5, 'never-succeeded'],
  ] as const)('%s is named, and knocks no oftener than is polite', async (_, over, cause, number, attempts, reason) => {
    await using sql = await server();
    await using workspace = await openWorkspace(configOf({ 'claims-db': sqlserver(sql, over) }));

    expect((await gather(workspace)).error).toBeNull();

    expect(attemptsIn(workspace)).toHaveLength(attempts);
    expect(attemptsIn(workspace)[0]).toMatchObject({ outcome: 'failed', failure: { stage: 'request', cause, number } });
    expect(evidenceIn(workspace.path('evidence'))).toContainEqual(
      expect.objectContaining({ record: 'stop', target: 'claims-db', reason }),
    );
  });

  test('a password that is written out is not handed on, and the message does not show it', async () => {
    await using workspace = await openWorkspace(
      configOf({ 'claims-db': sqlserver({ port: 1 }, { password: PASSWORD }) }),
    );

    const { error, output } = await gather(workspace);

    expect(error).toContain('a secret is written out in the configuration');
    expect(`${error}${output}`).not.toContain(PASSWORD);
  });

  test('a firewall that admits the driver, and not Spark, is named as such, and the workload is judged by Spark’s evidence', async () => {
    await using sql = await server((address) => address !== ELSEWHERE);
    await using workspace = await openWorkspace(configOf({ 'claims-db': sqlserver(sql) }));
    const evidence = workspace.path('evidence');

    const driver = await workspace.probe(['all', '--context', 'serverless', '--evidence', evidence], {
      env: { SQL_PASSWORD: PASSWORD, ...LEAVING_FROM(ELSEWHERE) },
    });
    expect(driver.stderr).not.toMatch(/defect/i);
    expect((await gather(workspace)).error).toBeNull();

    const { stdout } = await workspace.probe(['decide', evidence, '--report', 'json']);
    const decision = decisionSchema.parse(JSON.parse(stdout));
    const cell = decision.workloads[0]?.cells[0];
    expect(cell).toMatchObject({ vantage: 'spark-source', placement: 'unsuitable' });
    expect(cell?.blockers).toContainEqual(expect.objectContaining({ target: 'claims-db', cause: 'egress-refused' }));
    expect(decision.comparisons).toMatchObject([{ vantage: 'driver', otherVantage: 'spark-source' }]);
    expect(decision.comparisons[0]?.targets[0]?.differences.map(({ says }) => says).join('\n')).toMatch(
      /fails only in serverless \(spark-source\): egress-refused.*a firewall, admits only one of the two/,
    );
  });

  describe.skipIf(requireTool('kafka', kafkaIsHere()))('a real Kafka broker (needs kafka)', () => {
    let broker: RealKafka;
    const everyone = (): boolean => true;
    let admits: (address: string) => boolean = everyone;
    beforeAll(async () => {
      broker = await keep(startRealKafka((to) => startFirewall(to, (address) => admits(address))));
    });
    afterEach(() => {
      admits = everyone;
    });

    const kafka = (account: { readonly username: string; readonly password: string }, over: object = {}) => ({
      type: 'kafka',
      mode: 'spark',
      topic: broker.topic,
      ca: { pem: broker.ca },
      properties: {
        'bootstrap.servers': broker.bootstrap,
        'security.protocol': 'SASL_SSL',
        'sasl.mechanism': 'PLAIN',
        'sasl.jaas.config': `org.apache.kafka.common.security.plain.PlainLoginModule required username="${account.username}" password="${fromEnv('KAFKA_PASSWORD')}";`,
      },
      ...over,
    });
    const configured = (account: { readonly username: string; readonly password: string }, over: object = {}) =>
      openWorkspace(configOf({ 'claims-events': kafka(account, over) }));
    const gatherAs = async (workspace: Workspace, password: string) => {
      await engine.run('self_test', [], { KAFKA_PASSWORD: password });
      return gather(workspace);
    };

    test('a topic without a record says nothing, since no executor would connect', async () => {
      const { withoutGroup } = broker.accounts;
      await using workspace = await configured(withoutGroup);

      expect((await gatherAs(workspace, withoutGroup.password)).error).toBeNull();

      expect(attemptsIn(workspace)).toMatchObject([{ outcome: 'failed', failure: { cause: 'not-testable' } }]);
    });

    test('the last record of each partition is counted, with Read on the topic alone', async () => {
      await produce(broker);
      const { withoutGroup } = broker.accounts;
      await using workspace = await configured(withoutGroup);
      const groups = await broker.probeGroups();

      expect((await gatherAs(workspace, withoutGroup.password)).error).toBeNull();

      const attempts = attemptsIn(workspace);
      expect(attempts.map(({ outcome }) => outcome)).toEqual(Array.from({ length: 10 }, () => 'succeeded'));
      expect(attempts[0]?.measures).toEqual({ partitions: 3, counted: 3 });
      expect(JSON.stringify(evidenceIn(workspace.path('evidence')))).not.toContain(PAYLOAD);
      await expect(broker.probeGroups()).resolves.toEqual(groups);
      expect(targetIn(await judged(workspace), 'claims-events').attempts).toMatchObject({ succeeded: 10 });
    });

    test.each([
      ['the driver, and not Spark,', ELSEWHERE, 'spark-source', 'unsuitable'],
      // a first clean run of Spark's, and the workload connects from there
      ['Spark, and not the driver,', HERE, 'driver', 'undetermined'],
    ] as const)('a firewall that admits %s is named as such', async (_, admitted, keptOut, placement) => {
      await produce(broker);
      const { withoutGroup } = broker.accounts;
      const properties = { ...kafka(withoutGroup).properties, ...SOON_TIRED };
      await using workspace = await configured(withoutGroup, { properties });
      const evidence = workspace.path('evidence');
      admits = (address) => address === admitted;

      const driver = await workspace.probe(['all', '--context', 'serverless', '--evidence', evidence], {
        env: { KAFKA_PASSWORD: withoutGroup.password, ...LEAVING_FROM(ELSEWHERE) },
      });
      expect(driver.stderr).not.toMatch(/defect/i);
      expect((await gatherAs(workspace, withoutGroup.password)).error).toBeNull();

      const { stdout } = await workspace.probe(['decide', evidence, '--report', 'json']);
      const decision = decisionSchema.parse(JSON.parse(stdout));
      expect(decision.workloads[0]?.cells[0]).toMatchObject({ vantage: 'spark-source', placement });
      expect(decision.comparisons).toMatchObject([{ vantage: 'driver', otherVantage: 'spark-source' }]);
      const says = decision.comparisons[0]?.targets[0]?.differences.map((difference) => difference.says);
      // a reset is met wherever the handshake stands by then
      expect(says).not.toHaveLength(0);
      for (const each of says ?? []) {
        expect(each).toMatch(new RegExp(`^fails only in serverless \\(${keptOut}\\): `));
        expect(each).toMatch(/: what stands on the way, such as a firewall, admits only one of the two$/);
      }
    });

    test.each([
      ['a password that is wrong', 'wrong-password', {}, 'login-rejected', 1],
      ['a topic that is none', null, { topic: 'no-such-topic' }, 'not-authorized', 5],
    ] as const)('%s is named', async (_, password, over, cause, count) => {
      const { withoutGroup } = broker.accounts;
      await using workspace = await configured(withoutGroup, over);

      expect((await gatherAs(workspace, password ?? withoutGroup.password)).error).toBeNull();

      expect(attemptsIn(workspace).map(({ failure }) => failure?.cause)).toEqual(
        Array.from({ length: count }, () => cause),
      );
    });
  });
});

/** The Java client tries a broker again and again that resets it, and says so in the end. */
const SOON_TIRED = { 'request.timeout.ms': '2000', 'default.api.timeout.ms': '2000' };

const PAYLOAD = 'the payload of a record';

async function produce({ bootstrap, ca, accounts, topic }: RealKafka): Promise<void> {
  const producer = new Kafka({
    clientId: 'seed',
    brokers: [bootstrap],
    ssl: { ca },
    sasl: { mechanism: 'plain', ...accounts.admin },
    logLevel: logLevel.NOTHING,
  }).producer();
  await producer.connect();
  await producer.send({ topic, messages: [0, 1, 2].map((partition) => ({ partition, value: PAYLOAD })) });
  await producer.disconnect();
}
