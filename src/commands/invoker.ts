import type { Io } from './io.ts';

/** Who started this, as far as the platform says so: job and run, never a person. */
const INVOKER_VARIABLES = [
  'DATABRICKS_JOB_ID',
  'DATABRICKS_RUN_ID',
  'GITHUB_RUN_ID',
  'CI_JOB_ID',
  'BUILD_BUILDID',
  // of our own launcher, which starts one of us on each of several hosts
  'PROBE_JOB',
] as const;

export function invokerOf(io: Io): Record<string, string> {
  const found = INVOKER_VARIABLES.flatMap((name) => {
    const value = io.env[name];
    return value === undefined ? [] : [[name, value.slice(0, 100)] as const];
  });
  return Object.fromEntries(found);
}
