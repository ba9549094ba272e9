import { describe, expect, test } from 'vitest';
import { askedBy, type Mapping } from '../../../src/attest/bundle.ts';
import { readBundle } from '../../../src/attest/bundle-tasks.ts';
import { emitDatabricks } from '../../../src/render/emit-databricks.ts';
import { MIXED, stated } from './attesting.ts';

const NO_MAPPING: Mapping = { tasks: new Map(), computes: new Map() };

/** A resolved bundle with one job of these tasks, as JSON: that is YAML too. */
const bundled = (...tasks: readonly object[]): string =>
  JSON.stringify({ bundle: { name: 'claims', target: 'prod' }, resources: { jobs: { nightly: { tasks } } } });

const tasksIn = (text: string) => {
  const reading = readBundle(text);
  if (!('tasks' in reading)) throw new Error(JSON.stringify(reading));
  return reading.tasks;
};

/** What it asks, in words: pairs and objections. */
const askedIn = (text: string, mapping: Partial<Mapping> = {}): readonly string[] =>
  askedBy(tasksIn(text), { ...NO_MAPPING, ...mapping }, stated()).map((one) =>
    'kind' in one ? `${one.kind}: ${one.says}` : `${one.workload} on ${one.context}`,
  );

const notebook = { notebook_task: { notebook_path: '/x' } };

