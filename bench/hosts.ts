// Two hundred executors of one job, a file each, judged by the built command beside one host that has made as many attempts alone: whole
// processes, interleaved. Two hundred are to be judged in under 10 s. The evidence is made in a temporary folder and removed at the end.
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { folderStore } from '../src/evidence/store.ts';
import { writeHosts } from '../test/kit/hosts.ts';

const HOSTS = Number(process.argv[2] ?? 200);
const ATTEMPTS = 30;
const ROUNDS = 10;
const ALLOWED_SECONDS = 10;

const folder = mkdtempSync(join(tmpdir(), 'probe-hosts-'));

/** The folder of so many hosts, which have made as many attempts together as any other number of them. */
function evidenceOf(hosts: number): string {
  const evidence = join(folder, `${hosts}`);
  mkdirSync(evidence);
  writeHosts(folderStore(evidence), {
    of: hosts,
    atMs: Date.now() - 3_600_000,
    attempts: (HOSTS * ATTEMPTS) / hosts,
  });
  return evidence;
}

type Judged = { readonly seconds: number; readonly attempts: number; readonly says: string | null };

function judged(evidence: string): Judged {
  const args = ['dist/cli.js', 'judge', evidence, '--vantage', 'executor', '--report', 'json'];
  const startedMs = performance.now();
  const { stdout, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8', maxBuffer: 2 ** 28 });
  const seconds = (performance.now() - startedMs) / 1_000;
  if (stdout === '') throw new Error(stderr);
  const report = JSON.parse(stdout);
  const complete = report.context.findings.find(({ rule }: { rule: string }) => rule === 'hosts/complete');
  return { seconds, attempts: report.targets[0].attempts.total, says: complete?.observed ?? null };
}

const median = (values: readonly number[]): number =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;

try {
  const [one, many] = [evidenceOf(1), evidenceOf(HOSTS)];
  const rounds = Array.from({ length: ROUNDS }, () => ({ alone: judged(one), together: judged(many) }));
  const [{ alone, together } = { alone: null, together: null }] = rounds;
  const [aloneSeconds, togetherSeconds] = [
    median(rounds.map((round) => round.alone.seconds)),
    median(rounds.map((round) => round.together.seconds)),
  ];
  console.log(`evidence    ${readdirSync(many).length} files beside ${readdirSync(one).length}`);
  console.log(`1 host      ${aloneSeconds.toFixed(2)} s for ${alone?.attempts} attempts`);
  console.log(
    `${HOSTS} hosts   ${togetherSeconds.toFixed(2)} s for ${together?.attempts} attempts: ${together?.says} (aim: under ${ALLOWED_SECONDS} s)`,
  );
  console.log(`ratio       ${(togetherSeconds / aloneSeconds).toFixed(2)} (${ROUNDS} rounds, interleaved)`);
} finally {
  rmSync(folder, { recursive: true });
}
