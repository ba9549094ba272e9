import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { expect, onTestFinished, test } from 'vitest';
import { REGISTRY } from '../../probes/index.ts';
import { openEvidence } from '../../src/evidence/skim.ts';
import { type EvidenceStore, folderStore } from '../../src/evidence/store.ts';
import { DEFAULT_POLICY } from '../../src/model/policy.ts';
import { judgeFolder } from '../../src/preflight.ts';
import { writeHistory } from '../kit/long-history.ts';

// The benches `history` and `memory` in small: a fortieth of a thousand runs of two thousand attempts.

const RUNS = 100;
const ATTEMPTS = 500;
/** As fast as the whole has to be, and as much again for a machine that does other things too. */
const MOST_MS = 2 * (30_000 / 40);

function emptyStore(): EvidenceStore {
  const folder = mkdtempSync(join(tmpdir(), 'probe-history-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  return folderStore(folder);
}

const judged = (store: EvidenceStore, judgedAt: string) =>
  judgeFolder(
    {
      evidence: openEvidence(store),
      registry: REGISTRY,
      config: null,
      policy: DEFAULT_POLICY,
      context: { name: 'serverless', vantage: 'driver' },
      profile: 'gate',
      scope: 'period',
      run: null,
      only: null,
    },
    judgedAt,
  ).report;

test(`${RUNS} runs of ${ATTEMPTS} attempts are judged from disk in less than ${MOST_MS} ms of CPU, and take no memory that grows with them`, () => {
  const store = emptyStore();
  const judgedAt = writeHistory(store, { runs: RUNS, attempts: ATTEMPTS });
  judged(emptyStore(), judgedAt);
  const cpu = process.cpuUsage();
  const report = judged(store, judgedAt);
  const elapsed = process.cpuUsage(cpu);
  expect(report).toMatchObject({ verdict: 'pass', targets: [{ attempts: { total: RUNS * ATTEMPTS } }] });
  expect((elapsed.user + elapsed.system) / 1_000).toBeLessThan(MOST_MS);

  setFlagsFromString('--expose-gc');
  const collectGarbage: () => void = runInNewContext('gc');
  const heapBytes: number[] = [];
  let files = 0;
  judged(
    {
      ...store,
      *lines(name) {
        yield* store.lines(name);
        files += 1;
        if (files !== RUNS / 10 && files !== RUNS) return;
        collectGarbage();
        heapBytes.push(process.memoryUsage().heapUsed);
      },
    },
    judgedAt,
  );
  const [early = 0, late = Number.POSITIVE_INFINITY] = heapBytes;
  expect(late - early).toBeLessThan(1_000_000);
});
