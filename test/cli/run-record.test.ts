import { afterAll, beforeAll, expect, test } from 'vitest';
import { z } from 'zod';
import { runRecord } from '../../src/model/records.ts';
import { openKeep, openWorkspace, type Workspace } from '../kit/cli.ts';
import { fromStdin } from './targets.ts';

const keep = openKeep();
afterAll(() => keep[Symbol.asyncDispose]());

const PASSWORD = 'a password of svc_claims';
const SETTINGS = {
  type: 'sqlserver',
  // nothing connects
  url: 'jdbc:sqlserver://claims.internal:1433;databaseName=Claims',
  user: 'svc_claims',
  password: fromStdin('db/claims'),
};

const TCP = { type: 'tcp', host: '127.0.0.1', port: 1 };

let workspace: Workspace;
beforeAll(async () => {
  workspace = await keep(
    openWorkspace({
      version: 1,
      targets: { 'claims-db': { ...SETTINGS, firewallAllows: ['198.51.100.10/32'] } },
      workloads: { ingest: { uses: ['claims-db'], connectsFrom: 'spark-source', connectionsPerRun: 3 } },
    }),
  );
});

const header = z.object({
  run: runRecord,
  limits: z.record(z.string(), z.number()),
  folder: z.string(),
  targets: z.array(
    z.object({
      name: z.string(),
      attempts: z.int(),
      identityStanding: z.string(),
      identityGroup: z.int().nullable(),
      settings: z.unknown(),
    }),
  ),
});

const printed = (...args: readonly string[]) =>
  workspace.probe(['plan', '--secrets-stdin', '--report', 'run-record', ...args], {
    stdin: JSON.stringify({ 'db/claims': PASSWORD }),
    env: { PROBE_PROCESS_INDEX: '2', PROBE_PROCESSES: '3' },
  });

test('a run that others are to make is printed as the record that begins it, with settings as written and no secret', async () => {
  const { stdout, exit } = await printed('--profile', 'gate', '--vantage', 'spark-source', '--context', 'serverless');

  expect(exit).toBe(0);
  expect(stdout).not.toContain(PASSWORD);
  const { run, targets, folder } = header.parse(JSON.parse(stdout));
  expect(folder).toBe(workspace.folder);
  expect(run.context).toMatchObject({ name: 'serverless', vantage: 'spark-source', process: { index: 2, of: 3 } });
  expect(run.targets).toMatchObject([
    {
      name: 'claims-db',
      identity: 'svc_claims@claims.internal:1433',
      requirement: { firewallAllows: ['198.51.100.10/32'] },
      demand: { workloads: ['ingest'], connectionsPerRun: 3 },
    },
  ]);
  expect(run.workloads).toMatchObject([{ name: 'ingest', connectsFrom: 'spark-source' }]);
  expect(targets).toMatchObject([
    { name: 'claims-db', attempts: 15, identityStanding: 'untested', settings: SETTINGS },
  ]);
});

test('each such run has an id of its own', async () => {
  const [one, other] = await Promise.all([printed(), printed()]);
  const idIn = (text: string) => header.parse(JSON.parse(text)).run.run;

  expect(idIn(one.stdout)).not.toBe(idIn(other.stdout));
});

test('accounts whose names are redacted are told apart by a number, and equal ones are told to be equal', async () => {
  const user = (key: string) => ({ ...SETTINGS, user: fromStdin(key) });
  const targets = { one: user('db/one'), other: user('db/other'), again: user('db/one'), port: TCP };
  await using several = await openWorkspace({ version: 1, targets });
  const { stdout } = await several.probe(['plan', '--secrets-stdin', '--report', 'run-record'], {
    stdin: JSON.stringify({ 'db/claims': PASSWORD, 'db/one': 'svc_long_one', 'db/other': 'svc_long_other' }),
  });
  const { run, targets: told } = header.parse(JSON.parse(stdout));
  expect(new Set(run.targets.slice(0, 3).map(({ identity }) => identity)).size).toBe(1);
  expect(told.map(({ identityGroup }) => identityGroup)).toEqual([0, 1, 0, null]);
});

test('a plan is of all targets, of those that are named, or of one type', async () => {
  const targets = { one: TCP, other: { ...TCP, port: 2 }, lake: { type: 'storage', url: '/mnt/none/lake' } };
  await using several = await openWorkspace({ version: 1, targets });
  const planned = async (...words: readonly string[]) => {
    const { stdout } = await several.probe(['plan', '--report', 'run-record', ...words]);
    return header.parse(JSON.parse(stdout)).targets.map(({ name }) => name);
  };
  expect(await planned()).toEqual(['one', 'other', 'lake']);
  expect(await planned('other')).toEqual(['other']);
  expect(await planned('--type', 'storage')).toEqual(['lake']);
  expect(await several.probe(['plan', 'nobody'])).toMatchObject({ exit: 2, stdout: '' });
});
