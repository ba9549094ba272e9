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
    z.object({ name: z.string(), attempts: z.int(), identityStanding: z.string(), settings: z.unknown() }),
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
