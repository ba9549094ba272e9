import { Document, isSeq } from 'yaml';
import type { Decision, DecisionWorkload } from '../model/decision.ts';

const HEAD = [
  'These tasks belong under resources.jobs.<job> of a bundle. A task is named after its workload; job_cluster_key and environment_key',
  'name the context: declare job_clusters and environments by the same names. `probe verify --bundle` reads a bundle this way.',
];

/** Tasks of a Databricks bundle, as YAML: where each workload runs. One that has no place is a comment and never a task. */
export function emitDatabricks(decision: Decision): string {
  const { workloads, recommended, decidedAt, tool } = decision;
  const placed = workloads.flatMap((workload) => taskOf(workload, decision) ?? []);
  const placeless = workloads.filter((workload) => taskOf(workload, decision) === null);
  const document = new Document({ tasks: placed });
  const strategy = recommended.strategy === null ? 'no strategy is recommended' : `strategy ${recommended.strategy}`;
  document.commentBefore = commentOf([
    `Placement by ${tool.name} ${tool.version}, ${decidedAt}: ${strategy}.`,
    ...HEAD,
  ]);
  const comment = placeless.map(({ name, cells }) => `${name} has no place: ${foundOf(cells)}`);
  if (comment.length > 0) document.comment = commentOf(comment);
  const tasks = document.get('tasks');
  if (isSeq(tasks)) tasks.flow = placed.length === 0;
  return document.toString({ lineWidth: 0 });
}

type Task = { readonly task_key: string } & (
  | { readonly job_cluster_key: string }
  | { readonly environment_key: string }
);

function taskOf({ name, placement }: DecisionWorkload, { contexts }: Decision): Task | null {
  const context = contexts.find((each) => each.name === placement);
  if (context === undefined) return null;
  switch (context.compute) {
    case 'dedicated':
      return { task_key: name, job_cluster_key: context.name };
    case 'serverless':
      return { task_key: name, environment_key: context.name };
    default:
      return context.compute satisfies never;
  }
}

const foundOf = (cells: DecisionWorkload['cells']): string =>
  cells.length === 0
    ? 'no context is known'
    : cells.map(({ context, placement }) => `${context} ${placement}`).join(', ');

/** A line break would end the comment. */
const commentOf = (lines: readonly string[]): string =>
  lines.map((line) => ` ${line.replace(/[\p{Cc}\u2028\u2029]+/gu, ' ')}`).join('\n');
