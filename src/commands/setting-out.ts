import { loadConfig } from '../config/load.ts';
import type { References } from '../config/notes.ts';
import { type ConfigSource, readConfigFile } from '../config/read.ts';
import { parseSecrets } from '../config/secrets.ts';
import { GENERIC_RULE_IDS } from '../judge/rules/of-probe.ts';
import type { Config } from '../model/config.ts';
import { PROFILES, type Profile } from '../model/policy.ts';
import { PreflightError } from '../model/preflight-error.ts';
import { Redaction } from '../model/redaction.ts';
import type { Io } from './io.ts';

export type ConfigOptions = {
  readonly config?: string;
  readonly secretsStdin?: boolean;
  /** The end of standard input interrupts the run, and its first line is all that is read of it. */
  readonly endWithStdin?: boolean;
  readonly lab?: string;
};

export type SettingOut = {
  readonly config: Config;
  /** What it was read from. */
  readonly source: ConfigSource;
  readonly redaction: Redaction;
  /** The process environment, with the lab's own variables where a lab runs. */
  readonly env: Io['env'];
  readonly lab: string | null;
  [Symbol.asyncDispose](): Promise<void>;
};

/** The configuration of a command: a file, or the embedded lab with its own. */
export async function setOut(options: ConfigOptions, io: Io, references: References): Promise<SettingOut> {
  const lab = options.lab === undefined ? null : await startLab(options.lab);
  try {
    const env = { ...io.env, ...lab?.env };
    const source: ConfigSource =
      lab === null
        ? readConfigFile({ flag: options.config ?? null, env, cwd: io.cwd })
        : { path: `lab-${lab.kind}.yaml`, text: lab.configText };
    const secrets = await secretsOf(options, io);
    const config = loadConfig(source, {
      registry: await io.registry(),
      env,
      secrets,
      references,
      generalRules: GENERIC_RULE_IDS,
    });
    const redaction = redactionOf(config);
    io.redactBy(redaction);
    await prepareTargets(config);
    return {
      config,
      source,
      redaction,
      env,
      lab: lab?.kind ?? null,
      [Symbol.asyncDispose]: async () => lab?.[Symbol.asyncDispose](),
    };
  } catch (error) {
    await lab?.[Symbol.asyncDispose]();
    throw error;
  }
}

async function secretsOf(
  { secretsStdin, endWithStdin }: ConfigOptions,
  io: Io,
): Promise<Record<string, string> | null> {
  const text = endWithStdin === true ? await io.endWithStdin() : secretsStdin === true ? await io.readStdin() : '';
  return secretsStdin === true ? parseSecrets(text) : null;
}

/** A keystore that does not open is a mistake of the configuration and not the target's failure. */
async function prepareTargets({ path, targets }: Config): Promise<void> {
  for (const { name, bound } of targets) {
    try {
      await bound?.prepare?.();
    } catch (error) {
      if (!(error instanceof PreflightError)) throw error;
      throw new PreflightError(error.code, `${path}: targets.${name}: ${error.message}`, error.hint, { cause: error });
    }
  }
}

async function startLab(kind: string) {
  if (kind !== 'dedicated' && kind !== 'serverless') {
    throw new PreflightError('ERR_LAB_UNKNOWN', `no such lab: ${kind}`, 'The labs are `dedicated` and `serverless`.');
  }
  const { startLab } = await import('../../fixtures/lab.ts');
  return startLab(kind);
}

export function redactionOf(config: Config): Redaction {
  const redaction = new Redaction();
  for (const { value, weak } of config.secrets) redaction.add(value, weak);
  return redaction;
}

export function profileOf(flag: string | undefined, otherwise: Profile): Profile {
  if (flag === undefined) return otherwise;
  const profile = PROFILES.find((name) => name === flag);
  if (profile === undefined) {
    throw new PreflightError(
      'ERR_PROFILE_UNKNOWN',
      `no such profile: ${flag}`,
      `The profiles are ${PROFILES.join(', ')}.`,
    );
  }
  return profile;
}
