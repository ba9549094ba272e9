import { isDeepStrictEqual } from 'node:util';
import type { Analysis } from '../model/analysis.ts';
import type { Config, ConfiguredTarget, Workload } from '../model/config.ts';
import type { DeclaredWorkload, Gap, Present } from '../model/policy.ts';
import type { TargetRecord, WorkloadRecord } from '../model/records.ts';
import { demandOf } from './demand.ts';
import { digestOf, writtenDigestOf } from './target.ts';

/**
 * Targets of which the present configuration asks something else than the evidence says; where both agree the evidence speaks for itself,
 * so that judging a folder again gives the report of its run.
 */
export function presentOf(config: Config, analysis: Analysis): ReadonlyMap<string, Present> {
  const present = new Map<string, Present>();
  for (const { target } of analysis.targets) {
    const configured = config.targets.find(({ name }) => name === target.name);
    if (configured === undefined) continue;
    const asked = {
      requirement: configured.requirement,
      expect: configured.expect,
      demand: demandOf(target.name, config.workloads),
    };
    const recorded = { requirement: target.requirement, expect: target.expect, demand: target.demand };
    if (!isDeepStrictEqual(plain(asked), plain(recorded))) present.set(target.name, asked);
  }
  return present;
}

/**
 * Targets of the configuration that no evidence speaks of. Where its references do not resolve a target is compared as it is written: what
 * is behind a reference may be another one by now, and only where it resolves that can be told.
 */
export function gapsOf(config: Config, analysis: Analysis): readonly Gap[] {
  return config.targets.flatMap((configured): readonly Gap[] => {
    const tried = analysis.targets.find(({ target }) => target.name === configured.name);
    if (tried === undefined) {
      return isAskedFor(configured.name, config, analysis) ? [{ target: configured.name, why: 'never-tried' }] : [];
    }
    const why = changeOf(configured, tried.target);
    return why === null ? [] : [{ target: configured.name, why }];
  });
}

/** A driver is to try everything; of another place only what connects from there is asked. */
const isAskedFor = (target: string, { workloads }: Config, { context: { vantage } }: Analysis): boolean =>
  vantage === 'driver' ||
  workloads.some(({ uses, connectsFrom }) => connectsFrom === vantage && uses !== 'none' && uses?.includes(target));

function changeOf(configured: ConfiguredTarget, { type, digest, written }: TargetRecord): Gap['why'] | null {
  if (type !== configured.type) return 'connects-elsewhere';
  if (configured.bound !== null) return digestOf(configured, configured.bound) === digest ? null : 'connects-elsewhere';
  if (written === null) return 'cannot-be-compared';
  return writtenDigestOf(configured) === written ? null : 'connects-elsewhere';
}

/** The workloads as the present configuration declares them, else as the evidence does; said which only where they differ, as above. */
export function workloadsOf(config: Config | null, analysis: Pick<Analysis, 'workloads'>): readonly DeclaredWorkload[] {
  const recorded = analysis.workloads.map((workload) => ({ workload, judgedBy: 'evidence' as const }));
  if (config === null) return recorded;
  return config.workloads.map(
    (asked) =>
      recorded.find(({ workload }) => isDeepStrictEqual(plain(workload), plain(workloadRecordOf(asked)))) ?? {
        workload: workloadRecordOf(asked),
        judgedBy: 'config',
      },
  );
}

export const workloadRecordOf = ({ uses, needs, ...workload }: Workload): WorkloadRecord => ({
  ...workload,
  needs: [...needs],
  uses: uses === null || uses === 'none' ? uses : [...uses],
});

const plain = (value: unknown): unknown => JSON.parse(JSON.stringify(value));
