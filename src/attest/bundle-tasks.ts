import { parse, YAMLError } from 'yaml';
import { z } from 'zod';

// A Databricks bundle (`databricks bundle validate -o json`, or a databricks.yml that needs no resolving), read for one thing: which task
// runs on which compute. Strict where formats/databricks-job.ts is lenient, since a task that was overlooked would be let through.

export type BundleTask = {
  /** `job.task`, for people. */
  readonly place: string;
  readonly key: string;
  readonly compute: TaskCompute;
};

export type TaskCompute =
  /** `job_cluster_key`, or `existing_cluster_id` where it is a cluster of its own. */
  | { readonly kind: 'dedicated'; readonly key: string }
  /** Null where it runs there without an environment of its own. */
  | { readonly kind: 'serverless'; readonly key: string | null }
  /** It waits, or starts another job. */
  | { readonly kind: 'none' }
  | { readonly kind: 'unknown'; readonly why: string };

export type BundleReading =
  | { readonly tasks: readonly BundleTask[] }
  /** It is to be resolved first: what will be deployed does not stand in it. */
  | { readonly unresolved: string }
  | { readonly malformed: string };

const named = <Entry extends z.ZodType>(entry: Entry) => z.record(z.string(), entry).nullish();

const bundle = z.looseObject({
  bundle: z.looseObject({ target: z.string().optional() }).nullish(),
  workspace: z.looseObject({ file_path: z.unknown().optional() }).nullish(),
  include: z.array(z.unknown()).nullish(),
  targets: named(z.looseObject({ resources: z.unknown().optional() }).nullable()),
  python: z.unknown().optional(),
  experimental: z.looseObject({ python: z.unknown().optional(), pydabs: z.unknown().optional() }).nullish(),
  resources: z
    .looseObject({ jobs: named(z.looseObject({ tasks: z.array(z.unknown()).nullish() }).nullable()) })
    .nullish(),
  /** As `probe decide --emit databricks` writes them. */
  tasks: z.array(z.unknown()).nullish(),
});
type Bundle = z.infer<typeof bundle>;

const task = z.looseObject({
  task_key: z.string().min(1),
  job_cluster_key: z.string().min(1).nullish(),
  existing_cluster_id: z.string().min(1).nullish(),
  new_cluster: z.unknown().optional(),
  environment_key: z.string().min(1).nullish(),
  for_each_task: z.looseObject({ task: z.unknown() }).nullish(),
  notebook_task: z.looseObject({ warehouse_id: z.unknown().optional() }).nullish(),
});
type WrittenTask = z.infer<typeof task>;

export function readBundle(text: string): BundleReading {
  const yaml = yamlIn(text);
  if ('malformed' in yaml) return yaml;
  const read = bundle.safeParse(yaml.value);
  if (!read.success) return { malformed: malformedText(read.error) };
  const unresolved = unresolvedIn(read.data);
  if (unresolved !== null) return { unresolved };
  const lists = [
    { job: null, tasks: read.data.tasks },
    ...Object.entries(read.data.resources?.jobs ?? {}).map(([job, written]) => ({ job, tasks: written?.tasks })),
  ];
  const tasks: BundleTask[] = [];
  for (const [job, written] of Object.entries(read.data.resources?.jobs ?? {})) {
    if (!isTaskItself(written)) continue;
    const found = taskIn({ ...written, task_key: job });
    if (found === null) return { malformed: `resources.jobs.${job} is no task` };
    tasks.push({ place: job, key: job, compute: computeOf(found) });
  }
  for (const list of lists) {
    for (const [index, written] of (list.tasks ?? []).entries()) {
      const found = taskIn(written);
      const at = list.job === null ? `tasks[${index}]` : `resources.jobs.${list.job}.tasks[${index}]`;
      if (found === null) return { malformed: `${at} is no task` };
      const key = found.task_key;
      tasks.push({ place: list.job === null ? key : `${list.job}.${key}`, key, compute: computeOf(found) });
    }
  }
  return { tasks };
}

/** In the form of before tasks had a list of their own (Jobs API 2.0) a job is its only task, and has no `task_key`. */
const isTaskItself = (job: object | null): job is object =>
  job !== null && Object.entries(job).some(([key, value]) => key.endsWith('_task') && value != null);

function yamlIn(text: string): { readonly value: unknown } | { readonly malformed: string } {
  try {
    return { value: parse(text, { merge: true, logLevel: 'error' }) };
  } catch (error) {
    // an alias that names nothing, or a merge of no mapping, is thrown as a plain error
    if (!(error instanceof Error)) throw error;
    if (error instanceof YAMLError && error.code === 'MULTIPLE_DOCS')
      return { malformed: 'several YAML documents, and a bundle is one' };
    return { malformed: `not YAML: ${error.message.split('\n')[0]}` };
  }
}

function malformedText({ issues: [issue] }: z.ZodError): string {
  const at = issue?.path.join('.') ?? '';
  return `${at === '' ? 'not a bundle' : `${at} is not as a bundle has it`}`;
}

function unresolvedIn({ bundle: about, workspace, include, targets, python, experimental }: Bundle): string | null {
  // only a resolved bundle names both the target that it is for and where its files go
  if (about?.target !== undefined && workspace?.file_path !== undefined) return null;
  if ((include ?? []).length > 0) return 'it includes other files';
  if (Object.values(targets ?? {}).some((target) => target?.resources !== undefined)) {
    return 'its targets change its jobs';
  }
  const isMadeByCode = [python, experimental?.python, experimental?.pydabs].some((each) => each !== undefined);
  return isMadeByCode ? 'some of its jobs are made by Python' : null;
}

/** A loop runs the task within it. */
function taskIn(written: unknown): WrittenTask | null {
  const read = task.safeParse(written);
  if (!read.success) return null;
  return read.data.for_each_task == null ? read.data : taskIn(read.data.for_each_task.task);
}

/** Kinds of task that run on the compute that the task names; all others run elsewhere. */
const RUNS_ON_COMPUTE = [
  'notebook_task',
  'spark_python_task',
  'python_wheel_task',
  'spark_jar_task',
  'spark_submit_task',
  'dbt_task',
];
const RUNS_NOTHING = ['condition_task', 'run_job_task'];

function computeOf(written: WrittenTask): TaskCompute {
  const { job_cluster_key, existing_cluster_id, new_cluster, environment_key } = written;
  const clusters = [job_cluster_key, existing_cluster_id, new_cluster].filter((each) => each != null);
  if (clusters.length + (environment_key == null ? 0 : 1) > 1)
    return { kind: 'unknown', why: 'names more than one compute' };
  const kinds = Object.keys(written).filter((name) => name.endsWith('_task') && written[name] != null);
  if (kinds.length > 1) return { kind: 'unknown', why: `is several kinds of task (${kinds.join(', ')})` };
  if (written.notebook_task?.warehouse_id != null) return { kind: 'unknown', why: 'runs elsewhere (warehouse_id)' };
  const key = job_cluster_key ?? existing_cluster_id;
  if (key != null) return { kind: 'dedicated', key };
  if (new_cluster != null) return { kind: 'dedicated', key: written.task_key };
  if (environment_key != null) return { kind: 'serverless', key: environment_key };
  const [kind] = kinds;
  if (kind !== undefined && RUNS_NOTHING.includes(kind)) return { kind: 'none' };
  if (kind !== undefined && RUNS_ON_COMPUTE.includes(kind)) return { kind: 'serverless', key: null };
  return { kind: 'unknown', why: kind === undefined ? 'names no compute' : `runs elsewhere (${kind})` };
}
