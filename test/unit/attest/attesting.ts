import { Buffer } from 'node:buffer';
import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import { envelopeText, preAuthenticationEncoding } from '../../../src/attest/envelope.ts';
import { signatureOf } from '../../../src/attest/keys.ts';
import { payloadOf, type StatementRequest, statementOf } from '../../../src/attest/statement.ts';
import { type Question, verifyStatement } from '../../../src/attest/verify.ts';
import type { Decision } from '../../../src/model/decision.ts';
import type { ConfigDigests, Statement } from '../../../src/model/statement.ts';
import { clean, failed, type SyntheticRun, target } from '../../kit/evidence.ts';
import { decisionOf, INGEST, NOTHING_USED, runIn, runsIn } from '../decide/deciding.ts';

// Statements made in the test, from decisions that are really made, signed with keys that live as long as it does.

export type Keys = { readonly publicKey: KeyObject; readonly privateKey: KeyObject };

export const ed25519 = (): Keys => generateKeyPairSync('ed25519');
export const ecdsa = (namedCurve: string): Keys => generateKeyPairSync('ec', { namedCurve });
export const privatePem = ({ privateKey }: Keys): string =>
  privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
export const publicPem = ({ publicKey }: Keys): string => publicKey.export({ type: 'spki', format: 'pem' }).toString();

export const KEYS = ed25519();

const DAY_MS = 86_400_000;
const digest = (digit: string): string => digit.repeat(64);

export const CONFIG: ConfigDigests = {
  whole: digest('c'),
  policy: digest('1'),
  workloads: digest('2'),
  targets: digest('3'),
  contexts: digest('4'),
};
export const EVIDENCE = [
  { name: 'dedicated-1.ndjson', sha256: digest('a') },
  { name: 'serverless-1.ndjson', sha256: digest('b') },
];

/** `ingest` suits on dedicated and needs more runs on serverless compute; `transform` connects to nothing. */
export const MIXED: Decision = decisionOf([...runsIn('dedicated', 33), ...runsIn('serverless', 2)], {
  workloads: [INGEST, NOTHING_USED],
});

/** A run that writes a canary, and reads those of another context. */
const storing = (name: string, of: string | null, attempts = clean(15)): Partial<SyntheticRun> => ({
  targets: [target(), target({ name: 'lake', type: 'storage', digest: 'sha256:lake' })],
  attempts: [
    ...attempts.map((one) => ({ ...one, target: 'claims-db' })),
    ...clean(15).map((one) => ({
      ...one,
      target: 'lake',
      observation: {
        version: '1',
        wrote: `sha256:${name}`,
        read: of === null ? [] : [{ context: of, run: 'r', digest: `sha256:${of}` }],
      },
    })),
  ],
});

/** `ingest` cannot leave dedicated compute, and one storage lies between both: a hybrid, where what serverless wrote came back. */
export const storingRuns = ({ comesBack }: { readonly comesBack: boolean }): readonly SyntheticRun[] => [
  ...runsIn('dedicated', 33, storing('dedicated', null)),
  ...runsIn('serverless', 33, storing('serverless', 'dedicated', DOWN)),
  runIn('dedicated', 33, storing('dedicated', comesBack ? 'serverless' : null)),
];

export const DOWN = Array.from({ length: 15 }, () => failed('connection-refused'));

/** As small as one can be: a workload that is declared to connect to nothing, and no evidence. */
export const SMALL: Decision = decisionOf([], { workloads: [NOTHING_USED], contexts: [] });

export const daysAfter = (iso: string, days: number): string => new Date(Date.parse(iso) + days * DAY_MS).toISOString();

export const stated = (over: Partial<StatementRequest> = {}): Statement => {
  const decision = over.decision ?? MIXED;
  return statementOf({
    decision,
    evidence: EVIDENCE,
    config: CONFIG,
    commit: null,
    expiresAt: daysAfter(decision.decidedAt, 30),
    ...over,
  });
};

export function sealed(payload: Buffer, { privateKey }: Keys = KEYS): Buffer {
  const signature = signatureOf(preAuthenticationEncoding(payload), privateKey);
  return Buffer.from(envelopeText({ payload, signature }), 'utf8');
}

export const attested = (over: Partial<StatementRequest> = {}, keys: Keys = KEYS): Buffer =>
  sealed(payloadOf(stated(over)), keys);

export const ON_DEDICATED = { workload: 'ingest', context: 'dedicated' };

export const verifying = (envelope: Buffer, over: Partial<Question> = {}) =>
  verifyStatement({
    envelope,
    key: KEYS.publicKey,
    at: daysAfter(MIXED.decidedAt, 1),
    asked: () => [ON_DEDICATED],
    acceptLab: false,
    config: null,
    evidence: null,
    ...over,
  });

/** Each objection, its kind and the beginning of what it says. */
export const objectionsTo = async (envelope: Buffer, over: Partial<Question> = {}): Promise<readonly string[]> =>
  (await verifying(envelope, over)).objections.map(({ kind, says }) => `${kind}: ${says}`);
