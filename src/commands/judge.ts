import { openEvidence } from '../evidence/skim.ts';
import { openFolder } from '../evidence/store.ts';
import type { EvidenceFolder, RunHeader } from '../model/evidence.ts';
import type { Scope } from '../model/policy.ts';
import { PreflightError } from '../model/preflight-error.ts';
import { Redaction } from '../model/redaction.ts';
import { judgeFolder } from '../preflight.ts';
import { tellDefects } from './defect.ts';
import type { Io } from './io.ts';
import { presentConfig } from './present-config.ts';
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
  const config = presentConfig(options.config, io, registry);
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
