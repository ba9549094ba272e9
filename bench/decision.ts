// A long history of two contexts on disk, decided from its folder as `probe decide` does: 1,000 runs of 2,000 attempts, for 12 workloads, in
// under 30 s and 1 GB. The evidence is made in a temporary folder and removed at the end.
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { REGISTRY } from '../probes/index.ts';
import { openEvidence } from '../src/evidence/skim.ts';
import { folderStore } from '../src/evidence/store.ts';
import { DEFAULT_POLICY } from '../src/model/policy.ts';
import { placement } from '../src/placement.ts';
import { workload } from '../test/kit/evidence.ts';
import { writeHistory } from '../test/kit/long-history.ts';

const RUNS = Number(process.argv[2] ?? 1_000);
const ATTEMPTS = Number(process.argv[3] ?? 2_000);
const WORKLOADS = 12;
const ALLOWED_SECONDS = 30;
const ALLOWED_MB = 1_000;

const workloads = Array.from({ length: WORKLOADS }, (_, index) =>
  workload(`job-${index}`, ['claims-db'], { connectsFrom: 'driver', connectionsPerRun: index + 1 }),
);
const folder = mkdtempSync(join(tmpdir(), 'probe-decision-'));
try {
  const store = folderStore(folder);
  let decidedAt = '';
  for (const context of ['dedicated', 'serverless']) {
    decidedAt = writeHistory(store, { runs: RUNS / 2, attempts: ATTEMPTS, context, workloads });
  }
  const bytes = store.list().reduce((sum, name) => sum + statSync(join(folder, name)).size, 0);
  const startedMs = performance.now();
  const cpu = process.cpuUsage();
  const { decision } = placement(
    {
      evidence: openEvidence(store),
      registry: REGISTRY,
      config: null,
      policy: DEFAULT_POLICY,
      profile: 'gate',
      remarks: [],
    },
    decidedAt,
  );
  const seconds = (performance.now() - startedMs) / 1_000;
  const cpuSeconds = process.cpuUsage(cpu).user / 1e6;
  const cells = decision.workloads.flatMap((each) => each.cells);
  const count = (of: string) => cells.filter((cell) => cell.placement === of).length;
  console.log(`evidence    ${(bytes / 1e6).toFixed(0)} MB, ${RUNS} runs of ${ATTEMPTS} attempts, in two contexts`);
  console.log(
    `decided     ${cells.length} cells: ${count('suitable')} suitable, ${count('unsuitable')} unsuitable, ${count('undetermined')} undetermined`,
  );
  console.log(
    `time        ${seconds.toFixed(1)} s, of it ${cpuSeconds.toFixed(1)} s of CPU (aim: under ${ALLOWED_SECONDS} s)`,
  );
  console.log(
    `resident    ${(process.resourceUsage().maxRSS / 1024).toFixed(0)} MB at most (aim: under ${ALLOWED_MB} MB)`,
  );
  console.log(`decision    ${(JSON.stringify(decision).length / 1e3).toFixed(0)} kB`);
} finally {
  rmSync(folder, { recursive: true });
}
