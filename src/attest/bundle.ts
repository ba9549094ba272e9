import type { Statement } from '../model/statement.ts';
import type { BundleTask, TaskCompute } from './bundle-tasks.ts';
import { type Objection, refused, undetermined } from './objection.ts';
import type { Asked } from './placements.ts';

/** Where a bundle has other names than the configuration. */
export type Mapping = {
  /** `task_key`, or `job.task` where several jobs have one, to workload; null for a task that is none. */
  readonly tasks: ReadonlyMap<string, string | null>;
  /** `job_cluster_key`, `environment_key` or `existing_cluster_id` to context. */
  readonly computes: ReadonlyMap<string, string>;
};

/**
 * What a bundle would run where. A task is its workload by name, and the key of its compute is its context by name, as
 * `probe decide --emit databricks` writes them; what cannot be told is refused, and never guessed.
 */
export function askedBy(
  tasks: readonly BundleTask[],
  mapping: Mapping,
  statement: Statement,
): readonly (Asked | Objection)[] {
  const asked = [
    ...tasks.flatMap((task) => askedOf(task, mapping, statement)),
    ...unusedOf(tasks, mapping),
    ...ambiguousIn(tasks, mapping),
  ];
  return asked.length > 0 ? asked : [undetermined('no task of the bundle is a workload')];
}

/** A name that was mistyped: what it was meant for is read by its own name. */
function unusedOf(tasks: readonly BundleTask[], mapping: Mapping): readonly Objection[] {
  const keys = new Set(tasks.flatMap(({ key, place }) => [key, place]));
  const computes = new Set(tasks.flatMap(({ compute }) => ('key' in compute ? keyOf(compute) : [])));
  const without = (given: ReadonlyMap<string, unknown>, present: ReadonlySet<string>): string =>
    [...given.keys()].filter((key) => !present.has(key)).join(', ');
  const [task, compute] = [without(mapping.tasks, keys), without(mapping.computes, computes)];
  return [
    ...(task === '' ? [] : [undetermined(`--task names ${task}, and the bundle has no such task`)]),
    ...(compute === '' ? [] : [undetermined(`--compute names ${compute}, and no task of the bundle runs on it`)]),
  ];
}

/** A key is of one job: meant for one of them it would speak for the others too. */
const ambiguousIn = (tasks: readonly BundleTask[], mapping: Mapping): readonly Objection[] =>
  [...mapping.tasks.keys()]
    .filter((given) => tasks.filter(({ key, place }) => key === given && place !== given).length > 1)
    .map((given) => undetermined(`--task ${given}: several jobs have such a task; name it as job.task`));

function askedOf(
  { place, key, compute }: BundleTask,
  mapping: Mapping,
  { predicate: { workloads, contexts } }: Statement,
): readonly (Asked | Objection)[] {
  const given = [place, key].find((name) => mapping.tasks.has(name));
  const workload = given === undefined ? key : mapping.tasks.get(given);
  if (workload === null || workload === undefined) return [];
  const stated = workloads.find(({ name }) => name === workload);
  if (stated === undefined) {
    if (compute.kind === 'none' && given === undefined) return [];
    return [notCovered(place, `${workload} is no workload of the statement (--task ${key}=WORKLOAD, or ${key}=none)`)];
  }
  if (compute.kind === 'none') return [notCovered(place, 'runs nothing of its own, and has the name of a workload')];
  if (compute.kind === 'unknown') return [notCovered(place, compute.why)];
  const named = keyOf(compute);
  const name = mapping.computes.get(named) ?? named;
  const context = contexts.find((each) => each.name === name);
  if (context === undefined) {
    return [notCovered(place, `runs on ${named}, which is no context of the statement (--compute ${named}=CONTEXT)`)];
  }
  if (context.compute !== compute.kind) {
    return [
      notCovered(place, `runs on ${compute.kind} compute, and the context ${context.name} is ${context.compute}`),
    ];
  }
  if (!stated.cells.some((cell) => cell.context === context.name)) {
    return [notCovered(place, `the statement says nothing of ${workload} on ${context.name}`)];
  }
  return [{ workload, context: context.name }];
}

/** A serverless task may have no environment of its own. */
const keyOf = (compute: Extract<TaskCompute, { kind: 'dedicated' | 'serverless' }>): string =>
  compute.key ?? 'serverless';

const notCovered = (place: string, why: string): Objection => refused(`bundle task ${place}: ${why}`);
