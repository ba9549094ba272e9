import { describe, expect, test } from 'vitest';
import { openWorkspace, reportIn, targetIn } from '../kit/cli.ts';
import { closedPlace, tcp } from './targets.ts';

// A connection that nobody answers, and what the platform's log says of it.

const SERVERLESS = { DATABRICKS_RUNTIME_VERSION: 'client.4.9', IS_SERVERLESS: 'TRUE' };

async function ranWith(env: Readonly<Record<string, string>>) {
  const workspace = await openWorkspace({ version: 1, targets: { partner: tcp(await closedPlace()) } });
  await workspace.probe(['all', '--context', 'here', '--evidence', 'runs'], { env });
  const denial = { record: 'denial', event: 'e-1', at: new Date().toISOString(), destination: '127.0.0.1' };
  workspace.write('runs/denials.ndjson', `${JSON.stringify(denial)}\n`);
  const judged = await workspace.probe(['judge', 'runs', '--report', 'json']);
  return { workspace, judged, partner: targetIn(reportIn(judged), 'partner') };
}

describe('a denial of the egress policy that lies among the evidence', () => {
  test('is the cause of the failure beside it, and the platform is to mend it', async () => {
    const { workspace, judged, partner } = await ranWith(SERVERLESS);
    await using _ = workspace;
    expect(judged.exit).toBe(1);
    expect(partner.failures).toMatchObject([
      {
        cause: 'egress-policy-denied',
        stage: 'connect',
        detail: expect.stringContaining('egress policy denied 127.0.0.1'),
      },
    ]);
    expect(partner.findings).toContainEqual(
      expect.objectContaining({ verdict: 'fail', cause: 'egress-policy-denied', owner: 'platform' }),
    );
    expect(reportIn(judged).context?.findings.filter(({ verdict }) => verdict === 'inconclusive')).toEqual([]);
    const explained = await workspace.probe(['explain', 'egress-policy-denied']);
    expect(explained.stdout).toContain('allowed_internet_destinations');
  });

  test('is none of a cluster, which no such policy is for', async () => {
    const { workspace, partner } = await ranWith({ DATABRICKS_RUNTIME_VERSION: '15.4' });
    await using _ = workspace;
    expect(partner.failures).toMatchObject([{ cause: 'connection-refused' }]);
  });
});
