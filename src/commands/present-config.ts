import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { loadConfig } from '../config/load.ts';
import { readConfigFile } from '../config/read.ts';
import { GENERIC_RULE_IDS } from '../judge/rules/of-probe.ts';
import type { Config } from '../model/config.ts';
import { PreflightError } from '../model/preflight-error.ts';
import type { Registry } from '../model/probe.ts';
import type { Io } from './io.ts';

/**
 * Evidence carries what it was judged by; a configuration, where there is one, takes its place. Null where there is none; a flag of null asks
 * for none, whatever lies about.
 */
export function presentConfig(flag: string | null | undefined, io: Io, registry: Registry): Config | null {
  if (flag === null) return null;
  const named = flag ?? io.env['PROBE_CONFIG'];
  if (named === undefined && !existsSync(resolve(io.cwd, 'probe.yaml'))) return null;
  const source = readConfigFile({ flag: flag ?? null, env: io.env, cwd: io.cwd });
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
