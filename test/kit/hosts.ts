import type { EvidenceStore } from '../../src/evidence/store.ts';
import { type AttemptOver, clean, context, folderOf, run, type SyntheticRun, target } from './evidence.ts';

// The evidence of processes that a launcher has started at once, one on each of several hosts: a file each, as the writer would write it.

/** What is different about a host. */
export type Host = {
  readonly egress?: string;
  readonly attempts?: readonly AttemptOver[];
  /** `null`: it was killed before it wrote its end. */
  readonly end?: null;
};

type Hosts = {
  readonly of: number;
  /** When they were started, in milliseconds since 1970. */
  readonly atMs: number;
  /** Of each host, where it is not said otherwise. */
  readonly attempts: number;
  /** Null where a host has left no file. */
  readonly host?: (index: number) => Host | null;
};

const APART_MS = 20;
const TCP = { speaksFirst: false, closesInTurn: true, tlsProtocol: null, serverCertificate: null };
const INVOKER = { PROBE_JOB: 'nightly-42' };

export function writeHosts(store: EvidenceStore, { of, atMs, attempts, host = () => ({}) }: Hosts): void {
  for (let index = 0; index < of; index += 1) {
    const here = host(index);
    if (here === null) continue;
    const { egress = '203.0.113.9', end } = here;
    writeRun(
      store,
      run(index, (here.attempts ?? clean(attempts)).map(observing(egress)), {
        at: atMs + index * APART_MS,
        context: context({
          vantage: 'executor',
          bootId: `boot-${index}`,
          process: { index, of },
          host: { hostname: `worker-${index}` },
        }),
        targets: [target({ type: 'tcp', stages: ['connect'] })],
        ...(end === undefined ? {} : { end }),
      }),
    );
  }
}

const observing =
  (egress: string) =>
  (over: AttemptOver): AttemptOver => ({ egress: [egress], observation: TCP, ...over });

/** As a file of its own. */
function writeRun(store: EvidenceStore, one: SyntheticRun): void {
  const folder = folderOf([one]);
  const [header] = folder.headers;
  if (header === undefined) throw new Error('a run has a header');
  const records = [{ ...header.run, invoker: INVOKER }, ...folder.records(new Set([one.id]))];
  const end = header.end === null ? [] : [{ ...header.end, records: records.length }];
  const file = store.create(`${one.id}.ndjson`);
  file.append([...records, ...end].map((record) => JSON.stringify(record)).join('\n'));
  file.close();
}
