import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startApi } from '../../fixtures/api/api.ts';
import { startKafkaCluster } from '../../fixtures/kafka/cluster.ts';
import { mintAuthority } from '../../fixtures/kit/pki.ts';
import { startRelay } from '../../fixtures/kit/relay.ts';
import { startTdsServer, type TdsServer } from '../../fixtures/tds/server.ts';
import type { AttemptRecord } from '../../src/model/records.ts';
import type { Report, ReportTarget } from '../../src/model/report.ts';
import { evidenceIn, openKeep, openWorkspace, reportIn, targetIn, type Workspace } from '../kit/cli.ts';
import { kafka, mtls, type Place, sqlserver } from './targets.ts';

// Connections that are held: idle on a ladder of rungs, and in use to set against them.

const keep = openKeep();
afterAll(() => keep[Symbol.asyncDispose]());

const HERE = ['--context', 'here', '--report', 'json'];
const FAST = { pace: '40/s', attempts: 32 };

const startClaimsDb = (): Promise<TdsServer> =>
  keep(startTdsServer({ encryption: 'not-supported', users: { svc_claims: 'a password of svc_claims' } }));

const database = ({ host, port }: Place, name = 'Claims', over: object = {}) =>
  sqlserver({ host, port }, { url: `jdbc:sqlserver://${host}:${port};databaseName=${name};encrypt=false`, ...over });

const configFor = (targets: object, sampling: object, more: object = {}) => ({
  version: 1,
  sampling: { ...FAST, ...sampling },
  targets,
  contexts: { here: { ephemeral: false } },
  ...more,
});

const findingIn = ({ findings }: ReportTarget, rule: string) => findings.find((finding) => finding.rule === rule);

const holdsIn = (folder: string): readonly AttemptRecord[] =>
  evidenceIn(folder).filter((record): record is AttemptRecord => record.record === 'attempt' && record.hold !== null);

/** From the first opening to the last end. */
function lastingMs(holds: readonly AttemptRecord[]): number {
  const startsMs = holds.map(({ at }) => Date.parse(at));
  const endsMs = holds.map(
    ({ at, stages }) => Date.parse(at) + stages.reduce((sum, { elapsedMs }) => sum + elapsedMs, 0),
  );
  return Math.max(...endsMs) - Math.min(...startsMs);
}

