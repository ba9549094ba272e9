import { resolve } from 'node:path';
import { trustedKey } from '../attest/keys.ts';
import { type Question, verifyStatement } from '../attest/verify.ts';
import { digestsOf } from '../evidence/digest.ts';
import { type Decision, decision as decisionSchema } from '../model/decision.ts';
import { EXIT } from '../model/verdict.ts';
import { askedIn } from './attest/asked.ts';
import { configDigestsOf } from './attest/config-digests.ts';
import { bytesOf } from './attest/files.ts';
import { keyText } from './attest/key-text.ts';
import { momentOf } from './attest/moments.ts';
import { redactingConfig } from './attest/redacting-config.ts';
import { verificationLines } from './attest/words.ts';
import { decideFrom } from './deciding.ts';
import { tellDefects } from './defect.ts';
import type { Io } from './io.ts';

export type VerifyOptions = {
  readonly key?: string;
  readonly workload: readonly string[];
  readonly context: readonly string[];
  readonly evidence: readonly string[];
  readonly config?: string;
  readonly at?: string;
  readonly bundle: readonly string[];
  readonly task: readonly string[];
  readonly compute: readonly string[];
  readonly acceptLab?: boolean;
  readonly verbose?: boolean;
};

/** `probe verify FILE`: 0 only when all that is asked holds, 1 where something of it does not, 3 where that is not known. */
export async function verify(file: string, options: VerifyOptions, io: Io): Promise<number> {
  const config = await configIn(options, io);
  const { pem, shown } = keyText(options.key, io);
  const question: Question = {
    envelope: bytesOf(file, io),
    key: trustedKey(pem, shown),
    at: momentOf(options.at, new Date()),
    asked: askedIn(options, io),
    acceptLab: options.acceptLab === true,
    config,
    evidence: evidenceIn(options, io),
  };
  const found = await verifyStatement(question);
  io.out(
    verificationLines(found, { verbose: options.verbose === true })
      .map((line) => `${line}\n`)
      .join(''),
  );
  if (found.objections.some(({ kind }) => kind === 'refused')) return EXIT.fail;
  return found.objections.length > 0 ? EXIT.inconclusive : EXIT.ok;
}

/** Named or not at all: what lies in this folder, or in the environment, is not what whoever asks has named. */
async function configIn({ config: path }: VerifyOptions, io: Io): Promise<Question['config']> {
  const config = await redactingConfig(path ?? null, io);
  return config === null ? null : configDigestsOf(config);
}

function evidenceIn(options: VerifyOptions, io: Io): Question['evidence'] {
  const { evidence: paths, config = null } = options;
  if (paths.length === 0) return null;
  return {
    files: paths.flatMap((path) => digestsOf(resolve(io.cwd, path))),
    async decide(at): Promise<Decision> {
      const { decision, defects, redaction } = await decideFrom(paths, { config }, io, at);
      tellDefects(defects, io);
      return decisionSchema.parse(redaction.data(decision));
    },
  };
}
