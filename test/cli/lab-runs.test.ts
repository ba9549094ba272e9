import { existsSync, readdirSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startKafkaCluster } from '../../fixtures/kafka/cluster.ts';
import type { TdsServer } from '../../fixtures/tds/server.ts';
import type { EvidenceRecord } from '../../src/model/records.ts';
import { type Ended, evidenceIn, openWorkspace, reportIn, type Workspace } from '../kit/cli.ts';
import { claimsDbConfig, startClaimsDb } from './claims-db.ts';
import { kafka, oneOfEach } from './targets.ts';

// A lab gives each run its host and its time. All that a run writes must follow, and nothing beyond the loopback may be tried.

const HOUR_MS = 3_600_000;
const FIRST_MS = Math.floor(Date.now() / HOUR_MS) * HOUR_MS - 10 * 24 * HOUR_MS;
const at = (hours: number): string => new Date(FIRST_MS + hours * HOUR_MS).toISOString();
const BEYOND = 'the time and the host of a run can be given for targets on the loopback alone';

let workspace: Workspace;
let server: TdsServer;

beforeAll(async () => {
  server = await startClaimsDb();
  workspace = await openWorkspace();
});
afterAll(async () => {
  await workspace?.[Symbol.asyncDispose]();
  await server?.[Symbol.asyncDispose]();
});

const runAs = (folder: string, lab: object | null, more: readonly string[] = ['--report', 'json']): Promise<Ended> => {
  workspace.configure({ ...claimsDbConfig(server, null), ...(lab === null ? {} : { lab }) });
  return workspace.probe(['all', '--context', 'serverless', '--evidence', folder, ...more]);
};

const runRecordIn = (records: readonly EvidenceRecord[]) => {
  const [first] = records;
  if (first?.record !== 'run') throw new Error('a run begins with its record');
  return first;
};

describe('a run of a lab', () => {
  let ended: Ended;
  let records: readonly EvidenceRecord[];
  beforeAll(async () => {
    ended = await runAs('one', { bootId: 'host-1', at: at(0) });
    records = evidenceIn(workspace.path('one'));
  });

  test('begins at the time that it was given, on the host that it was given, and says that it is of a lab', () => {
    const { at: startedAt, context, lab } = runRecordIn(records);
    expect({ startedAt, bootId: context.bootId, lab }).toEqual({ startedAt: at(0), bootId: 'host-1', lab: true });
  });

  test('writes every record in the minute after that, in order, and names its file by it', () => {
    const times = records.map((record) => Date.parse(record.at) - FIRST_MS);
    expect(new Set(records.map(({ record }) => record))).toEqual(new Set(['run', 'attempt', 'health', 'stop', 'end']));
    expect(Math.min(...times)).toBe(0);
    expect(Math.max(...times)).toBeLessThan(60_000);
    const written = records.filter(({ record }) => record !== 'attempt').map((record) => Date.parse(record.at));
    expect(written).toEqual([...written].sort((a, b) => a - b));
    const day = at(0).replace(/[-:]|\.\d+/g, '');
    expect(readdirSync(workspace.path('one'))).toEqual([expect.stringMatching(`^serverless-${day}-`)]);
  });

  test('is judged at its end, and marked in the report', () => {
    const report = reportIn(ended);
    expect(Date.parse(report.judgedAt) - FIRST_MS).toBeGreaterThan(0);
    expect(Date.parse(report.judgedAt) - FIRST_MS).toBeLessThan(60_000);
    expect(report.runs.map(({ startedAt, lab }) => ({ startedAt, lab }))).toEqual([{ startedAt: at(0), lab: true }]);
  });

  test('tells people at once as of when and on which host it is written', () => {
    expect(ended.stderr.split('\n')[0]).toBe(`lab: this run is written as of ${at(0)} on host host-1`);
  });

  test('is told of in the table', async () => {
    const { stdout } = await workspace.probe(['judge', 'one', '--report', 'table']);
    expect(stdout).toMatch(/^ {2}lab {9}1 of 1 run is of a lab, and says nothing of a real system$/m);
  });
});

test('a run of no lab is marked as none, and nothing is said', async () => {
  const ended = await runAs('none', null);
  expect(runRecordIn(evidenceIn(workspace.path('none'))).lab).toBe(false);
  expect(reportIn(ended).runs.map(({ lab }) => lab)).toEqual([false]);
  expect(ended.stderr).not.toContain('lab:');
});