describe('a ladder of 2, 4, 8 and 12 s behind devices that forget what idles for 6 s', () => {
  const targets = ['claims-db', 'eligibility-api'];
  let workspace: Workspace;
  let report: Report;
  let holds: readonly AttemptRecord[];
  let stderr: string;

  beforeAll(async () => {
    const authority = mintAuthority('an authority of the test');
    const identity = authority.issue({ commonName: 'api', altNames: ['127.0.0.1'], usage: 'server' });
    const client = authority.issue({ commonName: 'client', usage: 'client' });
    const certificates = {
      ca: { pem: authority.certPem },
      clientCertificate: { cert: { pem: client.certPem }, key: { pem: client.keyPem } },
    };
    const forgets = { from: ['127.0.0.1'], forgetIdleAfterMs: 6_000 };
    const silent = await keep(startRelay({ ...forgets, to: await startClaimsDb(), onForget: 'silent' }));
    const reset = await keep(
      startRelay({
        ...forgets,
        to: await keep(startApi({ identity, clientAuthority: authority.certPem })),
        onForget: 'reset',
      }),
    );
    workspace = await keep(
      openWorkspace(
        configFor(
          {
            'claims-db': database(silent, 'Claims', { expect: { encrypted: 'none' } }),
            'eligibility-api': mtls(reset, certificates),
          },
          { held: 24, holds: { rungs: ['2s', '4s', '8s', '12s'] }, deadlines: { reuse: '1s' } },
          { workloads: { ingest: { uses: ['claims-db'], longestIdle: '4s', duration: '10m' } } },
        ),
      ),
    );
    const ended = await workspace.probe(['all', ...HERE, '--evidence', 'runs']);
    report = reportIn(ended);
    stderr = ended.stderr;
    holds = holdsIn(workspace.path('runs'));
  }, 60_000);

  test('brackets the limit to 4..8 s, says that it is silent, and that a connection in use lasts', () => {
    expect(findingIn(targetIn(report, 'claims-db'), 'idle/limit')).toMatchObject({
      verdict: 'pass',
      observed:
        'drops between 4 s and 8 s, silently (2 s 3 alive, 4 s 3 alive, 8 s 3 silent, 12 s 3 silent); keepalive of 30 s comes too late for it; in use it lasts',
    });
  });

  test('judges by the longest idle of the workloads alone: what is dropped beyond it informs', () => {
    const target = targetIn(report, 'claims-db');
    expect(findingIn(target, 'idle/survives')).toMatchObject({ verdict: 'pass' });
    expect(target.verdict).toBe('pass');
  });

  test('says where the device resets, and warns where no workload says how long it idles', () => {
    const target = targetIn(report, 'eligibility-api');
    expect(findingIn(target, 'idle/limit')?.observed).toMatch(/^drops between 4 s and 8 s, with a reset /);
    expect(findingIn(target, 'idle/limit')).toMatchObject({ verdict: 'warn', cause: 'idle-limited' });
    expect(findingIn(target, 'idle/survives')).toBeUndefined();
    expect(report).toMatchObject({ verdict: 'warn', exitCode: 0 });
  });

  test('takes no more than 14 s, and holds three connections at each rung', () => {
    for (const name of targets) {
      const own = holds.filter(({ target }) => target === name);
      console.log(`${name}: the ladder took ${Math.round(lastingMs(own))} ms`);
      expect(lastingMs(own)).toBeLessThanOrEqual(14_000);
      const idle = own.filter(({ hold }) => hold?.kind === 'idle' && hold.keepalive === 'as-client');
      expect(idle.map(({ hold }) => (hold?.plannedMs ?? 0) / 1_000).sort((a, b) => a - b)).toEqual([
        ...[2, 2, 2, 4, 4, 4],
        ...[8, 8, 8, 12, 12, 12],
      ]);
    }
  });

  test('is announced to who waits for the end', () => {
    expect(stderr).toContain('probe: 28 connections are held beside the attempts, the longest for 12 s\n');
  });

  test('is in no rate', () => {
    for (const { attempts } of report.targets) expect(attempts).toMatchObject({ total: 32, failed: 0 });
  });
});

test('a hold that the operator’s interruption ends is interrupted, and no sign of a drop', async () => {
  await using workspace = await openWorkspace(
    configFor(
      { 'claims-db': database(await startClaimsDb(), 'Claims', { expect: { survivesIdle: '10m' } }) },
      {
        holds: { rungs: [], sockets: 2 },
      },
    ),
  );
  const running = workspace.start(['all', ...HERE, '--evidence', 'runs']);
  let stderr = '';
  running.child.stderr?.on('data', (text: string) => {
    stderr += text;
    // the attempts are done, and so all holds are open
    if (stderr.includes('32 attempts')) running.child.kill('SIGINT');
  });
  const ended = await running.ended;
  expect(ended.exit).toBe(130);
  const target = targetIn(reportIn(ended), 'claims-db');
  expect(target.holds.map(({ kind, count, outcome }) => `${count} ${kind} ${outcome}`).sort()).toEqual([
    '1 idle interrupted',
    '1 in-use interrupted',
    '2 idle interrupted',
  ]);
  expect(findingIn(target, 'idle/survives')).toMatchObject({ verdict: 'inconclusive', cause: 'idle-not-tested' });
  expect(findingIn(target, 'idle/limit')).toBeUndefined();
});

describe('two targets on one server', () => {
  test('have one ladder, and the findings of the other refer to it', async () => {
    const server = await startClaimsDb();
    const sampling = { holds: { rungs: ['100ms', '300ms'] } };
    const targets = { 'claims-db': database(server), archive: database(server, 'Archive') };
    const workloads = { ingest: { uses: ['claims-db', 'archive'], longestIdle: '300ms', duration: '10m' } };
    await using workspace = await openWorkspace(configFor(targets, sampling, { workloads }));
    const { stdout } = await workspace.probe(['plan', ...HERE]);
    expect(JSON.parse(stdout)).toMatchObject({
      servers: [{ holds: 8, heldAtOnce: 8, heldMs: 300 }],
      targets: [
        { name: 'claims-db', heldBy: null },
        { name: 'archive', heldBy: 'claims-db', holds: [] },
      ],
    });

    const ended = await workspace.probe(['all', ...HERE, '--evidence', 'runs']);
    const report = reportIn(ended);
    expect(holdsIn(workspace.path('runs')).map(({ target }) => target)).toEqual(Array(8).fill('claims-db'));
    expect(server.tally.openedAtMs).toHaveLength(32 + 32 + 8);
    expect(findingIn(targetIn(report, 'archive'), 'idle/survives')).toMatchObject({
      verdict: 'pass',
      observed: '3 connections held for 0.3 s in 1 of 1 run: alive (held by claims-db, on the same server)',
    });
    expect(targetIn(report, 'archive').holds).toEqual(targetIn(report, 'claims-db').holds);
  });
});

