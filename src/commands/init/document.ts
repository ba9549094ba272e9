import { Document, isMap, isScalar, type Scalar } from 'yaml';
import { type Assembled, leftOutLines, type Named } from './assemble.ts';

const HEAD = [
  'Written by `probe init`. Next: `probe check`, then `probe plan`; `probe all` is a first look.',
  'Give each target `firewallAllows`, the ranges that its firewall lets in, and `probe` judges the address that it came from.',
];

const WORKLOADS = [
  'What the targets must carry. Each workload still needs what is missing of: uses (targets, or none), connectsFrom (driver,',
  'executor, spark-source, udf), duration, longestIdle, connectionsPerRun, runsPerMonth, tolerableFailedRuns.',
];

/** The configuration as YAML, with what there is to say about it as comments. */
export function documentOf({ targets, workloads, contexts, unmapped }: Assembled): string {
  const document = new Document({
    version: 1,
    targets: dataOf(targets),
    ...(workloads.length === 0 ? {} : { workloads: dataOf(workloads) }),
    ...(contexts.length === 0 ? {} : { contexts: dataOf(contexts) }),
  });
  document.commentBefore = commentOf([...HEAD, ...leftOutLines(unmapped)]);
  commentKey(document.contents, 'workloads', WORKLOADS);
  for (const section of ['workloads', 'contexts']) {
    const key = keyOf(document.contents, section);
    if (key !== null) key.spaceBefore = true;
  }
  for (const [section, entries] of Object.entries({ targets, workloads, contexts })) {
    for (const { name, comments } of entries) commentKey(document.get(section), name, comments);
  }
  return document.toString({ lineWidth: 0 });
}

const dataOf = (entries: readonly Named[]) => Object.fromEntries(entries.map(({ name, data }) => [name, data]));

function commentKey(map: unknown, name: string, lines: readonly string[]): void {
  const key = keyOf(map, name);
  if (key !== null && lines.length > 0) key.commentBefore = commentOf(lines);
}

function keyOf(map: unknown, name: string): Scalar | null {
  const keys = isMap(map) ? map.items.map(({ key }) => key) : [];
  return keys.filter((key) => isScalar(key)).find(({ value }) => value === name) ?? null;
}

/** A line break would end the comment. */
const commentOf = (lines: readonly string[]): string =>
  lines.map((line) => ` ${line.replace(/[\p{Cc}\u2028\u2029\ue000-\ue003]+/gu, ' ')}`).join('\n');