test('runs of other hosts an hour apart are independent, and those of one host or too soon are not', async () => {
  const counted = async (bootId: string, hours: number) =>
    reportIn(await runAs('several', { bootId, at: at(hours) })).targets[0]?.blocks?.counted;
  expect(await counted('host-1', 0)).toBe(1);
  expect(await counted('host-2', 1)).toBe(2);
  expect(await counted('host-3', 1.1)).toBe(2);
  expect(await counted('host-2', 3)).toBe(2);
  expect(await counted('host-4', 4)).toBe(3);
});

test('a run of long ago counts where it is made, and is too old for whoever judges it now', async () => {
  const runs = (ended: Ended) => reportIn(ended).runs.map(({ counted }) => counted);
  expect(runs(await runAs('old', { bootId: 'host-1', at: at(-24 * 30) }))).toEqual([true]);
  expect(runs(await workspace.probe(['judge', 'old', '--report', 'json']))).toEqual([false]);
});

const beyond = {
  ...oneOfEach({ host: '127.0.0.1', port: 9 }),
  'claims-db': oneOfEach({ host: 'claims.internal', port: 1433 })['claims-db'],
};

test.each([['check'], ['plan'], ['all', '--evidence', 'refused'], ['run', 'ftp-drop', '--evidence', 'refused']])(
  'probe %s refuses a lab where one target is beyond the loopback',
  async (...args) => {
    workspace.configure({ version: 1, targets: beyond, lab: { bootId: 'host-1', at: at(0) } });
    const { exit, stdout, stderr } = await workspace.probe(args);
    expect({ exit, stdout }).toEqual({ exit: 2, stdout: '' });
    expect(stderr).toMatch(/^probe: probe\.yaml:\d+: lab: targets\.claims-db connects to claims\.internal:1433: /);
    expect(stderr).toContain(BEYOND);
    expect(existsSync(workspace.path('refused'))).toBe(false);
  },
);

test('judging refuses no lab, since it connects to nothing', async () => {
  await runAs('judged', { bootId: 'host-1', at: at(0) });
  workspace.configure({ version: 1, targets: beyond, lab: { bootId: 'host-1', at: at(0) } });
  expect(await workspace.probe(['judge', 'judged'])).toMatchObject({ exit: 3, stderr: '' });
});

test('a target that has no server is none beyond the loopback', async () => {
  workspace.configure({
    version: 1,
    targets: { lake: { type: 'token', source: { type: 'env', name: 'LAKE_TOKEN' } } },
    lab: { bootId: 'host-1', at: at(0) },
  });
  expect(await workspace.probe(['check'])).toMatchObject({ exit: 0 });
});

test('a broker that leads beyond the loopback ends the run before anything connects there', async () => {
  const advertise = () => ({ host: '192.0.2.7', port: 9092 });
  await using cluster = await startKafkaCluster({ topics: { claims: { partitions: 1 } }, advertise });
  workspace.configure({
    version: 1,
    sampling: { pace: '100/s' },
    targets: { 'claims-db': claimsDbConfig(server).targets['claims-db'], 'claims-events': kafka(cluster) },
    lab: { bootId: 'host-1', at: at(0) },
  });
  const { exit, stdout, stderr } = await workspace.probe(['all', '--evidence', 'led-away']);
  expect({ exit, stdout }).toEqual({ exit: 2, stdout: '' });
  expect(stderr).toContain(`probe: lab: targets.claims-events leads to 192.0.2.7:9092: ${BEYOND}`);
  const records = evidenceIn(workspace.path('led-away'));
  const attempts = records.flatMap((record) => (record.record === 'attempt' ? [record] : []));
  const led = attempts.filter(({ target }) => target === 'claims-events');
  expect(led.map(({ outcome }) => outcome)).toEqual(['aborted']);
  expect(led.map(({ resolved }) => resolved)).toEqual([['127.0.0.1']]);
  const beyondIt = led.flatMap(({ stages }) => stages.filter(({ server }) => server === '192.0.2.7:9092'));
  expect(beyondIt.map(({ stage }) => stage)).toEqual(['resolve']);
  expect(records.at(-1)).toMatchObject({ record: 'end', interrupted: true });
  const judged = await workspace.probe(['judge', 'led-away', '--report', 'json']);
  expect(reportIn(judged).runs).toMatchObject([{ interrupted: true, lab: true }]);
});
