import type { Context } from '../model/records.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/** Where a platform starts several of us at once: which one this is, and of how many. */
const NUMBERINGS = [
  // Of our own launcher, which starts one of us on each executor.
  { index: 'PROBE_PROCESS_INDEX', of: 'PROBE_PROCESSES' },
  // Kubernetes gives each pod of an Indexed Job its index, and no pod their count: the manifest states it.
  { index: 'JOB_COMPLETION_INDEX', of: 'PROBE_PROCESSES' },
  { index: 'CLOUD_RUN_TASK_INDEX', of: 'CLOUD_RUN_TASK_COUNT' },
] as const;

/** Half a numbering is none: an index without a count, or beyond it, would say that nothing is missing where something is. */
export function processIn(env: Environment): Context['process'] {
  for (const { index, of } of NUMBERINGS) {
    const found = { index: whole(env[index]), of: whole(env[of]) };
    if (found.index < found.of) return found;
  }
  return { index: 0, of: 1 };
}

const whole = (text: string | undefined): number => (/^\d{1,6}$/.test(text ?? '') ? Number(text) : Number.NaN);
