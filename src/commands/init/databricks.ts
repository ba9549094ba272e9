import type { Cluster, Compute, Job, Task } from '../../formats/databricks-job.ts';
import {
  type ContextDraft,
  type Draft,
  NOTHING,
  type TargetDraft,
  together,
  type Unmapped,
  unmapped,
  type WorkloadDraft,
} from './draft.ts';
import { jdbcDraft } from './spark.ts';

/** Kinds of task that run code of one's own, where a probe can stand beside it. */
const RUNS_CODE = [
  'spark_python_task',
  'python_wheel_task',
  'notebook_task',
  'spark_jar_task',
  'spark_submit_task',
  'dbt_task',
];

const runsCode = ({ kind }: Task): boolean => kind !== null && RUNS_CODE.includes(kind);

/** Workloads from tasks, contexts from what they run on, and the SQL Servers that their parameters name. */
export function jobDraft(job: Job): Draft {
  const tasks = job.tasks.filter(runsCode);
  const urls = [...new Set(tasks.flatMap(urlsOf))];
  const found = new Map(urls.map((url) => [url, jdbcDraft(url)]));
  const targetsOf = (task: Task) => urlsOf(task).flatMap((url) => found.get(url)?.targets ?? []);
  return together([
    ...found.values(),
    {
      ...NOTHING,
      workloads: tasks.map((task) => workloadOf(task, targetsOf(task))),
      contexts: contextsOf(tasks, job.clusters),
      unmapped: leftOut(job),
    },
  ]);
}

/** One workload a task, with what the job says of it, and TODO for all else. */
export function workloadsDraft(job: Job): Draft {
  const draft = jobDraft(job);
  const tasks = job.tasks.filter(runsCode);
  return {
    ...draft,
    workloads: draft.workloads.map((workload, index) => withToDo(workload, tasks[index], job)),
  };
}

function withToDo(workload: WorkloadDraft, task: Task | undefined, { runsPerMonth, cron }: Job): WorkloadDraft {
  const isElsewhere = task?.compute.kind === 'existing-cluster';
  return {
    ...workload,
    toDo: { needs: task?.needs ?? [], runsPerMonth },
    remarks: [
      ...workload.remarks,
      ...(cron === null ? [] : [`runsPerMonth: count what the schedule makes of it: ${cron}`]),
      ...(isElsewhere ? ['needs: the cluster is not in the job: look at its specification'] : []),
      'needs: only the code says whether it uses rdd, udf-internet or kerberos; take TODO away when you have looked',
    ],
  };
}

/** A parameter may be `--url=jdbc:…`, and may go on behind the URL with what is nobody's to see. */
const urlsOf = (task: Task): readonly string[] =>
  task.parameters.flatMap((text) => /jdbc:sqlserver:\/\/\S*/.exec(text)?.[0] ?? []);

const SERVERLESS = 'serverless';
const EXISTING = 'dedicated';

function contextNameOf(compute: Compute): string {
  switch (compute.kind) {
    case 'serverless':
      return SERVERLESS;
    case 'existing-cluster':
      return EXISTING;
    case 'cluster':
      return compute.key;
    default:
      return compute satisfies never;
  }
}

/** A task may well connect to more than its parameters name: what it uses is for the operator to say. */
function workloadOf(task: Task, seen: readonly TargetDraft[]): WorkloadDraft {
  const { key, kind, program, compute, timeoutSeconds } = task;
  const runs = program === null || !/^[\w. -]{1,100}$/.test(program) ? '' : ` ${program}`;
  return {
    name: key,
    uses: null,
    seen,
    connectsFrom: null,
    connectionsPerRun: null,
    remarks: [
      `${kind}${runs}; runs on ${contextNameOf(compute)}`,
      ...(timeoutSeconds === null ? [] : [`duration: timeout_seconds allows at most ${timeoutSeconds}s`]),
    ],
  };
}

function contextsOf(tasks: readonly Task[], clusters: readonly Cluster[]): readonly ContextDraft[] {
  const names = [...new Set(tasks.map(({ compute }) => contextNameOf(compute)))];
  return names.map((name) => {
    if (name === SERVERLESS) return { name, remarks: [] };
    const without = clusters.find(({ key }) => key === name)?.notOnServerless ?? [];
    return {
      name,
      remarks: [
        'ephemeral: false only where every run leaves from the same host and address',
        ...(without.length === 0 ? [] : [`not on serverless compute: ${without.join(', ')}`]),
      ],
    };
  });
}

function leftOut({ tasks, unread }: Job): readonly Unmapped[] {
  const others = tasks.filter((task) => !runsCode(task));
  return [
    ...unmapped(
      others.map(({ key, kind }) => `${key} (${kind ?? 'no task'})`),
      'runs no code of one’s own on this compute',
    ),
    ...unmapped(unread, 'no connection depends on it'),
  ];
}