describe('a task of a bundle', () => {
  test.each([
    ['on a job cluster', { task_key: 'ingest', job_cluster_key: 'dedicated', ...notebook }, 'ingest on dedicated'],
    ['on a cluster of its own', { task_key: 'ingest', existing_cluster_id: 'dedicated' }, 'ingest on dedicated'],
    ['in an environment', { task_key: 'ingest', environment_key: 'serverless' }, 'ingest on serverless'],
    ['on serverless compute without an environment', { task_key: 'ingest', ...notebook }, 'ingest on serverless'],
    [
      'within a loop',
      { task_key: 'each', for_each_task: { task: { task_key: 'ingest', environment_key: 'serverless' } } },
      'ingest on serverless',
    ],
  ])('%s asks for its workload there', (_, task, asked) => {
    expect(askedIn(bundled(task))).toEqual([asked]);
  });

  test.each([
    [
      'on a warehouse, whatever environment it names',
      { task_key: 'ingest', environment_key: 'serverless', notebook_task: { notebook_path: '/x', warehouse_id: 'w' } },
      'runs elsewhere (warehouse_id)',
    ],
    [
      'of two kinds at once',
      { task_key: 'ingest', environment_key: 'serverless', ...notebook, condition_task: { op: 'EQUAL_TO' } },
      'is several kinds of task (notebook_task, condition_task)',
    ],
    [
      'that is no workload',
      { task_key: 'other', environment_key: 'serverless' },
      'other is no workload of the statement (--task other=WORKLOAD, or other=none)',
    ],
    [
      'on a compute that is no context',
      { task_key: 'ingest', job_cluster_key: 'main' },
      'runs on main, which is no context of the statement (--compute main=CONTEXT)',
    ],
    [
      'on a job cluster with the name of a serverless context',
      { task_key: 'ingest', job_cluster_key: 'serverless' },
      'runs on dedicated compute, and the context serverless is serverless',
    ],
    [
      'in an environment with the name of a dedicated context',
      { task_key: 'ingest', environment_key: 'dedicated' },
      'runs on serverless compute, and the context dedicated is dedicated',
    ],
    [
      'with a new cluster',
      { task_key: 'ingest', new_cluster: { num_workers: 1 } },
      'runs on ingest, which is no context of the statement (--compute ingest=CONTEXT)',
    ],
    [
      'whose cluster is a variable',
      { task_key: 'ingest', existing_cluster_id: `\${var.cluster}` },
      `runs on \${var.cluster}, which is no context of the statement (--compute \${var.cluster}=CONTEXT)`,
    ],
    [
      'with two computes',
      { task_key: 'ingest', job_cluster_key: 'dedicated', environment_key: 'serverless' },
      'names more than one compute',
    ],
    ['on a warehouse', { task_key: 'ingest', sql_task: { warehouse_id: 'x' } }, 'runs elsewhere (sql_task)'],
    [
      'that is a notebook on a warehouse',
      { task_key: 'ingest', notebook_task: { warehouse_id: 'x' } },
      'runs elsewhere (warehouse_id)',
    ],
    ['without anything', { task_key: 'ingest' }, 'names no compute'],
    [
      'that starts another job under the name of a workload',
      { task_key: 'ingest', run_job_task: { job_id: 1 } },
      'runs nothing of its own, and has the name of a workload',
    ],
  ])('%s is not covered', (_, task, why) => {
    expect(askedIn(bundled(task))).toEqual([`refused: bundle task nightly.${keyIn(task)}: ${why}`]);
  });

  const keyIn = ({ task_key }: { readonly task_key: string }): string => task_key;

  test('that only decides or starts another job asks for nothing beside others', () => {
    const others = [
      { task_key: 'is-monday', condition_task: { op: 'EQUAL_TO' } },
      { task_key: 'then', run_job_task: { job_id: 1 } },
    ];
    expect(askedIn(bundled(...others, { task_key: 'ingest', job_cluster_key: 'dedicated' }))).toEqual([
      'ingest on dedicated',
    ]);
    expect(askedIn(bundled(...others))).toEqual(['undetermined: no task of the bundle is a workload']);
  });

  test('is found under another name where that is said, and left out where it is none', () => {
    const text = bundled(
      { task_key: 'load', job_cluster_key: 'main' },
      { task_key: 'probe', environment_key: 'default' },
    );
    const computes = new Map([['main', 'dedicated']]);
    expect(
      askedIn(text, {
        computes,
        tasks: new Map([
          ['load', 'ingest'],
          ['probe', null],
        ]),
      }),
    ).toEqual(['ingest on dedicated']);
    expect(
      askedIn(text, {
        computes,
        tasks: new Map([
          ['load', 'ingest'],
          ['probe', null],
          ['lod', null],
        ]),
      }),
    ).toEqual(['ingest on dedicated', 'undetermined: --task names lod, and the bundle has no such task']);
  });

  test('is not where a name that was given says: a mistyped one is told', () => {
    const task = { task_key: 'ingest', job_cluster_key: 'dedicated' };
    expect(askedIn(bundled(task), { computes: new Map([['dedicatd', 'serverless']]) })).toEqual([
      'ingest on dedicated',
      'undetermined: --compute names dedicatd, and no task of the bundle runs on it',
    ]);
    const without = { task_key: 'ingest', ...notebook };
    expect(askedIn(bundled(without), { computes: new Map([['serverless', 'serverless']]) })).toEqual([
      'ingest on serverless',
    ]);
  });

  test('is read in every job, through anchors and merged keys', () => {
    const text = `
resources:
  jobs:
    one:
      tasks:
        - &ingest { task_key: ingest, job_cluster_key: dedicated }
    two:
      tasks:
        - { <<: *ingest, job_cluster_key: main }
`;
    expect(askedIn(text)).toEqual([
      'ingest on dedicated',
      'refused: bundle task two.ingest: runs on main, which is no context of the statement (--compute main=CONTEXT)',
    ]);
  });
});

describe('tasks of several jobs that have one key', () => {
  const jobs = (keys: readonly string[]) =>
    JSON.stringify({
      resources: {
        jobs: Object.fromEntries(
          keys.map((job) => [job, { tasks: [{ task_key: 'main', environment_key: 'serverless', ...notebook }] }]),
        ),
      },
    });
  const mapped = (key: string) => ({ tasks: new Map([[key, 'ingest' as string | null]]) });

  test('are not told apart by that key', () => {
    expect(askedIn(jobs(['one', 'two']), mapped('main'))).toContain(
      'undetermined: --task main: several jobs have such a task; name it as job.task',
    );
    expect(askedIn(jobs(['one']), mapped('main'))).toEqual(['ingest on serverless']);
  });

  test('are told apart by the job', () => {
    const asked = askedIn(jobs(['one', 'two']), mapped('one.main'));
    expect(asked[0]).toBe('ingest on serverless');
    expect(asked[1]).toMatch(/^refused: bundle task two\.main: main is no workload/);
  });
});

