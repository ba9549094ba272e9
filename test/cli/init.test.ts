import { existsSync, readFileSync, statSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { openWorkspace } from '../kit/cli.ts';

// `probe init` as people call it: what is printed where, what is written, and that `probe check` takes it.

const URL = 'jdbc:sqlserver://sql.internal:1433;databaseName=Claims;user=svc;password=Tr0ub4dor&3';

const PROPERTIES = `bootstrap.servers=k.internal:9093
security.protocol=SASL_SSL
sasl.mechanism=PLAIN
sasl.jaas.config=org.apache.kafka.common.security.plain.PlainLoginModule required username="svc" password="Tr0ub4dor&3";
group.id=claims
`;

const SPARK = `url=jdbc:sqlserver://sql.internal:1433;databaseName=Claims
dbtable=dbo.claims
user=svc
password=Tr0ub4dor&3
kafka.bootstrap.servers=k.internal:9092
subscribe=claims
`;

const JOB = JSON.stringify({
  settings: {
    tasks: [
      { task_key: 'ingest', job_cluster_key: 'etl', spark_python_task: { python_file: 'ingest.py' } },
      {
        task_key: 'score',
        environment_key: 'default',
        python_wheel_task: { package_name: 'claims', entry_point: 'score' },
      },
    ],
    job_clusters: [{ job_cluster_key: 'etl', new_cluster: {} }],
  },
});

describe.each([
  ['a JDBC URL', URL, '1 targets and 0 workloads'],
  ['Kafka properties', PROPERTIES, '1 targets and 0 workloads'],
  ['Spark options', SPARK, '2 targets and 2 workloads'],
  ['a Databricks job', JOB, '1 targets and 2 workloads'],
])('from %s', (_, source, counted) => {
  test('what it prints passes `probe check --offline-references`, and holds no secret', async () => {
    await using workspace = await openWorkspace();
    const { exit, stdout, stderr } = await workspace.probe(['init', '--from', '-'], { stdin: source });
    expect({ exit, leaks: /Tr0ub4dor/.test(stdout + stderr) }).toEqual({ exit: 0, leaks: false });
    workspace.write('probe.yaml', stdout);
    const checked = await workspace.probe(['check', '--offline-references']);
    expect(checked).toMatchObject({ exit: 0, stdout: expect.stringContaining(`probe.yaml: ${counted} are in order`) });
  });
});

test('with the variables set that standard error names, the configuration resolves', async () => {
  await using workspace = await openWorkspace();
  const { stdout, stderr } = await workspace.probe(['init', '--from', '-'], { stdin: PROPERTIES });
  const names = [...stderr.matchAll(/^ {2}([A-Z_]+) /gm)].map(([, name = '']) => name);
  expect(names).toEqual(['KAFKA_PASSWORD', 'KAFKA_TOPIC']);
  workspace.write('probe.yaml', stdout);
  const env = Object.fromEntries(names.map((name) => [name, 'a value of some length']));
  expect(await workspace.probe(['check'], { env })).toMatchObject({ exit: 0 });
});

test('files and URLs together make one configuration', async () => {
  await using workspace = await openWorkspace();
  workspace.write('client.properties', PROPERTIES);
  const { exit, stdout, stderr } = await workspace.probe(['init', '--from', 'client.properties', '--jdbc', URL]);
  expect(exit).toBe(0);
  expect(stdout).toContain('  kafka:\n');
  expect(stdout).toContain('  claims-db:\n');
  expect(stderr).toContain('better pass a URL with a secret to --from -');
});

describe('--output', () => {
  test('writes a new file that only its owner can read, and prints nothing', async () => {
    await using workspace = await openWorkspace();
    const ended = await workspace.probe(['init', '--from', '-', '--output', 'probe.yaml'], { stdin: URL });
    expect(ended).toMatchObject({ exit: 0, stdout: '', stderr: expect.stringContaining('probe: wrote probe.yaml') });
    expect(statSync(workspace.path('probe.yaml')).mode & 0o777).toBe(0o600);
    expect(await workspace.probe(['check', '--offline-references'])).toMatchObject({ exit: 0 });
  });

  test('never writes over a file', async () => {
    await using workspace = await openWorkspace();
    workspace.write('probe.yaml', 'mine');
    const ended = await workspace.probe(['init', '--from', '-', '--output', 'probe.yaml'], { stdin: URL });
    expect(ended).toMatchObject({ exit: 2, stdout: '' });
    expect(ended.stderr).toMatch(/^probe: probe\.yaml is there already, and is not written over\n/);
    expect(readFileSync(workspace.path('probe.yaml'), 'utf8')).toBe('mine');
  });

  test('is not made where there is nothing to write', async () => {
    await using workspace = await openWorkspace();
    const ended = await workspace.probe(['init', '--from', '-', '--output', 'probe.yaml'], { stdin: 'prose' });
    expect(ended.exit).toBe(2);
    expect(existsSync(workspace.path('probe.yaml'))).toBe(false);
  });
});

describe('what the operator must mend', () => {
  test.each([
    ['init', '', /^probe: nothing to write a configuration from\n/],
    ['init --from nowhere.properties', '', /^probe: nowhere\.properties cannot be read \(ENOENT\)\n/],
    ['init --from -', '', /^probe: standard input is empty\n/],
    ['init --from -', 'prose', /^probe: cannot tell what standard input holds\nIt reads a JDBC URL/],
    ['init --jdbc sql.internal', '', /^probe: cannot tell what --jdbc holds\n/],
    [
      'init --jdbc jdbc:oracle:thin:@x',
      '',
      /^probe: nothing in it can be tried\nnot mapped: a JDBC URL \(oracle is no SQL/,
    ],
    ['init --jdbc jdbc:sqlserver://;user=a;password=b', '', /^probe: nothing in it can be tried\n.*names no server/],
    [
      'init --from - --output no/such/folder.yaml',
      URL,
      /^probe: no\/such\/folder\.yaml cannot be written \(ENOENT\)\n/,
    ],
  ])('`probe %s` exits 2 and says so', async (args, stdin, says) => {
    await using workspace = await openWorkspace();
    const ended = await workspace.probe(args.split(' '), { stdin });
    expect(ended).toEqual({ exit: 2, stdout: '', stderr: expect.stringMatching(says) });
    expect(ended.stderr).not.toMatch(/\n\s+at /);
  });
});