describe('over the runs of a history', () => {
  const runs = async (workspace: Workspace, count: number) => {
    const exits: (number | null)[] = [];
    for (let run = 0; run < count; run += 1)
      exits.push((await workspace.probe(['all', ...HERE, '--evidence', 'runs'])).exit);
    return exits;
  };
  const config = (place: Place) => ({
    ...configFor({ 'claims-db': database(place) }, { holds: { rungs: ['100ms'], sockets: 1 }, attempts: 15 }),
    contexts: { here: { ephemeral: true } },
    workloads: { ingest: { uses: ['claims-db'], longestIdle: '400ms', duration: '10m' } },
  });
  const heldIn = (workspace: Workspace) => {
    const holds = holdsIn(workspace.path('runs'));
    return [...new Set(holds.map(({ run }) => run))].length;
  };

  test('three hold, and the fourth rests on what they have seen', async () => {
    await using workspace = await openWorkspace(config(await startClaimsDb()));
    await runs(workspace, 3);
    const report = reportIn(await workspace.probe(['all', ...HERE, '--evidence', 'runs']));
    expect(report.runs).toHaveLength(4);
    expect(heldIn(workspace)).toBe(3);
    expect(findingIn(targetIn(report, 'claims-db'), 'idle/survives')).toMatchObject({
      verdict: 'pass',
      observed: '3 connections held for 0.4 s in 3 of 4 runs: alive',
    });
  });

  test('the fourth holds again where the third lost what the workload needs', async () => {
    const server = await startClaimsDb();
    const relay = await keep(
      startRelay({ to: server, from: ['127.0.0.1'], forgetIdleAfterMs: 250, onForget: 'reset' }),
    );
    await using workspace = await openWorkspace(config(relay));
    expect(await runs(workspace, 4)).toEqual([1, 1, 1, 1]);
    expect(heldIn(workspace)).toBe(4);
  });
});

test('a Kafka membership is kept where it is expected, and beats as long', async () => {
  const cluster = await keep(
    startKafkaCluster({ topics: { claims: { partitions: 1, logEnd: 0 } }, firstJoinDelayMs: 0 }),
  );
  const [broker] = cluster.brokers;
  if (broker === undefined) throw new Error('no broker');
  const expected = { mode: 'consumer-group', expect: { keepsMembership: '2s' } };
  await using workspace = await openWorkspace(
    configFor({ 'claims-events': kafka(broker, { 'heartbeat.interval.ms': '100' }, expected) }, { attempts: 4 }),
  );
  const target = targetIn(reportIn(await workspace.probe(['all', ...HERE])), 'claims-events');
  expect(target.holds).toMatchObject([{ kind: 'membership', plannedSeconds: 2, count: 1, outcome: 'alive' }]);
  expect(findingIn(target, 'kafka/keeps-membership')).toMatchObject({ verdict: 'pass' });
  expect(broker.requests.Heartbeat).toBeGreaterThanOrEqual(10);
  expect([...broker.groups.keys()]).toEqual([]);
});

describe('what does not fit', () => {
  test('is left out, and the plan says what', async () => {
    const sampling = { holds: { rungs: ['100ms', '200ms', '300ms'] }, held: 4 };
    const place = { host: 'claims.internal', port: 1433 };
    await using workspace = await openWorkspace(configFor({ 'claims-db': database(place) }, sampling));
    const { exit, stdout } = await workspace.probe(['plan', '--context', 'here']);
    expect(exit).toBe(0);
    expect(stdout).toContain('holds 4, at once 4, held for 1 s at the longest');
    expect(stdout).toMatch(
      /warning: claims-db: a server may hold 4 connections at once \(sampling\.held\), so .* left out: /,
    );
  });
});
