import { cpSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { REGISTRY } from '../../probes/index.ts';
import { loadConfig } from '../../src/config/load.ts';
import { folderStore, openFolder } from '../../src/evidence/store.ts';
import { type Decision, decision as decisionSchema } from '../../src/model/decision.ts';
import { writtenDigestOf } from '../../src/plan/target.ts';
import { type Ended, openKeep, openWorkspace, type Workspace } from '../kit/cli.ts';
import { writeHistory } from '../kit/long-history.ts';
import { fromEnv } from './targets.ts';

const keep = openKeep();
afterAll(() => keep[Symbol.asyncDispose]());

/** As whoever decides reads it: where `CLAIMS_HOST` is not known. */
const UNRESOLVED = { registry: REGISTRY, env: {}, secrets: null, references: 'ignore' } as const;
const TWO_DAYS_MS = 2 * 86_400_000;
const CONFIG = {
  version: 1,
  sampling: { profile: 'gate' },
  targets: { 'claims-db': { type: 'tcp', host: fromEnv('CLAIMS_HOST'), port: 1433 } },
  workloads: {
    ingest: { uses: ['claims-db'], connectsFrom: 'driver', duration: '6m', runsPerMonth: 720 },
    transform: { uses: 'none', stateless: true, duration: '6m', runsPerMonth: 1440 },
  },
  contexts: {
    dedicated: { ephemeral: false, costPerHour: 2.1, startup: '5m', minimumBilling: '1m' },
    serverless: { ephemeral: true, costPerHour: 4.8, startup: '10s' },
  },
  policy: { currency: 'USD' },
};

const decisionIn = ({ exit, stdout, stderr }: Ended): Decision => {
  if (stdout === '') throw new Error(`probe exited ${exit} without a decision:\n${stderr}`);
  return decisionSchema.parse(JSON.parse(stdout));
};
const placements = ({ workloads }: Decision) =>
  Object.fromEntries(
    workloads.map(({ name, cells }) => [name, Object.fromEntries(cells.map((cell) => [cell.context, cell.placement]))]),
  );

let workspace: Workspace;
beforeAll(async () => {
  workspace = await keep(openWorkspace(CONFIG));
  const fromMs = Date.now() - TWO_DAYS_MS;
  const { targets } = loadConfig({ path: 'probe.yaml', text: JSON.stringify(CONFIG) }, UNRESOLVED);
  const [written] = targets.map(writtenDigestOf);
  const sizes = { attempts: 15, fromMs, ...(written === undefined ? {} : { written }) };
  writeHistory(openFolder(workspace.path('of-dedicated'), 'write'), { ...sizes, runs: 40, context: 'dedicated' });
  writeHistory(openFolder(workspace.path('of-serverless'), 'write'), { ...sizes, runs: 20 });
});

const BOTH = ['decide', 'of-dedicated', 'of-serverless'];

describe('probe decide', () => {
  test('decides from the folders of several contexts, and exits 0 whatever it decided', async () => {
    const ended = await workspace.probe([...BOTH, '--report', 'json']);
    expect(ended).toMatchObject({ exit: 0, stderr: '' });
    expect(placements(decisionIn(ended))).toEqual({
      ingest: { dedicated: 'suitable', serverless: 'undetermined' },
      transform: { dedicated: 'suitable', serverless: 'suitable' },
    });
  });

  test.each([
    ['ingest', 'dedicated', 0, 'ingest can run in dedicated'],
    ['ingest', 'serverless', 3, '12 more clean cold-start runs'],
    ['transform', 'serverless', 0, 'it was declared to connect to nothing'],
  ])('answers for %s in %s with %i', async (workload, context, exit, said) => {
    const ended = await workspace.probe([...BOTH, '--workload', workload, '--context', context]);
    expect(ended.exit).toBe(exit);
    expect(ended.stdout.replace(/\s+/g, ' ')).toContain(said);
  });

  test('answers for an unsuitable one with 1', async () => {
    const blocked = structuredClone(CONFIG);
    Object.assign(blocked.workloads.transform, { needs: ['rdd'] });
    Object.assign(blocked.contexts.serverless, { kind: 'databricks-serverless' });
    const config = workspace.write('blocked.yaml', JSON.stringify(blocked));
    const ended = await workspace.probe([
      ...BOTH,
      '--config',
      config,
      '--workload',
      'transform',
      '--context',
      'serverless',
    ]);
    expect(ended.exit).toBe(1);
    expect(ended.stdout).toContain('runtime-cannot');
  });

  test('names the worklist first', async () => {
    const { stdout } = await workspace.probe(BOTH);
    expect(stdout.split('\n')[0]).toMatch(/^WORKLIST/);
    expect(stdout).toContain('12 runs');
  });

  test('emits a fragment of a Databricks bundle, and nothing else', async () => {
    const ended = await workspace.probe([...BOTH, '--emit', 'databricks']);
    expect(ended.exit).toBe(0);
    expect(ended.stdout).toContain('task_key: ingest');
    expect(ended.stdout).toContain('job_cluster_key');
    const both = await workspace.probe([...BOTH, '--emit', 'databricks', '--report', 'json=beside.json']);
    expect(both.stdout).toBe(
      ended.stdout.replace(/^# Placement .*$/m, /^# Placement .*$/m.exec(both.stdout)?.[0] ?? ''),
    );
    expect(
      decisionSchema.parse(JSON.parse(readFileSync(workspace.path('beside.json'), 'utf8'))).workloads,
    ).toHaveLength(2);
  });

  test('decides without a configuration by what the evidence declares', async () => {
    const elsewhere = await keep(openWorkspace());
    const ended = await elsewhere.probe(['decide', workspace.path('of-dedicated'), '--report', 'json']);
    expect(ended.exit).toBe(0);
    expect(decisionIn(ended)).toMatchObject({ configDigest: null, workloads: [], contexts: [{ name: 'dedicated' }] });
  });

  test('takes evidence of a target that is written otherwise by now for no evidence of it', async () => {
    const moved = structuredClone(CONFIG);
    moved.targets['claims-db'].port = 1434;
    const config = workspace.write('moved.yaml', JSON.stringify(moved));
    const ended = await workspace.probe([
      ...BOTH,
      '--config',
      config,
      '--workload',
      'ingest',
      '--context',
      'dedicated',
    ]);
    expect(ended.exit).toBe(3);
    expect(ended.stdout.replace(/\s+/g, ' ')).toContain('claims-db connects elsewhere by now');
  });

  test('writes nothing into the evidence', async () => {
    const before = readdirSync(workspace.path('of-dedicated'));
    await workspace.probe(BOTH);
    expect(readdirSync(workspace.path('of-dedicated'))).toEqual(before);
  });

  test('counts a run that lies in two folders once, and says so', async () => {
    cpSync(workspace.path('of-serverless'), workspace.path('copied'), { recursive: true });
    const decision = decisionIn(await workspace.probe([...BOTH, 'copied', '--report', 'json']));
    expect(decision.remarks).toContainEqual(
      expect.objectContaining({
        what: expect.stringContaining('20 files there twice'),
        effect: 'each run counts once',
      }),
    );
    expect(placements(decision)['ingest']).toMatchObject({ serverless: 'undetermined' });
  });

  test('says of a folder that only holds folders that they are not looked into', async () => {
    cpSync(workspace.path('of-serverless'), workspace.path('above/of-serverless'), { recursive: true });
    const decision = decisionIn(await workspace.probe(['decide', 'above', '--report', 'json']));
    expect(decision.remarks).toContainEqual(
      expect.objectContaining({ what: expect.stringContaining('above holds no evidence: it holds folders alone') }),
    );
    expect(placements(decision)['ingest']).toEqual({ dedicated: 'undetermined', serverless: 'undetermined' });
  });

  test('never takes a folder that lost a line for a clean one', async () => {
    cpSync(workspace.path('of-dedicated'), workspace.path('damaged'), { recursive: true });
    const names = folderStore(workspace.path('damaged')).list();
    for (const name of names.slice(0, 10)) {
      const path = join(workspace.path('damaged'), name);
      writeFileSync(path, readFileSync(path, 'utf8').split('\n').toSpliced(3, 1).join('\n'));
    }
    const ended = await workspace.probe(['decide', 'damaged', '--workload', 'ingest', '--context', 'dedicated']);
    expect(ended.exit).toBe(3);
  });
});

describe('what is wrong is said, and nothing is decided', () => {
  const said = async (args: readonly string[]) => {
    const ended = await workspace.probe(args);
    expect(ended).toMatchObject({ exit: 2, stdout: '' });
    return ended.stderr;
  };

  test('of a report in the place of evidence', async () => {
    const judged = await workspace.probe(['judge', 'of-serverless', '--report', 'json=report.json']);
    expect(judged.exit).toBe(3);
    expect(await said(['decide', 'report.json'])).toMatch(
      /report\.json is a report, and a decision is made from evidence alone[\s\S]*probe all --evidence DIR/,
    );
  });

  test('of a report among the evidence', async () => {
    cpSync(workspace.path('of-dedicated'), workspace.path('mixed'), { recursive: true });
    await workspace.probe(['judge', 'of-serverless', '--report', 'json=mixed/report.json']);
    const ended = await workspace.probe(['decide', 'mixed', '--workload', 'ingest', '--context', 'dedicated']);
    expect(ended.exit).toBe(3);
    expect(ended.stdout.replace(/\s+/g, ' ')).toContain('report.json: no line of it is an evidence record');
    rmSync(workspace.path('mixed'), { recursive: true });
  });

  test.each([
    [[...BOTH, '--emit', 'databricks', '--report', 'json'], 'both on standard output'],
    [['decide', 'nowhere'], 'nowhere cannot be used (ENOENT)'],
    [['decide', 'probe.yaml'], 'probe.yaml is a file, and evidence is a folder'],
    [[...BOTH, '--workload', 'ingest'], '--workload without --context'],
    [[...BOTH, '--context', 'serverless'], '--context without --workload'],
    [[...BOTH, '--workload', 'ingset', '--context', 'serverless'], 'no such workload: ingset'],
    [[...BOTH, '--workload', 'ingest', '--context', 'servreless'], 'no such context: servreless'],
    [[...BOTH, '--profile', 'quick'], 'a decision cannot be made under the profile quick'],
    [[...BOTH, '--emit', 'airflow'], 'nothing is emitted for airflow'],
    [[...BOTH, '--report', 'yaml'], 'no such report format: yaml'],
  ])('of %j', async (args, text) => {
    expect(await said(args)).toContain(text);
  });

  test('of no evidence and no configuration', async () => {
    const empty = await keep(openWorkspace());
    openFolder(empty.path('runs'), 'write');
    const ended = await empty.probe(['decide', 'runs']);
    expect(ended).toMatchObject({ exit: 2, stdout: '' });
    expect(ended.stderr).toContain('there is no run in runs');
  });
});
