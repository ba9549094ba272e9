import { rmSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { mintAuthority } from '../../fixtures/kit/pki.ts';
import type { TdsOptions } from '../../fixtures/tds/options.ts';
import { startTdsServer } from '../../fixtures/tds/server.ts';
import type { EvidenceRecord, RunRecord } from '../../src/model/records.ts';
import { evidenceIn, type Keep, openKeep, openWorkspace, reportIn, type Workspace } from '../kit/cli.ts';
import { requireTool } from '../kit/requires.ts';
import { type Engine, equip, executorProcesses, pysparkIsHere, startEngine } from './spark/engine.ts';
import { LEAVING_FROM } from './spark/leaving.ts';

/** With fewer a run does not count. */
const ATTEMPTS = 10;
const PASSWORD = 'a password of svc_claims';
const HERE = '127.0.0.1';
const ELSEWHERE = '127.0.1.10';
const identity = mintAuthority('Lab authority').issue({ commonName: 'lab', altNames: [HERE], usage: 'server' });
const server = (over: Partial<TdsOptions> = {}) =>
  startTdsServer({ identity, encryption: 'on', users: { svc_claims: PASSWORD }, ...over });

const configOf = ({ port }: { readonly port: number }, pace: string, over: object = {}) => ({
  version: 1,
  sampling: { profile: 'gate', pace, open: 12, attempts: ATTEMPTS },
  targets: {
    'claims-db': {
      type: 'sqlserver',
      url: `jdbc:sqlserver://${HERE}:${port};databaseName=Claims;encrypt=true;trustServerCertificate=true`,
      user: 'svc_claims',
      password: `\${env:SQL_PASSWORD}`,
      ...over,
    },
  },
  workloads: { ingest: { uses: ['claims-db'], connectsFrom: 'executor', connectionsPerRun: 3, runsPerMonth: 720 } },
  contexts: { dedicated: { ephemeral: false } },
});

const skipped = requireTool('pyspark', pysparkIsHere());

describe.skipIf(skipped)('the executors of a real Spark (needs pyspark: scripts/ci/pyspark.sh)', () => {
  const keep: Keep = openKeep();
  let engine: Engine;

  beforeAll(async () => {
    const env = { SQL_PASSWORD: PASSWORD, SPARK_TEST_MAX_FAILURES: '4' };
    engine = await keep(startEngine('local-cluster[3,1,512]', env));
  });
  afterAll(() => keep[Symbol.asyncDispose]());

  const gather = ({ path }: Workspace, ...more: readonly string[]) =>
    engine.run('executors', [
      ...['--config', path('probe.yaml'), '--context', 'dedicated', '--evidence', path('evidence')],
      ...more,
    ]);
  const findingsOf = async (workspace: Workspace) => {
    const { path } = workspace;
    const asked = ['--vantage', 'executor', '--context', 'dedicated', '--report', 'json'];
    const { context } = reportIn(await workspace.probe(['judge', path('evidence'), ...asked]));
    return (rule: string) => context?.findings.find((finding) => finding.rule === rule);
  };

  test('each stands for itself: three vantages in as little time as one, and no server sees more of all than of one', async () => {
    // so that what takes time is the server, and neither our start nor the pace
    const slow = { faults: [{ at: 'login', do: 'delay', delayMs: 300, times: Number.POSITIVE_INFINITY }] } as const;
    await using sql = await server(slow);
    await using one = await openWorkspace(configOf(sql, '2000/s'));
    await using three = await openWorkspace(configOf(sql, '2000/s'));
    expect((await gather(one, '--executors', '1')).error).toBeNull();

    const { error, output } = await gather(three);

    expect(error).toBeNull();
    expect(output).toContain('vantage=executor processes=3 missing=0');
    const runs = runsOf(three, 'executor');
    expect(runs.map(({ context }) => context.process)).toEqual(
      expect.arrayContaining([0, 1, 2].map((index) => ({ index, of: 3 }))),
    );
    expect(new Set(runs.map(({ invoker }) => invoker['PROBE_JOB'])).size).toBe(1);
    expect(attemptsOf(three, runs)).toBe(3 * ATTEMPTS);
    expect(elapsedMs(three)).toBeLessThanOrEqual(1.3 * elapsedMs(one));
    const finding = await findingsOf(three);
    expect(finding('hosts/complete')).toMatchObject({ verdict: 'pass', observed: 'all 3 have ended' });
    expect(finding('hosts/alike')).toMatchObject({ verdict: 'pass', observed: '3 hosts alike' });
  });

  test('none logs in where the driver could not: a rejection is met once', async () => {
    await using sql = await server();
    await using workspace = await openWorkspace(configOf(sql, '500/s', { user: 'svc_other' }));

    const { error } = await gather(workspace);

    expect(error).toContain('no target is left to try on executors');
    expect(sql.ledger).toMatchObject({ accepted: 0, rejected: 1 });
    expect(runsOf(workspace, 'executor')).toEqual([]);
  });

  test('a host without the probe, and one that leaves by another way, are each named', async () => {
    await using sql = await server();
    await using workspace = await openWorkspace(configOf(sql, '500/s'));
    equip(engine, 0, 'without-node', '');
    equip(engine, 1, 'environment', exported(LEAVING_FROM(ELSEWHERE)));

    const { error, output } = await gather(workspace);
    for (const host of [0, 1]) rmSync(join(engine.folder, `host-${host}`), { recursive: true });

    expect(error).toBeNull();
    expect(output).toContain('missing=1');
    const finding = await findingsOf(workspace);
    expect(finding('hosts/complete')).toMatchObject({
      verdict: 'inconclusive',
      cause: 'host-missing',
      observed: expect.stringMatching(
        /^2 of 3 have ended: process \d \(.+\) did not start: the agent cannot be run: the wheel/,
      ),
    });
    // of two that are left neither is apart from most; with the driver’s own address there are three
    expect(egressOf(workspace)).toEqual([[HERE], [ELSEWHERE]]);
  });

  test('a host that leaves by another way than the two others is named with its address', async () => {
    await using sql = await server();
    await using workspace = await openWorkspace(configOf(sql, '500/s'));
    equip(engine, 1, 'environment', exported(LEAVING_FROM(ELSEWHERE)));

    const { error } = await gather(workspace);
    rmSync(join(engine.folder, 'host-1'), { recursive: true });

    expect(error).toBeNull();
    expect((await findingsOf(workspace))('hosts/alike')).toMatchObject({
      verdict: 'warn',
      cause: 'hosts-differ',
      observed: expect.stringMatching(/^process \d \(.+\) leaves from 127\.0\.1\.10, and 2 hosts from 127\.0\.0\.1$/),
    });
  });

  test('an executor that is killed is named, and cuts none of the others short', async () => {
    const logins = countTo(ATTEMPTS + 6);
    await using sql = await server({ denyAddress: logins.count });
    await using workspace = await openWorkspace(configOf(sql, '9/s'));
    const gathering = gather(workspace);

    // those of the driver, and then of each executor some
    await logins.reached;
    for (const pid of executorProcesses(engine, 2)) process.kill(pid, 'SIGKILL');
    const { error } = await gathering;

    expect(error).toBeNull();
    expect((await findingsOf(workspace))('hosts/complete')).toMatchObject({
      verdict: 'inconclusive',
      cause: 'host-missing',
      observed: expect.stringMatching(
        /^2 of 3 have ended: process \d \(.+\) was (killed, interrupted, or is still going|lost before its agent had written anything)$/,
      ),
    });
    // nothing is tried again elsewhere
    expect(runsOf(workspace, 'executor')).toHaveLength(3);
  });
});

const exported = (variables: Readonly<Record<string, string>>): string =>
  Object.entries(variables)
    .map(([name, value]) => `export ${name}='${value}'\n`)
    .join('');

const runsIn = (records: readonly EvidenceRecord[], vantage: string): readonly RunRecord[] => {
  const runs = records.filter((record) => record.record === 'run' && record.context.vantage === vantage);
  // each part begins with the record of its run
  return [...new Map(runs.flatMap((run) => (run.record === 'run' ? [[run.run, run] as const] : []))).values()];
};

const recordsOf = ({ path }: Workspace): readonly EvidenceRecord[] => evidenceIn(path('evidence'));
const runsOf = (workspace: Workspace, vantage: string) => runsIn(recordsOf(workspace), vantage);

const attemptsOf = (workspace: Workspace, runs: readonly RunRecord[]): number =>
  recordsOf(workspace).filter((record) => record.record === 'attempt' && runs.some(({ run }) => run === record.run))
    .length;

/** From the start of the first process to the end of the last. */
function elapsedMs(workspace: Workspace): number {
  const runs = runsOf(workspace, 'executor');
  const ends = recordsOf(workspace).filter(
    (record) => record.record === 'end' && runs.some(({ run }) => run === record.run),
  );
  const times = (records: readonly { readonly at: string }[]) => records.map(({ at }) => Date.parse(at));
  return Math.max(...times(ends)) - Math.min(...times(runs));
}

/** The addresses that each process left from, in their order. */
const egressOf = (workspace: Workspace): readonly (readonly string[])[] =>
  runsOf(workspace, 'executor')
    .map(({ run }) => {
      const seen = recordsOf(workspace).flatMap((record) =>
        record.record === 'attempt' && record.run === run ? record.egress : [],
      );
      return [...new Set(seen)];
    })
    .filter((addresses) => addresses.length > 0)
    .sort();

/** Lets every login in, and tells when there have been so many. */
function countTo(most: number) {
  let logins = 0;
  let reach = () => {};
  const reached = new Promise<void>((resolve) => {
    reach = resolve;
  });
  const count = (): boolean => {
    logins += 1;
    if (logins === most) reach();
    return false;
  };
  return { count, reached };
}
