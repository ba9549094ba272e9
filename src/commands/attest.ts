import { resolve } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { envelopeText, preAuthenticationEncoding } from '../attest/envelope.ts';
import { signatureOf, signingKey } from '../attest/keys.ts';
import { payloadOf, statementOf } from '../attest/statement.ts';
import { digestsOf } from '../evidence/digest.ts';
import { decision as decisionSchema } from '../model/decision.ts';
import { PreflightError } from '../model/preflight-error.ts';
import type { Statement } from '../model/statement.ts';
import { EXIT } from '../model/verdict.ts';
import { commitOf } from './attest/commit.ts';
import { configDigestsOf } from './attest/config-digests.ts';
import { writeWhole } from './attest/files.ts';
import { keyText } from './attest/key-text.ts';
import { expiryOf } from './attest/moments.ts';
import { redactingConfig } from './attest/redacting-config.ts';
import { decideFrom } from './deciding.ts';
import { tellDefects } from './defect.ts';
import type { Io } from './io.ts';

export type AttestOptions = {
  readonly key?: string;
  readonly unsigned?: boolean;
  readonly config?: string;
  readonly expires?: string;
  readonly commit?: string;
  readonly output?: string;
};

/** `probe attest DIR…`: what the evidence decides, as a signed statement. 0 whenever one was written, whatever it says. */
export async function attest(paths: readonly string[], options: AttestOptions, io: Io): Promise<number> {
  await redactingConfig(options.config, io);
  const write = writerOf(options, io);
  const commit = commitOf(options.commit, io);
  const before = filesIn(paths, io);
  const { decision, defects, config, redaction } = await decideFrom(paths, options, io);
  tellDefects(defects, io);
  if (defects.length > 0) return EXIT.defect;
  const evidence = filesIn(paths, io);
  if (!isDeepStrictEqual(before, evidence)) {
    throw new PreflightError(
      'ERR_EVIDENCE_CHANGED',
      'the evidence changed while it was read',
      'A run is still writing to it: attest when it has ended.',
    );
  }
  const statement = statementOf({
    decision: decisionSchema.parse(redaction.data(decision)),
    evidence,
    config: config === null ? null : configDigestsOf(config),
    commit,
    expiresAt: expiryOf(options.expires, decision.decidedAt, decision.policy.maxAgeSeconds),
  });
  write(payloadOf(statement));
  io.err(`probe: ${summary(statement)}\n`);
  return EXIT.ok;
}

/** What is to be signed goes out as it is where somebody else signs it; its bytes are the payload, so no line feed ends it. */
function writerOf({ key, unsigned, output }: AttestOptions, io: Io): (payload: Buffer) => void {
  if ((key === undefined) === (unsigned !== true)) {
    throw new PreflightError(
      'ERR_KEY_MISSING',
      key === undefined ? 'neither --key nor --unsigned was given' : 'both --key and --unsigned were given',
      'Sign with --key, or write the statement with --unsigned for a signer of your own.',
    );
  }
  const send = (text: Buffer) => (output === undefined ? io.out(text.toString('utf8')) : writeWhole(output, text, io));
  if (key === undefined) return send;
  const { pem, shown } = keyText(key, io);
  const signing = signingKey(pem, shown);
  return (payload) => {
    const signature = signatureOf(preAuthenticationEncoding(payload), signing);
    send(Buffer.from(envelopeText({ payload, signature }), 'utf8'));
  };
}

const filesIn = (paths: readonly string[], { cwd }: Io) => paths.flatMap((path) => digestsOf(resolve(cwd, path)));

function summary({ predicate: { workloads, expiresAt, lab } }: Statement): string {
  const placed = workloads.map(
    ({ name, placement }) => `${name} ${placement === null ? 'nowhere yet' : `on ${placement}`}`,
  );
  return `attested until ${expiresAt}${lab ? ', from evidence of a lab' : ''}: ${placed.join(', ') || 'no workload'}`;
}
