import { describe, expect, test } from 'vitest';
import { initialized, JOB, JOB_WITHOUT_URL, load, task, URL } from './sources.ts';

describe('a Databricks job', () => {
  test('gives workloads that use nothing yet, and says what it found', () => {
    const { text } = initialized(JOB);
    const { workloads, contexts } = load(text, 'offline');
    expect(workloads).toMatchObject([
      { name: 'ingest', uses: null },
      { name: 'score', uses: null },
    ]);
    expect(contexts).toMatchObject([
      { name: 'etl', ephemeral: true },
      { name: 'serverless', ephemeral: true },
    ]);
    expect(text).toContain('# spark_python_task ingest.py; runs on etl\n');
    expect(text).toContain('# found so far, write it when that is all: uses: [claims-db]\n');
    expect(text).toContain('# not mapped: gate (condition_task) (');
    expect(text).toContain('# not on serverless compute: spark_env_vars\n');
    expect(text).not.toContain('someone');
  });

  test('that names no system gets an uplink to try', () => {
    const { text, variables } = initialized(JOB_WITHOUT_URL);
    expect(variables).toEqual(['UPLINK_HOST']);
    const { targets } = load(text, 'resolve', { UPLINK_HOST: 'status.example' });
    expect(targets).toMatchObject([{ name: 'uplink', type: 'tcp', control: true }]);
  });

  test('two tasks with one URL share a target', () => {
    const ingest = { environment_key: 'e', spark_python_task: { python_file: 'a.py', parameters: [URL] } };
    const { text } = initialized(JSON.stringify({ tasks: [task('one', ingest), task('two', ingest)] }));
    expect(load(text, 'offline').targets).toHaveLength(1);
  });
});
