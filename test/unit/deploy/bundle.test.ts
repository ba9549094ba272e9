import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import { Ajv, type ValidateFunction } from 'ajv';
import { beforeAll, describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';
import { requireTool } from '../../kit/requires.ts';

// The bundle of deploy/databricks: what it promises, and whether the schema of bundles takes it. That schema may be used and not passed on,
// so that it is no part of this repository: `databricks bundle schema > FILE` prints it, and PROBE_BUNDLE_SCHEMA names the file.

const FOLDER = join(import.meta.dirname, '..', '..', '..', 'deploy', 'databricks');
const FILES = ['databricks.yml', ...readdirSync(join(FOLDER, 'resources')).map((name) => `resources/${name}`)];

const read = (name: string): unknown => parse(readFileSync(join(FOLDER, name), 'utf8'));

const task = z.looseObject({
  task_key: z.string(),
  max_retries: z.number().optional(),
  disable_auto_optimization: z.boolean().optional(),
  run_if: z.string().optional(),
  environment_key: z.string().optional(),
  job_cluster_key: z.string().optional(),
  depends_on: z.array(z.object({ task_key: z.string(), outcome: z.string().optional() })).default([]),
  python_wheel_task: z
    .object({ package_name: z.string(), entry_point: z.string(), parameters: z.array(z.string()) })
    .optional(),
  condition_task: z.object({ left: z.string(), op: z.string(), right: z.string() }).optional(),
});
const job = z.looseObject({
  schedule: z.object({ quartz_cron_expression: z.string() }).optional(),
  tasks: z.array(task),
  job_clusters: z.array(z.looseObject({ job_cluster_key: z.string() })).default([]),
  environments: z.array(z.looseObject({ environment_key: z.string() })).default([]),
});
const jobs = z
  .looseObject({ resources: z.object({ jobs: z.record(z.string(), job) }) })
  .parse(read('resources/preflight.job.yml')).resources.jobs;
const all = Object.entries(jobs).flatMap(([name, { tasks }]) => tasks.map((each) => ({ name, ...each })));

const { preflight } = jobs;
const taskOf = (key: string) => preflight?.tasks.find(({ task_key }) => task_key === key);

describe('the bundle', () => {
  test('tries no task of ours a second time, also where serverless compute would do so by itself', () => {
    const ours = all.filter(({ python_wheel_task }) => python_wheel_task !== undefined);
    expect(ours.length).toBeGreaterThan(4);
    for (const { task_key, max_retries, environment_key, disable_auto_optimization } of ours)
      expect({ task_key, max_retries, isOff: environment_key === undefined || disable_auto_optimization }).toEqual({
        task_key,
        max_retries: 0,
        isOff: true,
      });
  });

  test('names only entry points, clusters, environments and tasks that there are', () => {
    const pyproject = readFileSync(join(FOLDER, 'launcher', 'pyproject.toml'), 'utf8');
    for (const [name, { tasks, job_clusters, environments }] of Object.entries(jobs)) {
      const keys = tasks.map(({ task_key }) => task_key);
      for (const each of tasks) {
        const wheel = each.python_wheel_task;
        if (wheel !== undefined) expect(pyproject, name).toContain(`"${wheel.package_name}:${wheel.entry_point}"`);
        for (const { task_key } of each.depends_on) expect(keys).toContain(task_key);
        if (each.job_cluster_key !== undefined)
          expect(job_clusters.map(({ job_cluster_key }) => job_cluster_key)).toContain(each.job_cluster_key);
        if (each.environment_key !== undefined)
          expect(environments.map(({ environment_key }) => environment_key)).toContain(each.environment_key);
      }
    }
  });

  test('probes on a classic cluster and on serverless compute, under the names of the contexts', () => {
    const contextOf = (key: string) => {
      const parameters = taskOf(key)?.python_wheel_task?.parameters ?? [];
      return parameters[parameters.indexOf('--context') + 1];
    };
    expect(taskOf('probe_dedicated')).toMatchObject({ job_cluster_key: 'dedicated' });
    expect(taskOf('probe_serverless')).toMatchObject({ environment_key: 'launcher' });
    expect([contextOf('probe_dedicated'), contextOf('probe_serverless')]).toEqual(['dedicated', 'serverless']);
  });

  test('runs once an hour, so that the runs are independent and 32 of them take longer than a day', () => {
    expect(preflight?.schedule?.quartz_cron_expression).toMatch(/^0 \d+ \* \* \* \?$/);
  });

  test('decides also where a probe could not run, and migrates only where the task value says so', () => {
    expect(taskOf('decide')?.run_if).toBe('ALL_DONE');
    expect(taskOf('claims_ingest_goes_serverless')).toMatchObject({
      depends_on: [{ task_key: 'decide' }],
      condition_task: { op: 'EQUAL_TO', left: '{{tasks.decide.values.claims_ingest}}', right: 'serverless' },
    });
    expect(taskOf('migrate_claims_ingest')?.depends_on).toEqual([
      { task_key: 'claims_ingest_goes_serverless', outcome: 'true' },
    ]);
  });

  test('puts the gate first wherever the migration is started from', () => {
    expect(jobs['migrate_claims_ingest']?.tasks[0]?.python_wheel_task?.entry_point).toBe('gate');
  });
});

const schemaFile = process.env['PROBE_BUNDLE_SCHEMA'];

describe.skipIf(requireTool('bundle-schema', schemaFile !== undefined))(
  'the schema of bundles (PROBE_BUNDLE_SCHEMA)',
  () => {
    let validate: ValidateFunction;
    beforeAll(() => {
      // what the schema says for editors alone is no matter
      const ajv = new Ajv({ strict: false, allErrors: true });
      validate = ajv.compile(JSON.parse(readFileSync(schemaFile ?? '', 'utf8')));
    });

    test.each(FILES)('takes %s', (name) => {
      validate(read(name));
      expect(validate.errors).toBeNull();
    });

    test.each<[string, string, string]>([
      ['a key that is none', 'max_retries: 0', 'max_retrys: 0'],
      ['an operator that is none', 'op: EQUAL_TO', 'op: EQUALS'],
      ['a condition that is none', 'run_if: ALL_DONE', 'run_if: WHATEVER'],
      ['a text where a number belongs', 'timeout_seconds: 900', 'timeout_seconds: soon'],
    ])('refuses %s', (_, right, wrong) => {
      const text = readFileSync(join(FOLDER, 'resources/preflight.job.yml'), 'utf8').replace(right, wrong);
      expect(validate(parse(text))).toBe(false);
    });
  },
);
