import { spawnSync } from 'node:child_process';
import process from 'node:process';

const required = (process.env['PROBE_REQUIRE_REAL'] ?? '').split(',').map((name) => name.trim());

/** True where the tests that need `name` are to be skipped; throws where PROBE_REQUIRE_REAL forbids that skip. */
export function requireTool(name: string, present: boolean): boolean {
  if (!present && required.includes(name))
    throw new Error(`PROBE_REQUIRE_REAL names ${name}, and it is not on this machine`);
  return !present;
}

/** Whether a command is on the PATH of this machine. */
export const onPath = (command: string): boolean =>
  spawnSync('sh', ['-c', `command -v ${command}`], { stdio: 'ignore' }).status === 0;
