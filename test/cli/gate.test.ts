import { spawn } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { onPath, requireTool } from '../kit/requires.ts';
import { type Attesting, addRun, INGEST_ON_DEDICATED, openAttesting, textOf } from './attesting.ts';

// The gate as a pipeline has it: one script, its variables, and its exit code.

const GATE = join(import.meta.dirname, '..', '..', 'docs', 'gate');
const PROBE = `${process.execPath} ${join(import.meta.dirname, '..', '..', 'dist', 'cli.js')}`;

let here: Attesting;
beforeAll(async () => {
  here = await openAttesting();
}, 120_000);
afterAll(() => here?.[Symbol.asyncDispose]());

const path = (name: string): string => here.workspace.path(name);

type Variables = Readonly<Record<string, string>>;

function run(command: string, args: readonly string[], variables: Variables) {
  const env = { PATH: process.env['PATH'], PROBE, ...variables };
  const child = spawn(command, args, { cwd: here.workspace.folder, env });
  let [stdout, stderr] = ['', ''];
  child.stdout.setEncoding('utf8').on('data', (text) => {
    stdout += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text) => {
    stderr += text;
  });
  return new Promise<{ exit: number | null; stdout: string; stderr: string }>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (exit) => resolve({ exit, stdout, stderr }));
  });
}

const gate = (variables: Variables, ...args: readonly string[]) =>
  run('sh', [join(GATE, 'gate.sh'), ...args], variables);
const all = (): Variables => ({
  PROBE_PUBLIC_KEY: 'trusted.pem',
  PROBE_SIGNING_KEY: textOf(path('signing.pem')),
  PROBE_EVIDENCE: 'runs',
});

