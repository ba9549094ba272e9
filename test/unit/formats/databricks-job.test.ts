import { describe, expect, test } from 'vitest';
import { databricksJobs } from '../../../src/formats/databricks-job.ts';

const task = (over: object = {}) => ({
  task_key: 'ingest',
  spark_python_task: { python_file: 'jobs/ingest.py' },
  ...over,
});
const job = (over: object = {}) => ({ name: 'nightly', tasks: [task()], ...over });

const firstTask = (over: object) => databricksJobs(job({ tasks: [task(over)] }))?.[0]?.tasks[0];

describe('a job', () => {
  test.each([
    ['the settings themselves', job()],
    ['what `jobs get` prints', { job_id: 1, creator_user_name: 'someone', settings: job() }],
    ['a list of jobs', { jobs: [{ job_id: 1, settings: job() }] }],
    ['a bundle', { bundle: { name: 'b' }, resources: { jobs: { nightly: job() } } }],
  ])('is found in %s', (_, json) => {
    expect(databricksJobs(json)).toMatchObject([{ name: 'nightly', tasks: [{ key: 'ingest' }] }]);
  });

  test.each([
    ['options', { url: 'x' }],
    ['no task', { tasks: [] }],
    ['a list', []],
    ['text', 'tasks'],
  ])('is not seen in %s', (_, json) => {
    expect(databricksJobs(json)).toBeNull();
  });

  test('names what nothing here reads', () => {
    expect(databricksJobs(job({ tags: {}, schedule: {} }))?.[0]?.unread).toEqual(['tags', 'schedule']);
  });
});

describe('a task', () => {
  test.each([
    ['an environment', { environment_key: 'default' }, { kind: 'serverless' }],
    ['neither cluster nor environment', {}, { kind: 'serverless' }],
    ['a job cluster', { job_cluster_key: 'etl' }, { kind: 'cluster', key: 'etl' }],
    ['a cluster of its own', { new_cluster: {} }, { kind: 'cluster', key: 'ingest' }],
    ['a cluster that is there', { existing_cluster_id: '0123' }, { kind: 'existing-cluster' }],
  ])('with %s runs there', (_, over, compute) => {
    expect(firstTask(over)).toMatchObject({ compute });
  });

  test.each([
    [{ spark_python_task: { python_file: '/Workspace/Users/someone/ingest.py' } }, 'ingest.py'],
    [
      { spark_python_task: undefined, python_wheel_task: { package_name: 'claims', entry_point: 'main' } },
      'claims.main',
    ],
    [{ spark_python_task: undefined, notebook_task: { notebook_path: '/Shared/score' } }, 'score'],
    [{ spark_python_task: undefined, dbt_task: {} }, null],
  ])('is named by its program, without the folders: %j', (over, program) => {
    expect(firstTask(over)).toMatchObject({ program });
  });

  test('is given its own parameters and those of the job', () => {
    const tasks = [task({ spark_python_task: { python_file: 'a.py', parameters: ['--day', '1'] } })];
    const [read] = databricksJobs(job({ tasks, parameters: [{ name: 'url', default: 'u' }] })) ?? [];
    expect(read?.tasks[0]?.parameters).toEqual(['url', 'u', 'a.py', '--day', '1']);
  });

  test('within a loop is the one that counts', () => {
    const [read] =
      databricksJobs(job({ tasks: [{ task_key: 'loop', for_each_task: { inputs: '[]', task: task() } }] })) ?? [];
    expect(read?.tasks.map(({ key }) => key)).toEqual(['ingest']);
  });

  test('with values of another kind than expected is still read', () => {
    expect(firstTask({ timeout_seconds: 'soon', environment_key: 7 })).toMatchObject({
      key: 'ingest',
      timeoutSeconds: null,
    });
  });
});

test('what a cluster has that serverless compute has not is named, and nothing of its values', () => {
  const new_cluster = { spark_version: '15.4', init_scripts: [], spark_env_vars: { TOKEN: 'a secret' } };
  const [read] = databricksJobs(job({ job_clusters: [{ job_cluster_key: 'etl', new_cluster }] })) ?? [];
  expect(read?.clusters).toEqual([{ key: 'etl', notOnServerless: ['init_scripts', 'spark_env_vars'] }]);
});
