import { describe, expect, test } from 'vitest';
import { openWorkspace } from '../kit/cli.ts';

// `probe init --from-jobs`: what the jobs say is written, and what no job says is TODO.

const BUNDLE = `bundle: { name: claims }
resources:
  jobs:
    nightly:
      name: nightly \${bundle.target}
      schedule: { quartz_cron_expression: "0 0 2 * * ?", timezone_id: UTC }
      job_clusters:
        - job_cluster_key: etl
          new_cluster:
            spark_version: 15.4.x-scala2.12
            node_type_id: m5d.large
            spark_env_vars: { CLAIMS_TOKEN: "{{secrets/kv/claims}}" }
      tasks:
        - task_key: ingest
          job_cluster_key: etl
          spark_jar_task: { main_class_name: com.example.Ingest }
          timeout_seconds: 3600
        - task_key: report
          depends_on: [{ task_key: ingest }]
          sql_task: { warehouse_id: x }
`;

const JOB = JSON.stringify({
  job_id: 17,
  settings: {
    trigger: { periodic: { interval: 1, unit: 'HOURS' } },
    tasks: [
      {
        task_key: 'score',
        environment_key: 'default',
        python_wheel_task: {
          package_name: 'claims',
          entry_point: 'score',
          parameters: ['--url=jdbc:sqlserver://sql.internal:1433;databaseName=Claims;user=svc;password=Tr0ub4dor&3'],
        },
      },
    ],
  },
});

async function written() {
  const workspace = await openWorkspace();
  workspace.write('bundle.yml', BUNDLE);
  workspace.write('job.json', JOB);
  const ended = await workspace.probe(['init', '--from-jobs', 'bundle.yml', 'job.json', '--output', 'probe.yaml']);
  return { workspace, ended };
}

describe('the configuration that is made of jobs', () => {
  test('has a workload for each task that runs code, with what its cluster and libraries say that it needs', async () => {
    const { workspace, ended } = await written();
    await using _ = workspace;
    expect(ended).toMatchObject({ exit: 0, stdout: '' });
    expect(ended.stderr).toContain(
      'what no job says is TODO, and `probe check` refuses the file until you have said it',
    );
    const { stdout } = await workspace.probe(['init', '--from-jobs', 'bundle.yml', 'job.json']);
    expect(stdout).toContain('  ingest:\n    uses: TODO\n    connectsFrom: TODO\n    duration: TODO\n');
    expect(stdout).toMatch(
      /ingest:[\s\S]*?runsPerMonth: TODO\n {4}needs:\n {6}- jar\n {6}- environment-variables\n {6}- TODO/,
    );
    expect(stdout).toMatch(/score:[\s\S]*?runsPerMonth: 720\n {4}needs:\n {6}- TODO/);
    expect(stdout).toContain('# runsPerMonth: count what the schedule makes of it: 0 0 2 * * ?');
    expect(stdout).toContain('# found so far, write it when that is all: uses: [claims-db]');
    expect(stdout + ended.stderr).not.toMatch(/Tr0ub4dor|kv\/claims/);
  });

  test('is refused by check with the place of each TODO, and taken when all are said', async () => {
    const { workspace } = await written();
    await using _ = workspace;
    const { stdout: text } = await workspace.probe(['init', '--from-jobs', 'bundle.yml', 'job.json']);
    const lines = text.split('\n').flatMap((line, index) => (/(: |- )TODO$/.test(line) ? [index + 1] : []));
    expect(lines.length).toBe(13);
    const refused = await workspace.probe(['check', '--offline-references']);
    expect(refused.exit).toBe(2);
    for (const line of lines)
      expect(refused.stderr).toMatch(new RegExp(`^(probe: )?.*probe\\.yaml:${line}: workloads\\.`, 'm'));

    const said = text
      .replaceAll('uses: TODO', 'uses: none')
      .replaceAll('connectsFrom: TODO', 'connectsFrom: driver')
      .replaceAll(/(duration|longestIdle): TODO/g, '$1: 10m')
      .replaceAll(/(connectionsPerRun|runsPerMonth): TODO/g, '$1: 30')
      .replaceAll(/ {4}needs:\n {6}- TODO/g, '    needs: []')
      .replaceAll(/\n {6}- TODO/g, '');
    workspace.write('probe.yaml', said);
    expect(await workspace.probe(['check', '--offline-references'])).toMatchObject({ exit: 0 });
  });

  test.each([
    ['no job is in it', 'version: 1\n', /^probe: there is no job in other\.yml\n/],
    ['it is no YAML', 'a: [\n', /^probe: other\.yml can be read neither as JSON nor as YAML\n/],
    ['it is empty', '', /^probe: there is no job in other\.yml\n/],
  ])('is none where %s', async (_, text, says) => {
    await using workspace = await openWorkspace();
    workspace.write('other.yml', text);
    const ended = await workspace.probe(['init', '--from-jobs', 'other.yml']);
    expect(ended).toMatchObject({ exit: 2, stdout: '', stderr: expect.stringMatching(says) });
  });
});
