import { appendFileSync, copyFileSync, cpSync, existsSync, rmSync, writeFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { stringify } from 'yaml';
import type { Ended } from '../kit/cli.ts';
import { type Attesting, addRun, attestRuns, forge, INGEST_ON_DEDICATED, openAttesting } from './attesting.ts';

let here: Attesting;
beforeAll(async () => {
  here = await openAttesting();
  await attestRuns(here);
}, 120_000);
afterAll(() => here?.[Symbol.asyncDispose]());

const probe = (...args: readonly string[]): Promise<Ended> => here.workspace.probe(args);
const path = (name: string): string => here.workspace.path(name);
const verify = (...args: readonly string[]): Promise<Ended> => probe('verify', '--key', 'trusted.pem', ...args);

describe('given the evidence', () => {
  const withEvidence = (folder: string, file = 'attestation.json') =>
    verify(file, ...INGEST_ON_DEDICATED, '--evidence', folder, '--config', 'probe.yaml');

  test.each<[string, number, string, (folder: string) => void]>([
    [
      'altered by one byte',
      1,
      'refused: altered since it was attested: run-07.ndjson\n',
      (folder) => appendFileSync(`${folder}/run-07.ndjson`, '\n'),
    ],
    [
      'that lacks a run',
      3,
      'undetermined: attested, and not in the evidence: run-07.ndjson\n',
      (folder) => rmSync(`${folder}/run-07.ndjson`),
    ],
    [
      'that has a run more',
      3,
      'undetermined: in the evidence, and not attested: run-99.ndjson. Where they are later runs, attest again.\n',
      () => addRun(here.workspace, 'changed', { index: 99, at: Date.now() - 60_000 }),
    ],
  ])('%s, a statement does not hold', async (_, exit, stdout, change) => {
    rmSync(path('changed'), { recursive: true, force: true });
    cpSync(path('runs'), path('changed'), { recursive: true });
    change(path('changed'));
    expect(await withEvidence('changed')).toEqual({ exit, stdout, stderr: '' });
  });

  test('in another folder it holds as well', async () => {
    cpSync(path('runs'), path('moved'), { recursive: true });
    expect((await withEvidence('moved')).exit).toBe(0);
  });

  test('a statement of its key’s owner that says more than the evidence is refused', async () => {
    const forged = forge(here, 'forged.json', ({ predicate: { workloads } }) => {
      const cell = workloads[0]?.cells.find(({ context }) => context === 'serverless');
      if (cell !== undefined) Object.assign(cell, { placement: 'suitable', missing: [] });
    });
    expect((await verify(forged, '--workload', 'claims-ingest', '--context', 'serverless')).exit).toBe(0);
    expect(await withEvidence('runs', forged)).toMatchObject({
      exit: 1,
      stdout: 'refused: claims-ingest on serverless: the statement says suitable, and this evidence undetermined\n',
    });
  });

  test('the configuration must be named: the one that lies here is not looked for', async () => {
    expect(await verify('attestation.json', '--evidence', 'runs')).toMatchObject({
      exit: 3,
      stdout: 'undetermined: it was decided by a configuration: name it with --config, to decide again\n',
    });
  });

  test('and none is looked for where the statement was made without one', async () => {
    cpSync(path('probe.yaml'), path('elsewhere.yaml'));
    rmSync(path('probe.yaml'));
    try {
      expect((await probe('attest', 'runs', '--key', 'signing.pem', '--output', 'bare.json')).exit).toBe(0);
    } finally {
      copyFileSync(path('elsewhere.yaml'), path('probe.yaml'));
    }
    expect(await verify('bare.json', ...INGEST_ON_DEDICATED, '--evidence', 'runs')).toMatchObject({ exit: 0 });
    expect(await verify('bare.json', '--config', 'probe.yaml')).toMatchObject({
      exit: 3,
      stdout: 'undetermined: it was attested without a configuration: attest again with --config\n',
    });
  });
});

describe('given the configuration', () => {
  test.each<[string, (config: Attesting['config']) => object, number, string | null]>([
    ['with other sampling', (config) => ({ ...config, sampling: { profile: 'gate', pace: '1/s' } }), 0, null],
    [
      'with another target that no workload uses',
      (config) => ({ ...config, targets: { ...config.targets, spare: { type: 'tcp', host: '127.0.0.1', port: 1 } } }),
      0,
      null,
    ],
    ['under another policy', (config) => ({ ...config, policy: { tolerableFailedRuns: '5%' } }), 3, 'policy'],
    ['under another profile', (config) => ({ ...config, sampling: { profile: 'strict', pace: '200/s' } }), 3, 'policy'],
    [
      'with another allowlist',
      (config) => ({
        ...config,
        targets: { 'claims-db': { ...config.targets['claims-db'], firewallAllows: ['203.0.113.0/24'] } },
      }),
      3,
      'targets',
    ],
    [
      'with another workload',
      (config) => ({ ...config, workloads: { ...config.workloads, more: { uses: 'none' } } }),
      3,
      'workloads',
    ],
    [
      'with another context',
      (config) => ({ ...config, contexts: { ...config.contexts, dedicated: {} } }),
      3,
      'contexts',
    ],
  ])('%s', async (_, change, exit, section) => {
    here.workspace.write('changed.yaml', `# a comment\n${stringify(change(here.config))}`);
    const found = await verify('attestation.json', ...INGEST_ON_DEDICATED, '--config', 'changed.yaml');
    expect(found.exit).toBe(exit);
    if (section !== null) {
      expect(found.stdout).toBe(`undetermined: the configuration has changed since (${section}): attest again\n`);
    }
  });
});

describe('given a bundle', () => {
  test('the one that probe decide emits holds', async () => {
    const emitted = await probe('decide', 'runs', '--emit', 'databricks');
    const file = here.workspace.write('placed.yml', emitted.stdout);
    expect(
      await verify('attestation.json', '--bundle', file, '--evidence', 'runs', '--config', 'probe.yaml'),
    ).toMatchObject({ exit: 0 });
  });

  const job = (task: object): string => stringify({ resources: { jobs: { nightly: { tasks: [task] } } } });

  test.each<[string, string, readonly string[], number, string]>([
    [
      'on a context that is undetermined',
      job({ task_key: 'claims-ingest', environment_key: 'serverless' }),
      [],
      3,
      'undetermined: claims-ingest on serverless',
    ],
    [
      'on a context that the statement does not name',
      job({ task_key: 'claims-ingest', job_cluster_key: 'main' }),
      [],
      1,
      'refused: bundle task nightly.claims-ingest: runs on main',
    ],
    [
      'with a workload that it does not name',
      job({ task_key: 'other', job_cluster_key: 'dedicated' }),
      [],
      1,
      'refused: bundle task nightly.other: other is no workload',
    ],
    [
      'with names of its own',
      job({ task_key: 'load', job_cluster_key: 'main' }),
      ['--task', 'load=claims-ingest', '--compute', 'main=dedicated'],
      0,
      'verified: claims-ingest may run on dedicated',
    ],
    ['without a task', 'bundle: { name: x }', [], 3, 'undetermined: the bundle bundle.yml has no task'],
    [
      'that includes others',
      `include: [x.yml]\n${job({ task_key: 'claims-ingest', job_cluster_key: 'dedicated' })}`,
      [],
      3,
      'undetermined: the bundle bundle.yml must be resolved first',
    ],
  ])('%s', async (_, text, args, exit, says) => {
    here.workspace.write('bundle.yml', text);
    const found = await verify('attestation.json', '--bundle', 'bundle.yml', ...args);
    expect(found.exit).toBe(exit);
    expect(found.stdout).toContain(says);
  });
});

describe('evidence of a lab', () => {
  test('is marked in the statement, and taken only where that is asked for', async () => {
    const lab = { bootId: 'lab-host', at: new Date(Date.now() - 3_600_000).toISOString() };
    writeFileSync(path('lab.yaml'), stringify({ ...here.config, lab }));
    expect((await probe('all', '--config', 'lab.yaml', '--context', 'dedicated', '--evidence', 'lab')).exit).not.toBe(
      2,
    );
    expect(existsSync(path('lab'))).toBe(true);
    expect((await probe('attest', 'lab', '--key', 'signing.pem', '--output', 'lab.json')).stderr).toContain(
      'from evidence of a lab',
    );
    const asked = ['--workload', 'member-360', '--context', 'dedicated'];
    expect(await verify('lab.json', ...asked)).toMatchObject({
      exit: 3,
      stdout: expect.stringMatching(/^undetermined: made from evidence of a lab/),
    });
    expect(await verify('lab.json', ...asked, '--accept-lab')).toMatchObject({
      exit: 0,
      stdout: expect.stringMatching(/; from evidence of a lab\n$/),
    });
  });
});
