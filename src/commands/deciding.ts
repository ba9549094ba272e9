import { readdirSync, readFileSync, statSync } from 'node:fs';
import { resolve } from 'node:path';
import { mergedStore } from '../evidence/merged.ts';
import { type Evidence, openEvidence } from '../evidence/skim.ts';
import { openFolder } from '../evidence/store.ts';
import type { Config } from '../model/config.ts';
import type { Decision } from '../model/decision.ts';
import { DEFAULT_POLICY, type Profile } from '../model/policy.ts';
import { PreflightError } from '../model/preflight-error.ts';
import { Redaction } from '../model/redaction.ts';
import { report as reportSchema } from '../model/report.ts';
import { placement } from '../placement.ts';
import type { Io } from './io.ts';
import { presentConfig } from './present-config.ts';
import { profileOf, redactionOf } from './setting-out.ts';

// From folders and a configuration to a decision, for the commands that need one.

/** The decision of the present, or of a moment, for whoever needs it. */
export async function decideFrom(
  paths: readonly string[],
  options: { readonly config?: string | null; readonly profile?: string },
  io: Io,
  at = new Date().toISOString(),
) {
  const registry = await io.registry();
  const config = presentConfig(options.config, io, registry);
  const redaction = config === null ? new Redaction() : redactionOf(config);
  io.redactBy(redaction);
  const evidence = openEvidence(
    mergedStore(paths.map((path) => ({ name: path, store: openFolder(folderAt(path, io), 'read') }))),
  );
  const latest = evidence.folder.headers.at(-1)?.run ?? null;
  if (config === null && latest === null) throw nothingThere(paths, evidence);
  const policy = config?.policy ?? latest?.policy ?? DEFAULT_POLICY;
  const profile = profileFor(options.profile, config, latest?.profile ?? 'gate');
  const remarks = paths.flatMap((path) => emptyRemark(path, io));
  const { decision, defects } = placement({ evidence, registry, config, policy, profile, remarks }, at);
  return { decision, defects, config, evidence, redaction };
}

/** `quick` is a look with numbers of its own; a placement goes by those that the workloads state. */
function profileFor(flag: string | undefined, config: Config | null, latest: string): Profile {
  if (flag === 'quick') {
    throw new PreflightError(
      'ERR_PROFILE_QUICK',
      'a decision cannot be made under the profile quick, which asks nothing that a workload states',
      'Use --profile gate or --profile strict.',
    );
  }
  const asked = profileOf(flag, config?.sampling.profile ?? profileOf(latest, 'gate'));
  return asked === 'quick' ? 'gate' : asked;
}

/** A report is a view of evidence, and its verdict is believed by nobody. */
function folderAt(path: string, io: Io): string {
  const absolute = resolve(io.cwd, path);
  if (statSync(absolute, { throwIfNoEntry: false })?.isFile() !== true) return absolute;
  const isReport = reportSchema.safeParse(jsonIn(absolute)).success;
  throw new PreflightError(
    isReport ? 'ERR_REPORT_IS_NO_EVIDENCE' : 'ERR_EVIDENCE_FOLDER',
    isReport
      ? `${path} is a report, and a decision is made from evidence alone`
      : `${path} is a file, and evidence is a folder`,
    'Name the folder that `probe all --evidence DIR` wrote to, of each context.',
  );
}

/** A folder above those that hold evidence is easily named. */
function emptyRemark(path: string, io: Io): Decision['remarks'] {
  const entries = readdirSync(resolve(io.cwd, path), { withFileTypes: true }).filter(
    ({ name }) => !name.startsWith('.'),
  );
  if (entries.some((entry) => !entry.isDirectory())) return [];
  const folders = entries.map(({ name }) => name);
  const inside =
    folders.length === 0
      ? 'nothing is in it'
      : `it holds folders alone, and those are not looked into: ${folders.join(', ')}`;
  return [
    { context: null, what: `${path} holds no evidence: ${inside}`, effect: 'nothing is known from it', runs: null },
  ];
}

function jsonIn(path: string): unknown {
  try {
    return JSON.parse(readFileSync(path, 'utf8'));
  } catch {
    return null;
  }
}

function nothingThere(paths: readonly string[], { folder: { problems } }: Evidence): PreflightError {
  const found = problems.length > 0 ? `: ${problems.join('; ')}` : '';
  return new PreflightError(
    'ERR_EVIDENCE_NONE',
    `there is no run in ${paths.join(', ')}, and no configuration that names workloads${found}`,
    'Name the folders that `probe all --evidence DIR` wrote to.',
  );
}
