import type { EvidenceStore } from '../../src/evidence/store.ts';
import type { AttemptRecord, WorkloadRecord } from '../../src/model/records.ts';
import { attemptRecords, context, folderOf, instant, run, T0, target } from './evidence.ts';

// A long history as files, each attempt a line as the writer would write it.

const EVERY_MS = 40 * 60_000;

export type HistorySize = {
  readonly runs: number;
  readonly attempts: number;
  readonly context?: string;
  readonly workloads?: readonly WorkloadRecord[];
  /** When its first run began, in milliseconds since 1970. */
  readonly fromMs?: number;
  /** The digest of its target as a configuration has it written. */
  readonly written?: string;
};

/** Writes a file a run, of a target that fails once in a thousand attempts; gives the time at which to judge. */
export function writeHistory(store: EvidenceStore, size: HistorySize): string {
  for (let index = 0; index < size.runs; index += 1) writeRun(store, index, size);
  return instant((size.fromMs ?? T0) + size.runs * EVERY_MS);
}

function writeRun(
  store: EvidenceStore,
  index: number,
  { attempts, context: name = 'serverless', workloads = [], fromMs = T0, written = 'sha256:w' }: HistorySize,
): void {
  const at = fromMs + index * EVERY_MS;
  const [header] = folderOf([
    run(index, [], {
      id: name === 'serverless' ? `run-${index}` : `${name}-run-${index}`,
      at,
      context: context({ name, ephemeral: name === 'serverless', bootId: `${name}-${index}` }),
      targets: [target({ type: 'tcp', written, stages: ['resolve', 'connect', 'request'] })],
      workloads,
    }),
  ]).headers;
  if (header === undefined || header.end === null) throw new Error('a run has a header and an end');
  const file = store.create(`${name}-${String(index).padStart(6, '0')}.ndjson`);
  file.append(JSON.stringify(header.run));
  const lines: string[] = [];
  for (let n = 1; n <= attempts; n += 1) lines.push(JSON.stringify(historyAttempt(header.run.run, n, at)));
  file.append(lines.join('\n'));
  const end = { ...header.end, at: instant(at + attempts * 100), records: attempts + 1 };
  file.append(JSON.stringify(end));
  file.close();
}

const [WHOLE] = attemptRecords([{}]);

/** The nth attempt of a run of that history. */
export function historyAttempt(runId: string, n: number, startedMs: number): AttemptRecord {
  if (WHOLE === undefined) throw new Error('an attempt to copy');
  // Elapsed times of all sizes, so that none of the percentiles is exact.
  const elapsedMs = (of: number) => ((n * of) % 977) / 10 + 0.123;
  const fails = n % 1_000 === 500;
  const server = '10.4.0.7:1433';
  return {
    ...WHOLE,
    run: runId,
    n,
    at: instant(startedMs + n * 100),
    outcome: fails ? 'failed' : 'succeeded',
    stages: [
      { stage: 'resolve', server: null, elapsedMs: elapsedMs(7), ok: true },
      { stage: 'connect', server, elapsedMs: elapsedMs(11), ok: !fails },
      ...(fails ? [] : [{ stage: 'request', server, elapsedMs: elapsedMs(13), ok: true } as const]),
    ],
    failure: fails
      ? { stage: 'connect', server, cause: 'connect-timeout', code: null, number: null, detail: 'no answer in 10 s' }
      : null,
    resolved: ['10.4.0.7'],
    egress: [`203.0.113.${n % 4}`],
    observation: fails ? null : { speaksFirst: false, closesInTurn: true, tlsProtocol: null, serverCertificate: null },
  };
}
