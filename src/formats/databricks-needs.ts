import { z } from 'zod';
import type { WorkloadNeed } from '../model/records.ts';

// What a task needs of its runtime, as far as its job says: names of keys and kinds of libraries, the type of a machine, and how it is
// triggered. What its code does, nobody can tell from here.

type Specification = Readonly<Record<string, unknown>>;

/** Keys of a cluster that serverless compute has no counterpart for; docs.databricks.com, serverless compute limitations. */
const BY_KEY: Readonly<Record<string, WorkloadNeed>> = {
  init_scripts: 'init-script',
  spark_env_vars: 'environment-variables',
  docker_image: 'docker-image',
  instance_pool_id: 'instance-pool',
  driver_instance_pool_id: 'instance-pool',
};

/** Machines with an accelerator: of AWS, of Azure, of Google Cloud. */
const ACCELERATED = /^(g[4-9]\w*|p[2-9]\w*|trn\w+|inf\w+)\.|^Standard_N[CDV]|^(a2|a3|g2)-/;
const KERBEROS = /kerberos|keytab|krb5/i;

export function needsOfCluster(specification: Specification): readonly WorkloadNeed[] {
  const byKey = Object.entries(BY_KEY).flatMap(([key, need]) => (isFilled(specification[key]) ? [need] : []));
  const machines = [specification['node_type_id'], specification['driver_node_type_id']];
  const isAccelerated =
    machines.some((each) => typeof each === 'string' && ACCELERATED.test(each)) ||
    /-gpu-/.test(String(specification['spark_version'] ?? ''));
  const conf = Object.entries(recordIn(specification['spark_conf']));
  const isKerberized = conf.some(([key, value]) => KERBEROS.test(key) || KERBEROS.test(String(value)));
  return [...byKey, ...(isAccelerated ? (['gpu'] as const) : []), ...(isKerberized ? (['kerberos'] as const) : [])];
}

/** An empty list or map asks for nothing. */
function isFilled(value: unknown): boolean {
  if (value === undefined || value === null || value === '') return false;
  return typeof value !== 'object' || Object.keys(value).length > 0;
}

export function needsOfTask(task: Specification): readonly WorkloadNeed[] {
  const libraries = z.array(z.looseObject({})).safeParse(task['libraries']).data ?? [];
  const isJar = task['spark_jar_task'] !== undefined || libraries.some((each) => 'jar' in each || 'maven' in each);
  const submitted = parametersOf(task['spark_submit_task']);
  const files = [recordIn(task['spark_python_task'])['python_file'], recordIn(task['notebook_task'])['notebook_path']];
  const isR =
    libraries.some((each) => 'cran' in each) || [...files, ...submitted].some((each) => /\.r$/i.test(String(each)));
  return [
    ...(isJar || submitted.some((each) => each === '--class' || /\.jar$/i.test(each)) ? (['jar'] as const) : []),
    ...(isR ? (['r'] as const) : []),
  ];
}

const parametersOf = (task: unknown): readonly string[] =>
  z.array(z.string()).safeParse(recordIn(task)['parameters']).data ?? [];

function recordIn(value: unknown): Specification {
  return z.record(z.string(), z.unknown()).safeParse(value).data ?? {};
}

const DAYS_A_MONTH = 30;
const A_MONTH: Readonly<Record<string, number>> = {
  HOURS: DAYS_A_MONTH * 24,
  DAYS: DAYS_A_MONTH,
  WEEKS: DAYS_A_MONTH / 7,
};

/** How often a job with a periodic trigger runs; null where that is not said so plainly. */
export function runsPerMonthOf(job: Specification): number | null {
  const { interval, unit } = recordIn(recordIn(job['trigger'])['periodic']);
  const each = typeof unit === 'string' ? A_MONTH[unit] : undefined;
  if (each === undefined || typeof interval !== 'number' || interval <= 0) return null;
  return Math.max(1, Math.round(each / interval));
}

/** As it was written, for a person who counts its runs. */
export function cronOf(job: Specification): string | null {
  const cron = recordIn(job['schedule'])['quartz_cron_expression'];
  return typeof cron === 'string' && /^[\dA-Z*?/,\-#\s]{9,80}$/.test(cron) ? cron : null;
}

export const isContinuous = (job: Specification): boolean => job['continuous'] !== undefined;
