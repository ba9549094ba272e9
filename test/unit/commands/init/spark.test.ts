import { describe, expect, test } from 'vitest';
import { initialized, load, SPARK_JDBC, SPARK_KAFKA, URL } from './sources.ts';

describe('options of Spark', () => {
  test('give a workload that reads from Spark’s own source, over as many connections as partitions', () => {
    const { workloads } = load(initialized(SPARK_JDBC).text, 'offline');
    expect(workloads).toMatchObject([
      { name: 'claims-db-reader', uses: ['claims-db'], connectsFrom: 'spark-source', connectionsPerRun: 34 },
    ]);
  });

  test('several topics are a target each, with one account', () => {
    const { text, variables } = initialized(SPARK_KAFKA);
    expect(variables).toEqual(['CLAIMS_TOPIC_PASSWORD']);
    const { targets, workloads } = load(text, 'resolve', { CLAIMS_TOPIC_PASSWORD: 'Tr0ub4dor&3' });
    expect(targets.map(({ name }) => name)).toEqual(['claims-topic', 'audit-topic']);
    expect(workloads).toMatchObject([{ uses: ['claims-topic', 'audit-topic'] }]);
  });

  test('both sources in one are two targets', () => {
    const { text } = initialized(`${SPARK_JDBC}kafka.bootstrap.servers=k:9092\nsubscribe=claims`);
    expect(load(text, 'offline').targets.map(({ type }) => type)).toEqual(['sqlserver', 'kafka']);
  });

  test('sets that are named give their names, and one of no known kind is told', () => {
    const { text } = initialized(JSON.stringify({ ledger: { url: URL }, 'my files': { path: '/tmp' } }));
    expect(load(text, 'offline').targets.map(({ name }) => name)).toEqual(['ledger']);
    expect(text).toContain('# not mapped: (unreadable name) (of no kind that is known)');
  });

  test('a secret of Databricks is a reference already', () => {
    const { text, variables, secrets } = initialized(
      JSON.stringify({ url: URL, user: 'svc', password: '{{secrets/claims/password}}' }),
    );
    expect(text).toContain(`password: \${secret:claims/password}`);
    expect({ variables, secrets }).toEqual({ variables: [], secrets: ['claims/password'] });
    load(text, 'resolve', {}, { 'claims/password': 'Tr0ub4dor&3' });
  });
});
