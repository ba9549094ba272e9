import { Buffer } from 'node:buffer';
import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { startTcpEcho } from '../../fixtures/echo/echo.ts';
import { envelopeText, openEnvelope, preAuthenticationEncoding } from '../../src/attest/envelope.ts';
import { signatureOf } from '../../src/attest/keys.ts';
import { payloadOf } from '../../src/attest/statement.ts';
import type { RunRecord } from '../../src/model/records.ts';
import { type Statement, statement } from '../../src/model/statement.ts';
import { evidenceIn, openWorkspace, type Workspace } from '../kit/cli.ts';
import { egress } from './targets.ts';

// A month of runs from one: what `probe all` wrote, on other hosts and at other hours.

const HOUR_MS = 3_600_000;
/** One more than a pass needs. */
const RUNS = 33;

export const configOf = (place: { readonly host: string; readonly port: number }, over: object = {}) => ({
  version: 1,
  sampling: { profile: 'gate', pace: '200/s' },
  targets: { 'claims-db': egress(place) },
  workloads: {
    'claims-ingest': { uses: ['claims-db'], connectsFrom: 'driver', duration: '40m', runsPerMonth: 720 },
    'member-360': { uses: 'none', stateless: true },
  },
  contexts: { dedicated: { ephemeral: false }, serverless: {} },
  policy: {},
  ...over,
});

export type Attesting = {
  readonly workspace: Workspace;
  readonly config: ReturnType<typeof configOf>;
  readonly signing: KeyObject;
  [Symbol.asyncDispose](): Promise<void>;
};

/** A workspace with `probe.yaml`, `runs`, `signing.pem` and `trusted.pem`: claims-ingest suits on dedicated, and was never tried elsewhere. */
export async function openAttesting(): Promise<Attesting> {
  const workspace = await openWorkspace();
  await using echo = await startTcpEcho();
  const config = configOf(echo);
  workspace.configure(config);
  const run = await workspace.probe(['all', '--context', 'dedicated', '--evidence', 'one']);
  if (run.exit !== 3)
    throw new Error(`one run of ${RUNS} is no verdict, and the exit code is ${run.exit}: ${run.stderr}`);
  mkdirSync(workspace.path('runs'));
  const begin = Date.now() - (RUNS + 1) * HOUR_MS;
  for (let index = 0; index < RUNS; index += 1) addRun(workspace, 'runs', { index, at: begin + index * HOUR_MS });
  const { publicKey, privateKey } = generateKeyPairSync('ed25519');
  workspace.write('signing.pem', privateKey.export({ type: 'pkcs8', format: 'pem' }).toString());
  workspace.write('trusted.pem', publicKey.export({ type: 'spki', format: 'pem' }).toString());
  return { workspace, config, signing: privateKey, [Symbol.asyncDispose]: () => workspace[Symbol.asyncDispose]() };
}

/** The one run once more, as of another time and host. */
export function addRun(
  workspace: Workspace,
  folder: string,
  { index, at }: { readonly index: number; readonly at: number },
): string {
  const records = evidenceIn(workspace.path('one'));
  const shiftMs = at - Date.parse(records[0]?.at ?? '');
  const moved = records.map((record) => {
    const shifted = { ...record, run: `run-${index}`, at: new Date(Date.parse(record.at) + shiftMs).toISOString() };
    return shifted.record === 'run' ? onHost(shifted, `host-${index}`) : shifted;
  });
  const name = `run-${String(index).padStart(2, '0')}.ndjson`;
  return workspace.write(`${folder}/${name}`, `${moved.map((record) => JSON.stringify(record)).join('\n')}\n`);
}

const onHost = (record: RunRecord, bootId: string): RunRecord => ({
  ...record,
  context: { ...record.context, bootId },
});

export const filesIn = (folder: string): readonly string[] => readdirSync(folder).map((name) => join(folder, name));

export const textOf = (path: string): string => readFileSync(path, 'utf8');

export const INGEST_ON_DEDICATED = ['--workload', 'claims-ingest', '--context', 'dedicated'] as const;

/** `attestation.json`, of `runs` and `probe.yaml`. */
export async function attestRuns({ workspace }: Attesting): Promise<void> {
  const args = ['attest', 'runs', '--key', 'signing.pem', '--output', 'attestation.json'];
  const { exit, stderr } = await workspace.probe(args);
  if (exit !== 0) throw new Error(stderr);
}

export function statementIn(envelope: Buffer): Statement {
  const payload = openEnvelope(envelope)?.payload;
  if (payload === undefined) throw new Error(`no envelope: ${envelope}`);
  return statement.parse(JSON.parse(payload.toString('utf8')));
}

/** `attestation.json` with a change, signed with the right key: not what the evidence decided. */
export function forge({ workspace, signing }: Attesting, name: string, change: (written: Statement) => void): string {
  const changed = statementIn(Buffer.from(textOf(workspace.path('attestation.json'))));
  change(changed);
  const payload = payloadOf(changed);
  const signature = signatureOf(preAuthenticationEncoding(payload), signing);
  return workspace.write(name, envelopeText({ payload, signature }));
}
