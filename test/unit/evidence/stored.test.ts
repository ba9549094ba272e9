import { join } from 'node:path';
import { expect, test } from 'vitest';
import { REGISTRY } from '../../../probes/index.ts';
import { openEvidence } from '../../../src/evidence/skim.ts';
import { openFolder } from '../../../src/evidence/store.ts';
import { DEFAULT_POLICY } from '../../../src/model/policy.ts';
import { report as reportSchema } from '../../../src/model/report.ts';
import { judgeFolder } from '../../../src/preflight.ts';

test('evidence from before health, workloads and shared ladders were recorded is still read and judged', () => {
  const evidence = openEvidence(openFolder(join(import.meta.dirname, 'stored-2026-11'), 'read'));
  const { report, defects } = judgeFolder(
    {
      evidence,
      registry: REGISTRY,
      config: null,
      policy: DEFAULT_POLICY,
      context: { name: 'dedicated', vantage: 'driver' },
      profile: 'quick',
      scope: 'run',
      run: null,
      only: null,
    },
    '2026-11-25T02:00:00.000Z',
  );
  expect(defects).toEqual([]);
  expect(reportSchema.parse(report).targets).toMatchObject([
    { name: 'drop', verdict: 'pass', attempts: { total: 32, succeeded: 32 } },
  ]);
  expect(report.verdict).toBe('pass');
});
