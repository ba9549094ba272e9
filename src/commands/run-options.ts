import { hostname } from 'node:os';
import { detectContext } from '../context/detect.ts';
import type { Config } from '../model/config.ts';
import type { Profile, Scope } from '../model/policy.ts';
import { PreflightError } from '../model/preflight-error.ts';
import { type Context, VANTAGES, type Vantage } from '../model/records.ts';
import type { Io } from './io.ts';
import { readIfThere } from './read-if-there.ts';
import type { ConfigOptions } from './setting-out.ts';

export type RunOptions = ConfigOptions & {
  readonly report: readonly string[];
  readonly profile?: string;
  readonly context?: string;
  readonly vantage?: string;
  readonly evidence?: string;
  /** A folder without append or rename, which the evidence goes to in parts. */
  readonly publish?: string;
  readonly scope?: string;
  readonly workload: readonly string[];
  readonly type?: string;
  readonly requestedAt?: string;
};

export function contextOf(config: Config, options: RunOptions, lab: string | null, io: Io): Context {
  const detected = detectContext({
    env: io.env,
    readFile: readIfThere,
    hostname: hostname(),
    declared: config.contexts,
    name: options.context ?? lab,
    vantage: vantageOf(options.vantage),
  });
  return config.lab === null ? detected : { ...detected, bootId: config.lab.bootId };
}

function vantageOf(flag: string | undefined): Vantage {
  const vantage = VANTAGES.find((name) => name === (flag ?? 'driver'));
  if (vantage !== undefined) return vantage;
  throw new PreflightError(
    'ERR_VANTAGE_UNKNOWN',
    `no such vantage: ${flag}`,
    `The vantages are ${VANTAGES.join(', ')}.`,
  );
}

/** One run is judged alone where the context is declared stable and the look is quick, or where that is asked for. */
export function scopeOf(flag: string | undefined, context: Context, profile: Profile): Scope {
  if (flag !== undefined && flag !== 'run' && flag !== 'period') {
    throw new PreflightError('ERR_SCOPE_UNKNOWN', `no such scope: ${flag}`, 'The scopes are `run` and `period`.');
  }
  return flag ?? (!context.ephemeral && profile === 'quick' ? 'run' : 'period');
}

/** Names of the targets to try; null for all. */
export function chosen(names: readonly string[] | null, options: RunOptions, config: Config): readonly string[] | null {
  const workloads = options.workload.flatMap((name) => usedBy(name, config));
  if (options.type !== undefined) {
    const ofType = config.targets.filter(({ type }) => type === options.type).map(({ name }) => name);
    if (ofType.length > 0) return ofType;
    throw new PreflightError(
      'ERR_TARGET_UNKNOWN',
      `no target has the type ${options.type}`,
      'See `targets` in the configuration.',
    );
  }
  if (names !== null && names.length === 0) {
    throw new PreflightError(
      'ERR_TARGET_MISSING',
      'no target was named',
      'Name targets, or a type with --type, or use `probe all`.',
    );
  }
  if (options.workload.length > 0) return [...new Set(workloads)];
  return names;
}

function usedBy(name: string, config: Config): readonly string[] {
  const workload = config.workloads.find((other) => other.name === name);
  if (workload === undefined) {
    const known = config.workloads.map((other) => other.name).join(', ') || 'none';
    throw new PreflightError('ERR_WORKLOAD_UNKNOWN', `no such workload: ${name}`, `The workloads are: ${known}.`);
  }
  if (workload.uses === null || workload.uses === 'none' || workload.uses.length === 0) {
    throw new PreflightError(
      'ERR_WORKLOAD_EMPTY',
      `workload ${name} uses no target`,
      'There is nothing to try for it.',
    );
  }
  return workload.uses;
}
