import { z } from 'zod';
import type { WorkloadNeed } from '../model/records.ts';
import { cronOf, isContinuous, needsOfCluster, needsOfTask, runsPerMonthOf } from './databricks-needs.ts';

// A job as Databricks has it: what `jobs get` prints, the settings within it, or a bundle's `resources.jobs`. Of its values only
// names are read, and the parameters of tasks; all the rest is not looked at.

export type Job = {
  readonly name: string | null;
  readonly tasks: readonly Task[];
  readonly clusters: readonly Cluster[];
  /** Null where it is not said by a periodic trigger. */
  readonly runsPerMonth: number | null;
  readonly cron: string | null;
  /** Keys of the job that nothing here reads. */
  readonly unread: readonly string[];
};

export type Task = {
  readonly key: string;
  /** Such as `spark_python_task`; null where there is none. */
  readonly kind: string | null;
  /** File, or package and entry point; null where the kind has none. */
  readonly program: string | null;
  readonly compute: Compute;
  /** Those of the job too, which every task is given. */
  readonly parameters: readonly string[];
  readonly timeoutSeconds: number | null;
  /** Of the runtime, as far as the job says; what an existing cluster has is not said in a job. */
  readonly needs: readonly WorkloadNeed[];
};

export type Compute =
  | { readonly kind: 'cluster'; readonly key: string }
  | { readonly kind: 'existing-cluster' }
  | { readonly kind: 'serverless' };

export type Cluster = {
  readonly key: string;
  /** Keys of its specification that serverless compute has no counterpart for. */
  readonly notOnServerless: readonly string[];
};

const text = () => z.string().optional().catch(undefined);
const anything = () => z.record(z.string(), z.unknown()).optional().catch(undefined);

const python = z.looseObject({ python_file: text() }).optional().catch(undefined);
const wheel = z.looseObject({ package_name: text(), entry_point: text() }).optional().catch(undefined);
const notebook = z.looseObject({ notebook_path: text() }).optional().catch(undefined);

const task = z.looseObject({
  task_key: z.string().min(1),
  job_cluster_key: text(),
  existing_cluster_id: text(),
  new_cluster: anything(),
  environment_key: text(),
  timeout_seconds: z.number().positive().optional().catch(undefined),
  spark_python_task: python,
  python_wheel_task: wheel,
  notebook_task: notebook,
  for_each_task: z.looseObject({ task: z.unknown().optional() }).optional().catch(undefined),
});
type WrittenTask = z.infer<typeof task>;

const settings = z.looseObject({
  name: text(),
  tasks: z.array(z.unknown()).min(1),
  job_clusters: z
    .array(z.looseObject({ job_cluster_key: z.string(), new_cluster: anything() }))
    .optional()
    .catch(undefined),
  parameters: z.unknown().optional(),
});

const READ = ['name', 'tasks', 'job_clusters', 'parameters', 'environments'];

/** Null where this is no job. */
export function databricksJobs(json: unknown): readonly Job[] | null {
  const wrapped = z
    .looseObject({
      settings: z.unknown().optional(),
      jobs: z.unknown().optional(),
      resources: z.looseObject({ jobs: z.unknown().optional() }).optional(),
    })
    .safeParse(json);
  if (!wrapped.success) return null;
  const { data } = wrapped;
  const listed = data.resources?.jobs ?? data.jobs;
  const candidates: unknown[] =
    typeof listed === 'object' && listed !== null ? Object.values(listed) : [data.settings ?? json];
  const jobs = candidates.flatMap((each) => jobOf(each) ?? []);
  return jobs.length === 0 ? null : jobs;
}

function jobOf(json: unknown): Job | null {
  const inner = z.looseObject({ settings: z.looseObject({}) }).safeParse(json);
  const read = settings.safeParse(inner.success ? inner.data.settings : json);
  if (!read.success) return null;
  const { name, tasks, job_clusters = [], parameters } = read.data;
  const given = textsIn(parameters);
  const written = tasks.flatMap(tasksIn);
  return {
    name: name ?? null,
    tasks: written.map((each) => ({ ...taskOf(each, given), needs: needsOf(each, read.data) })),
    clusters: [
      ...job_clusters.map((each) => clusterOf(each.job_cluster_key, each.new_cluster)),
      ...written.flatMap((each) => (each.new_cluster === undefined ? [] : clusterOf(each.task_key, each.new_cluster))),
    ],
    runsPerMonth: runsPerMonthOf(read.data),
    cron: cronOf(read.data),
    unread: Object.keys(read.data).filter((key) => !READ.includes(key)),
  };
}

function needsOf(written: WrittenTask, job: z.infer<typeof settings>): readonly WorkloadNeed[] {
  const shared = job.job_clusters?.find(({ job_cluster_key }) => job_cluster_key === written.job_cluster_key);
  const cluster = written.new_cluster ?? shared?.new_cluster ?? {};
  const all = [
    ...(isContinuous(job) ? (['continuous'] as const) : []),
    ...needsOfTask(written),
    ...needsOfCluster(cluster),
  ];
  return [...new Set(all)];
}

/** A loop runs the task within it. */
function tasksIn(json: unknown): readonly WrittenTask[] {
  const read = task.safeParse(json);
  if (!read.success) return [];
  return read.data.for_each_task === undefined ? [read.data] : tasksIn(read.data.for_each_task.task);
}

function taskOf(written: WrittenTask, ofJob: readonly string[]): Omit<Task, 'needs'> {
  const kind = Object.keys(written).find((key) => key.endsWith('_task') && written[key] !== undefined) ?? null;
  return {
    key: written.task_key,
    kind,
    program: programOf(written),
    compute: computeOf(written),
    parameters: [...ofJob, ...(kind === null ? [] : textsIn(written[kind]))],
    timeoutSeconds: written.timeout_seconds ?? null,
  };
}

/** Without folders, which name people. */
function programOf({ spark_python_task, python_wheel_task, notebook_task }: WrittenTask): string | null {
  const file = spark_python_task?.python_file ?? notebook_task?.notebook_path;
  if (file !== undefined) return file.split(/[/\\]/).at(-1) ?? null;
  const names = [python_wheel_task?.package_name, python_wheel_task?.entry_point].filter((each) => each !== undefined);
  return names.length === 0 ? null : names.join('.');
}

function computeOf(written: WrittenTask): Compute {
  if (written.environment_key !== undefined) return { kind: 'serverless' };
  if (written.job_cluster_key !== undefined) return { kind: 'cluster', key: written.job_cluster_key };
  if (written.new_cluster !== undefined) return { kind: 'cluster', key: written.task_key };
  return { kind: written.existing_cluster_id === undefined ? 'serverless' : 'existing-cluster' };
}

/** docs.databricks.com, serverless compute limitations. */
const CLASSIC_ONLY = [
  'docker_image',
  'driver_instance_pool_id',
  'init_scripts',
  'instance_pool_id',
  'policy_id',
  'spark_env_vars',
];

const clusterOf = (key: string, specification: Readonly<Record<string, unknown>> = {}): Cluster => ({
  key,
  notOnServerless: CLASSIC_ONLY.filter((each) => Object.hasOwn(specification, each)),
});

function textsIn(value: unknown): readonly string[] {
  if (typeof value === 'string') return [value];
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(textsIn) : [];
}
