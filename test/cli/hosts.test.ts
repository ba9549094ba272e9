import { mkdirSync, readdirSync } from 'node:fs';
import { expect, test } from 'vitest';
import { folderStore } from '../../src/evidence/store.ts';
import { openWorkspace, reportIn, targetIn } from '../kit/cli.ts';
import { failed } from '../kit/evidence.ts';
import { type Host, writeHosts } from '../kit/hosts.ts';

// Two hundred processes of one job, a file each, as executors of an engine leave them.

const OF = 200;
const ATTEMPTS = 15;

const DEAD: Host = { attempts: Array.from({ length: 5 }, () => failed('connect-timeout', { egress: [] })) };

/** Judged by the built command, from the files that these hosts have left. */
async function judged(differing: Readonly<Record<number, Host | null>>) {
  await using workspace = await openWorkspace();
  const evidence = workspace.path('evidence');
  mkdirSync(evidence);
  const host = (index: number) => (index in differing ? (differing[index] ?? null) : {});
  writeHosts(folderStore(evidence), { of: OF, atMs: Date.now() - 3_600_000, attempts: ATTEMPTS, host });
  const ended = await workspace.probe(['judge', evidence, '--vantage', 'executor', '--report', 'json']);
  const report = reportIn(ended);
  const said = (rule: string) => {
    const finding = report.context?.findings.find((each) => each.rule === rule);
    return `${finding?.verdict}: ${finding?.observed}`;
  };
  return { ...ended, files: readdirSync(evidence).length, report, said };
}

test('two hundred hosts that have ended, and are alike, pass', async () => {
  const { files, report, said } = await judged({});

  expect(files).toBe(OF);
  expect(said('hosts/complete')).toBe('pass: all 200 have ended');
  expect(said('hosts/alike')).toBe('pass: 200 hosts alike');
  expect(targetIn(report, 'claims-db').attempts).toMatchObject({ total: OF * ATTEMPTS, succeeded: OF * ATTEMPTS });
});

test('of two hundred hosts those that are missing, and those that differ, are named, and no other', async () => {
  const { exit, files, said } = await judged({
    7: { end: null },
    31: { egress: '198.51.100.7' },
    64: DEAD,
    150: null,
    151: null,
    199: DEAD,
  });

  expect(files).toBe(OF - 2);
  expect(said('hosts/complete')).toBe(
    'inconclusive: 197 of 200 have ended: process 7 (worker-7) was killed, interrupted, or is still going; of process 150, process 151 there is no run',
  );
  expect(said('hosts/alike')).toBe(
    'warn: process 31 (worker-31) leaves from 198.51.100.7, and 195 hosts from 203.0.113.9; claims-db never worked on process 64 (worker-64), process 199 (worker-199), and always on 196 hosts',
  );
  // processes of one launch are one draw, in which nothing can be decided
  expect(exit).toBe(3);
});
