// A long history on disk, judged from its folder as `probe judge` does: 1,000 runs of 2,000 attempts in under 30 s. The evidence is made in
// a temporary folder and removed at the end; each line is a whole record of a TCP target, a line an attempt.
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { REGISTRY } from '../probes/index.ts';
import { openEvidence } from '../src/evidence/skim.ts';
import { folderStore } from '../src/evidence/store.ts';
import { DEFAULT_POLICY } from '../src/model/policy.ts';
import { judgeFolder } from '../src/preflight.ts';
import { writeHistory } from '../test/kit/long-history.ts';

const RUNS = Number(process.argv[2] ?? 1_000);
const ATTEMPTS = Number(process.argv[3] ?? 2_000);
const ALLOWED_SECONDS = 30;

const folder = mkdtempSync(join(tmpdir(), 'probe-history-'));
try {
  const store = folderStore(folder);
  const judgedAt = writeHistory(store, { runs: RUNS, attempts: ATTEMPTS });
  const bytes = store.list().reduce((sum, name) => sum + statSync(join(folder, name)).size, 0);
  const startedMs = performance.now();
  const cpu = process.cpuUsage();
  const { report } = judgeFolder(
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
  );
  const seconds = (performance.now() - startedMs) / 1_000;
  const cpuSeconds = process.cpuUsage(cpu).user / 1e6;
  const [target] = report.targets;
  console.log(`evidence    ${(bytes / 1e6).toFixed(0)} MB, ${RUNS} runs of ${ATTEMPTS} attempts`);
  console.log(`judged      ${target?.attempts.total} attempts: ${report.verdict}`);
  console.log(
    `time        ${seconds.toFixed(1)} s, of it ${cpuSeconds.toFixed(1)} s of CPU (aim: under ${ALLOWED_SECONDS} s)`,
  );
  console.log(`resident    ${(process.resourceUsage().maxRSS / 1024).toFixed(0)} MB at most`);
  console.log(`report      ${(JSON.stringify(report).length / 1e3).toFixed(0)} kB`);
} finally {
  rmSync(folder, { recursive: true });
}
