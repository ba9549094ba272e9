import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { loadConfig } from '../config/load.ts';
import { readConfigFile } from '../config/read.ts';
import { openEvidence } from '../evidence/skim.ts';
import { openFolder } from '../evidence/store.ts';
import { GENERIC_RULE_IDS } from '../judge/rules/of-probe.ts';
import type { Config } from '../model/config.ts';
import type { EvidenceFolder, RunHeader } from '../model/evidence.ts';
import type { Scope } from '../model/policy.ts';
import { PreflightError } from '../model/preflight-error.ts';
import { Redaction } from '../model/redaction.ts';
import { judgeFolder } from '../preflight.ts';
import { tellDefects } from './defect.ts';
import type { Io } from './io.ts';
import { destinationsOf, publish } from './publish.ts';
import { profileOf, redactionOf } from './setting-out.ts';

export type JudgeOptions = {
  readonly config?: string;
  readonly report: readonly string[];
  readonly profile?: string;
  readonly context?: string;
  readonly vantage?: string;
  readonly scope?: string;
};

/** `probe judge DIR`: the verdict again from saved evidence, with neither network nor secrets. */
export async function judge(path: string, options: JudgeOptions, io: Io): Promise<number> {
  const destinations = destinationsOf(options.report, io.cwd);
  const registry = await io.registry();
  const config = configIfThere(options, io, registry);
  const evidence = openEvidence(openFolder(path, 'read'));
  const latest = latestOf(evidence.folder, path, options);
  const { report, defects } = judgeFolder(
    {
      evidence,
      registry,
      config,
      policy: config?.policy ?? latest.run.policy,
      context: latest.run.context,
      profile: profileOf(options.profile ?? latest.run.profile, 'quick'),
      scope: scopeOf(options.scope ?? latest.run.scope),
      run: null,
      only: null,
    },
    new Date().toISOString(),
  );
  tellDefects(defects, io);
  publish(report, destinations, config === null ? new Redaction() : redactionOf(config), io);
  return report.exitCode;
}

/** Evidence carries what it was judged by; a configuration, where there is one, takes its place. */
function configIfThere(
  options: JudgeOptions,
  io: Io,
  registry: Parameters<typeof loadConfig>[1]['registry'],
): Config | null {
  const named = options.config ?? io.env['PROBE_CONFIG'];
  if (named === undefined && !existsSync(resolve(io.cwd, 'probe.yaml'))) return null;
  const source = readConfigFile({ flag: options.config ?? null, env: io.env, cwd: io.cwd });
  const load = (references: 'ignore' | 'offline') =>
    loadConfig(source, { registry, env: io.env, secrets: null, references, generalRules: GENERIC_RULE_IDS });
  const config = load('ignore');
  try {
    // where its references resolve, a target that connects elsewhere by now is told from the one in the evidence
    return load('offline');
  } catch (error) {
    if (!(error instanceof PreflightError)) throw error;
    return config;
  }
}

/** The latest run of the context and vantage asked for; an error that lists them where there is a choice. */
function latestOf({ headers, problems }: EvidenceFolder, folder: string, options: JudgeOptions): RunHeader {
  const wanted = headers.filter(
    ({ run }) =>
      (options.context === undefined || run.context.name === options.context) &&
      (options.vantage === undefined || run.context.vantage === options.vantage),
  );
  const kinds = new Set(wanted.map(({ run }) => `--context ${run.context.name} --vantage ${run.context.vantage}`));
  if (kinds.size > 1) {
    throw new PreflightError(
      'ERR_EVIDENCE_MIXED',
      `${folder} holds evidence of several contexts`,
      `Choose one: ${[...kinds].join(' | ')}`,
    );
  }
  const latest = wanted.at(-1);
  if (latest !== undefined) return latest;
  const found = problems.length > 0 ? `: ${problems.join('; ')}` : '';
  throw new PreflightError(
    'ERR_EVIDENCE_NONE',
    `${folder} holds no run of this context${found}`,
    'Name the folder that `probe all --evidence DIR` wrote to.',
  );
}

function scopeOf(text: string): Scope {
  if (text === 'run' || text === 'period') return text;
  throw new PreflightError('ERR_SCOPE_UNKNOWN', `no such scope: ${text}`, 'The scopes are `run` and `period`.');
}