describe('a bundle', () => {
  const rest = 'resources: { jobs: { j: { tasks: [{ task_key: ingest, job_cluster_key: dedicated }] } } }';

  test.each([
    ['that includes other files', `include: [resources/*.yml]\n${rest}`, 'it includes other files'],
    [
      'whose targets change its jobs',
      `targets: { prod: { resources: { jobs: {} } } }\n${rest}`,
      'its targets change its jobs',
    ],
    ['with jobs in Python', `python: { resources: ["x:y"] }\n${rest}`, 'some of its jobs are made by Python'],
  ])('%s must be resolved first', (_, text, unresolved) => {
    expect(readBundle(text)).toEqual({ unresolved });
    expect(readBundle(`bundle: { target: prod }\n${text}`)).toEqual({ unresolved });
    const resolved = `bundle: { target: prod }\nworkspace: { file_path: /Workspace/claims/files }\n${text}`;
    expect(readBundle(resolved)).toHaveProperty('tasks');
  });

  test.each([
    ['with targets that only name workspaces', `targets: { prod: { workspace: { host: x } } }\n${rest}`],
    ['with an empty list of files', `include: []\n${rest}`],
  ])('%s is what will be deployed', (_, text) => {
    expect(tasksIn(text)).toHaveLength(1);
  });

  test.each([
    ['that is no YAML', 'a: [', /^not YAML: /],
    ['that is several documents', `${rest}\n---\n${rest}`, /^several YAML documents, and a bundle is one$/],
    ['with a key twice', `${rest}\n${rest}`, /^not YAML: /],
    ['with an alias that names nothing', 'tasks: *x', /^not YAML: /],
    ['with a merge of no mapping', 'tasks: [{ <<: 3 }]', /^not YAML: /],
    ['that is a list', '[]', /^not a bundle$/],
    ['that is empty', '', /^not a bundle$/],
    ['whose jobs are a list', 'resources: { jobs: [] }', /^resources\.jobs is not as a bundle has it$/],
    ['whose tasks are no list', 'resources: { jobs: { j: { tasks: {} } } }', /^resources\.jobs\.j\.tasks is not/],
    [
      'with a task that has no key',
      bundled({ environment_key: 'x' }),
      /^resources\.jobs\.nightly\.tasks\[0\] is no task$/,
    ],
    ['with a loop around nothing', bundled({ task_key: 'each', for_each_task: {} }), /tasks\[0\] is no task$/],
  ])('%s is none', (_, text, malformed) => {
    expect(readBundle(text)).toEqual({ malformed: expect.stringMatching(malformed) });
  });

  test.each<[string, object, string]>([
    [
      'on a cluster',
      { existing_cluster_id: 'dedicated', spark_python_task: { python_file: 'x.py' } },
      'ingest on dedicated',
    ],
    [
      'on a cluster of its own',
      { new_cluster: { num_workers: 1 }, ...notebook },
      'refused: bundle task ingest: runs on ingest, which is no context of the statement (--compute ingest=CONTEXT)',
    ],
    [
      'of a pipeline',
      { pipeline_task: { pipeline_id: 'x' } },
      'refused: bundle task ingest: runs elsewhere (pipeline_task)',
    ],
  ])('with a job that is itself a task %s is read by the name of the job', (_, job, asked) => {
    expect(askedIn(JSON.stringify({ resources: { jobs: { ingest: job } } }))).toEqual([asked]);
  });

  test('whose job has tasks and is one itself hides neither', () => {
    const job = { ...notebook, tasks: [{ task_key: 'ingest', job_cluster_key: 'dedicated' }] };
    expect(askedIn(JSON.stringify({ resources: { jobs: { nightly: job } } }))).toEqual([
      'refused: bundle task nightly: nightly is no workload of the statement (--task nightly=WORKLOAD, or nightly=none)',
      'ingest on dedicated',
    ]);
  });

  test('without tasks has none', () => {
    expect(tasksIn('bundle: { name: x }')).toEqual([]);
  });
});

test('what --emit databricks writes is read back as the recommended placement', () => {
  expect(askedIn(emitDatabricks(MIXED))).toEqual(['ingest on dedicated', 'transform on dedicated']);
});
