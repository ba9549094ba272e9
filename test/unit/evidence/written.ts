import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { type EvidenceStore, openFolder } from '../../../src/evidence/store.ts';
import { beginRun } from '../../../src/evidence/write.ts';
import { DEFAULT_POLICY } from '../../../src/model/policy.ts';
import {
  type AttemptRecord,
  type RunRecord,
  runRecord as runSchema,
  type StopRecord,
} from '../../../src/model/records.ts';
import { Redaction } from '../../../src/model/redaction.ts';
import { type AttemptOver, attemptRecords, clean, context, instant, T0, target } from '../../kit/evidence.ts';

/** With every key that a record has by default. */
export const runRecord = (over: Partial<RunRecord> = {}): RunRecord =>
  runSchema.parse({
    record: 'run',
    schemaVersion: 1,
    run: 'run-0',
    at: instant(T0),
    tool: { name: 'preflight-probe', version: '0.0.0', digest: 'sha256:0' },
    profile: 'quick',
    scope: 'period',
    configDigest: 'sha256:c',
    policy: DEFAULT_POLICY,
    context: context(),
    invoker: {},
    targets: [target()],
    ...over,
  });

export const stopRecord = (run: string): StopRecord => ({
  record: 'stop',
  run,
  target: 'claims-db',
  at: instant(T0 + 60_000),
  reason: 'attempts',
});

export type WriteOver = {
  readonly run?: Partial<RunRecord>;
  readonly attempts?: readonly AttemptOver[];
  readonly redaction?: Redaction;
  /** Null for a run that was killed. */
  readonly end?: 'interrupted' | null;
};

/** Writes a run as the tool does; the attempts and the stop that were written. */
export function write(store: EvidenceStore, over: WriteOver = {}): (AttemptRecord | StopRecord)[] {
  const run = runRecord(over.run);
  const writer = beginRun(store, run, over.redaction ?? new Redaction());
  const attempts = attemptRecords(over.attempts ?? clean(3)).map((record) => ({ ...record, run: run.run }));
  const records = [...attempts, stopRecord(run.run)];
  for (const record of records) writer.write(record);
  if (over.end !== null) writer.end(instant(T0 + 61_000), over.end === 'interrupted');
  return records;
}

export type Folder = {
  readonly path: string;
  readonly store: EvidenceStore;
  names(): readonly string[];
  text(name: string): string;
  bytes(name: string): Buffer;
  put(name: string, content: string | Uint8Array): void;
};

/** A folder of its own for one test. */
export function folder(): Folder {
  const path = mkdtempSync(join(tmpdir(), 'probe-evidence-'));
  chmodSync(path, 0o700);
  onTestFinished(() => rmSync(path, { recursive: true }));
  return {
    path,
    store: openFolder(path, 'write'),
    names: () => readdirSync(path).sort(),
    text: (name) => readFileSync(join(path, name), 'utf8'),
    bytes: (name) => readFileSync(join(path, name)),
    put: (name, content) => writeFileSync(join(path, name), content),
  };
}

/** The only file of a folder. */
export function onlyFile(evidence: Folder): string {
  const [name, ...more] = evidence.names();
  if (name === undefined || more.length > 0) throw new Error('not one file');
  return name;
}
