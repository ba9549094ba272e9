import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { payloadOf, readStatement } from '../../../src/attest/statement.ts';
import { CONFIG, EVIDENCE, MIXED, stated } from './attesting.ts';

describe('a statement', () => {
  test('is about the evidence, the configuration and the workloads, by their digests and in order', () => {
    const [first, second] = EVIDENCE;
    expect(stated({ evidence: [...EVIDENCE, ...EVIDENCE].reverse() }).subject).toEqual([
      { name: 'config', digest: { sha256: CONFIG.whole } },
      { name: 'evidence/dedicated-1.ndjson', digest: { sha256: first?.sha256 } },
      { name: 'evidence/serverless-1.ndjson', digest: { sha256: second?.sha256 } },
      { name: 'workloads', digest: { sha256: CONFIG.workloads } },
    ]);
  });

  test('keeps two files of one name apart', () => {
    const twice = EVIDENCE.map((file) => ({ ...file, name: 'run.ndjson' }));
    expect(stated({ evidence: twice, config: null }).subject.map(({ name }) => name)).toEqual([
      'evidence/run.ndjson',
      'evidence/run.ndjson',
    ]);
  });

  test('says for each workload and context what was decided, and on how many runs', () => {
    const { workloads, contexts, policy, tool } = stated().predicate;
    expect({ policy, tool }).toEqual({ policy: MIXED.policy, tool: MIXED.tool });
    expect(contexts[0]).toEqual({
      name: 'dedicated',
      kind: 'databricks-classic',
      compute: 'dedicated',
      ephemeral: false,
      vantages: [expect.objectContaining({ vantage: 'driver', runs: { counted: 33, notCounted: 0, lab: 0 } })],
    });
    const [ingest, transform] = workloads;
    expect(ingest).toMatchObject({ name: 'ingest', uses: ['claims-db'], placement: 'dedicated' });
    const [dedicated, serverless] = ingest?.cells ?? [];
    expect(dedicated).toMatchObject({ placement: 'suitable', declared: false, blocks: { clean: 33, tolerable: 0.1 } });
    expect(dedicated?.blocks?.upperBound95).toBeLessThanOrEqual(0.1);
    expect(serverless).toMatchObject({ placement: 'undetermined' });
    expect(serverless?.missing).toContainEqual({ target: null, rule: 'evidence/runs' });
    expect(transform?.cells.every(({ declared }) => declared)).toBe(true);
  });

  test('is read back as it was written', () => {
    const payload = payloadOf(stated());
    const reading = readStatement(payload);
    expect(reading).toEqual({ statement: stated() });
    const sha256 = createHash('sha256').update(payload).digest('hex');
    expect(createHash('sha256').update(payloadOf(stated())).digest('hex')).toBe(sha256);
  });
});
