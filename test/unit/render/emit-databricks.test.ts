import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { emitDatabricks } from '../../../src/render/emit-databricks.ts';
import { decisionOf, INGEST, NOTHING_USED, runsIn } from '../decide/deciding.ts';

test('each workload is a task on the compute of its context', () => {
  const decision = decisionOf(runsIn('dedicated', 33), { workloads: [INGEST, NOTHING_USED] });
  const placed = { ingest: 'dedicated', transform: 'serverless' };
  for (const workload of decision.workloads) Object.assign(workload, { placement: placed[workload.name as 'ingest'] });
  expect(parse(emitDatabricks(decision))).toEqual({
    tasks: [
      { task_key: 'ingest', job_cluster_key: 'dedicated' },
      { task_key: 'transform', environment_key: 'serverless' },
    ],
  });
});

test('one that has no place is told, and is no task', () => {
  const text = emitDatabricks(decisionOf(runsIn('serverless', 2)));
  expect(parse(text)).toEqual({ tasks: [] });
  expect(text).toMatch(/^# ingest has no place: dedicated undetermined, serverless undetermined$/m);
});

test('no name breaks out of its comment', () => {
  const decision = decisionOf(runsIn('serverless', 2), { workloads: [{ ...INGEST, name: 'a\ntasks: [{}]' }] });
  expect(parse(emitDatabricks(decision))).toEqual({ tasks: [] });
});
