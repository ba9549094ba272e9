import { expect, test } from 'vitest';
import type { Comparison } from '../../../src/model/decision.ts';
import type { Vantage } from '../../../src/model/records.ts';
import { renderDecision } from '../../../src/render/decision-table.ts';
import { type AttemptOver, clean, context, failed, run, type SyntheticRun, target } from '../../kit/evidence.ts';
import { deciding } from './deciding.ts';

/** Runs of one context, from one of its places. */
const from = (vantage: Vantage, tried: readonly (readonly AttemptOver[])[], over: Partial<SyntheticRun> = {}) =>
  tried.map((attempts, index) =>
    run(index, attempts, {
      id: `${vantage}-${index}`,
      context: context({ vantage, bootId: `boot-${index}` }),
      ...over,
    }),
  );

const runs = (count: number, attempts: readonly AttemptOver[]) => Array.from({ length: count }, () => attempts);
const seen = (egress: string) => clean(15).map((attempt) => ({ ...attempt, egress: [egress] }));
const refused = runs(
  3,
  Array.from({ length: 5 }, () => failed('egress-refused', { egress: ['198.51.100.7'] })),
);

const betweenPlaces = ({ comparisons }: { readonly comparisons: readonly Comparison[] }) =>
  comparisons.filter(({ vantage, otherVantage }) => vantage !== otherVantage);

test('a firewall that admits only the driver of a context, and not Spark’s sources, is named as such', () => {
  const { decision } = deciding([...from('driver', runs(3, seen('203.0.113.9'))), ...from('spark-source', refused)]);
  const [comparison] = betweenPlaces(decision);

  expect(comparison).toMatchObject({
    baseline: 'serverless',
    vantage: 'driver',
    other: 'serverless',
    otherVantage: 'spark-source',
    targets: [{ target: 'claims-db', relation: 'worse' }],
  });
  expect(comparison?.targets[0]?.differences.map(({ says }) => says)).toEqual([
    'fails only in serverless (spark-source): egress-refused at connect (15 times); in serverless (driver) this was not met in 3 independent runs: ' +
      'what stands on the way, such as a firewall, admits only one of the two',
    'leaves from 1 address in 3 independent runs of serverless (driver) (203.0.113.9), and from 1 address in 3 independent runs of ' +
      'serverless (spark-source) (198.51.100.7): none in common',
  ]);
  expect(renderDecision(decision)).toContain('the spark-source of serverless against its driver');
});

test('what Spark cannot see is no difference between the two', () => {
  const tried = (stages: AttemptOver['stages'], observation: unknown) =>
    clean(15).map((attempt) => ({ ...attempt, observation, ...(stages === undefined ? {} : { stages }) }));
  const { decision } = deciding([
    ...from('driver', runs(3, tried(undefined, { tls: 'TLSv1.3' }))),
    ...from(
      'spark-source',
      runs(3, tried([{ stage: 'request', server: null, elapsedMs: 900, ok: true }], { tls: null })),
    ),
  ]);

  expect(betweenPlaces(decision)[0]?.targets).toMatchObject([{ target: 'claims-db', differences: [] }]);
});

test('only what both places have tried is compared, and only with the driver', () => {
  const other = { targets: [target({ name: 'other' })] };
  const { decision } = deciding([
    ...from('driver', runs(1, clean(15))),
    ...from('executor', runs(1, clean(15))),
    ...from('spark-source', runs(1, clean(15)), other),
  ]);

  expect(betweenPlaces(decision)).toMatchObject([{ otherVantage: 'executor', targets: [{ target: 'claims-db' }] }]);
});