describe('gate.sh', () => {
  test('attests and lets through what the evidence carries', async () => {
    const passed = await gate(all(), ...INGEST_ON_DEDICATED);
    expect(passed).toMatchObject({
      exit: 0,
      stdout: expect.stringMatching(/^verified: claims-ingest may run on dedicated until \S+\n$/),
      stderr: expect.stringMatching(/^probe: attested until /),
    });
    const envelope = textOf(path('attestation.json'));
    expect(envelope).toMatch(/^\{"payload":"/);
    expect(passed.stdout + passed.stderr + envelope).not.toContain(textOf(path('signing.pem')).split('\n')[1]);
  });

  test('stops what is not known, and what the bundle puts where nothing is attested', async () => {
    expect((await gate(all(), '--workload', 'claims-ingest', '--context', 'serverless')).exit).toBe(3);
    const task = { task_key: 'claims-ingest', job_cluster_key: 'main' };
    const bundle = here.workspace.write(
      'bundle.json',
      JSON.stringify({ resources: { jobs: { j: { tasks: [task] } } } }),
    );
    expect((await gate(all(), '--bundle', bundle)).exit).toBe(1);
  });

  test('takes several folders, and names with blanks', async () => {
    mkdirSync(path('one more'), { recursive: true });
    addRun(here.workspace, 'one more', { index: 77, at: Date.now() - 3_600_000 });
    cpSync(path('probe.yaml'), path('my probe.yaml'));
    const variables = {
      ...all(),
      PROBE_EVIDENCE: 'runs\none more',
      PROBE_CONFIG: 'my probe.yaml',
      PROBE_ATTESTATION: 'my attestation.json',
    };
    expect(await gate(variables, ...INGEST_ON_DEDICATED, '--verbose')).toMatchObject({
      exit: 0,
      stdout: expect.stringContaining('evidence: 34 runs count on dedicated'),
    });
    expect(existsSync(path('my attestation.json'))).toBe(true);
  });

  test('verifies what is there where it has no key to sign with, against the evidence of now', async () => {
    expect((await gate(all(), ...INGEST_ON_DEDICATED)).exit).toBe(0);
    const { PROBE_SIGNING_KEY: _, ...verifying } = all();
    expect((await gate(verifying, ...INGEST_ON_DEDICATED)).exit).toBe(0);
    cpSync(path('runs'), path('later'), { recursive: true });
    addRun(here.workspace, 'later', { index: 88, at: Date.now() - 3_600_000 });
    expect((await gate({ ...verifying, PROBE_EVIDENCE: 'later' }, ...INGEST_ON_DEDICATED)).exit).toBe(3);
    const { PROBE_EVIDENCE: __, ...bare } = verifying;
    expect((await gate(bare, ...INGEST_ON_DEDICATED)).exit).toBe(0);
  });

  test.each<[string, (variables: Variables) => Variables, string]>([
    ['no public key', ({ PROBE_PUBLIC_KEY: _, ...rest }) => rest, 'gate: PROBE_PUBLIC_KEY is not set'],
    ['nothing to attest', ({ PROBE_EVIDENCE: _, ...rest }) => rest, 'gate: PROBE_EVIDENCE is not set'],
    [
      'a signing key that is none',
      (rest) => ({ ...rest, PROBE_SIGNING_KEY: 'x' }),
      'is not one private key in PEM form',
    ],
    [
      'a configuration that is not there',
      (rest) => ({ ...rest, PROBE_CONFIG: 'nowhere.yaml' }),
      'no configuration at nowhere.yaml',
    ],
  ])('exits 2 with %s, and an attestation of before is not relied on', async (_, change, message) => {
    expect((await gate(all(), ...INGEST_ON_DEDICATED)).exit).toBe(0);
    const { exit, stdout, stderr } = await gate(change(all()), ...INGEST_ON_DEDICATED);
    expect({ exit, stdout }).toEqual({ exit: 2, stdout: '' });
    expect(stderr).toContain(message);
  });

  test('lets nothing through on one run of the embedded lab', { timeout: 120_000 }, async () => {
    const lab = await here.workspace.probe(['all', '--lab', 'dedicated', '--profile', 'quick', '--evidence', 'of-lab']);
    expect(lab.exit).toBe(0);
    cpSync(path('probe.yaml'), path('aside.yaml'));
    rmSync(path('probe.yaml'));
    const stopped = await gate({ ...all(), PROBE_EVIDENCE: 'of-lab' }, ...INGEST_ON_DEDICATED);
    const accepted = await gate({ ...all(), PROBE_EVIDENCE: 'of-lab' }, ...INGEST_ON_DEDICATED, '--accept-lab');
    cpSync(path('aside.yaml'), path('probe.yaml'));
    expect(stopped).toMatchObject({
      exit: 3,
      stdout: expect.stringMatching(/^undetermined: made from evidence of a lab, which says nothing of a real network/),
    });
    expect(accepted).toMatchObject({
      exit: 3,
      stdout: expect.stringMatching(/^undetermined: claims-ingest on dedicated: undetermined\./),
    });
  });
});

describe.skipIf(requireTool('python3', onPath('python3')))('gate_task.py (needs python3)', () => {
  const task = (args: readonly string[], variables: Variables = {}) =>
    run('python3', [join(GATE, 'gate_task.py'), join(GATE, 'gate.sh'), ...args], variables);
  const words = ['PROBE_PUBLIC_KEY=trusted.pem', 'PROBE_CONFIG=probe.yaml'];

  test('returns where the gate is passed, and raises where it is not', async () => {
    expect((await gate(all(), ...INGEST_ON_DEDICATED)).exit).toBe(0);
    expect(await task([...words, ...INGEST_ON_DEDICATED])).toMatchObject({
      exit: 0,
      stdout: expect.stringContaining('verified: claims-ingest may run on dedicated'),
    });
    expect(await task([...words, '--workload', 'claims-ingest', '--context', 'serverless'])).toMatchObject({
      exit: 1,
      stderr: expect.stringContaining('RuntimeError: the gate is closed (exit code 3)'),
    });
  });

  test('never signs, whatever it is given', async () => {
    rmSync(path('attestation.json'), { force: true });
    const key = textOf(path('signing.pem'));
    const given = [...words, 'PROBE_EVIDENCE=runs', `PROBE_SIGNING_KEY=${key}`, ...INGEST_ON_DEDICATED];
    expect((await task(given, { PROBE_SIGNING_KEY: key })).exit).toBe(1);
    expect(existsSync(path('attestation.json'))).toBe(false);
  });
});

describe('the pipelines', () => {
  const files = readdirSync(GATE).filter((name) => name.endsWith('.yml'));
  const known = new Set(readFileSync(join(GATE, 'gate.sh'), 'utf8').match(/PROBE(_[A-Z]+)*/g));

  test('are those of GitHub Actions, Azure DevOps, GitLab and a job', () => {
    expect(files.sort()).toEqual(['azure-pipelines.yml', 'databricks-job.yml', 'github-actions.yml', 'gitlab-ci.yml']);
  });

  test.each(files)('%s is YAML, calls gate.sh, and gives it variables that it knows', (name) => {
    const text = readFileSync(join(GATE, name), 'utf8');
    expect(parse(text)).toBeTypeOf('object');
    expect(text).toMatch(/\/gate\.sh( --bundle bundle\.json)?$/m);
    const given = text.match(/PROBE(_[A-Z]+)*(?=[:=])/g) ?? [];
    expect(given).toEqual(expect.arrayContaining(['PROBE', 'PROBE_PUBLIC_KEY', 'PROBE_CONFIG']));
    expect(given.filter((variable) => !known.has(variable))).toEqual([]);
  });

  test('sign in the pipeline, and never in the job', () => {
    const signing = files.filter((name) => readFileSync(join(GATE, name), 'utf8').includes('PROBE_SIGNING_KEY'));
    expect(signing.sort()).toEqual(['azure-pipelines.yml', 'github-actions.yml', 'gitlab-ci.yml']);
  });

  test('name the tasks of a job as the statement names its workloads', async () => {
    const bundle = join(GATE, 'databricks-job.yml');
    expect((await gate(all(), ...INGEST_ON_DEDICATED)).exit).toBe(0);
    const found = await here.workspace.probe([
      'verify',
      'attestation.json',
      '--key',
      'trusted.pem',
      '--bundle',
      bundle,
      '--task',
      'gate=none',
    ]);
    expect(found).toMatchObject({
      exit: 3,
      stdout: expect.stringMatching(/^undetermined: claims-ingest on serverless: undetermined\./),
    });
  });
});
