import { readFileSync } from 'node:fs';
import { dirname, isAbsolute, join } from 'node:path';
import { PreflightError } from '../model/preflight-error.ts';

export type ConfigSource = {
  /** As messages name it. */
  readonly path: string;
  /** Where relative paths in it start; the folder of `path` where it is not given. */
  readonly folder?: string;
  readonly text: string;
};

export type ConfigRequest = {
  /** The value of `--config`. */
  readonly flag: string | null;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
};

const HINT = 'write one with `probe init`, or name it with --config FILE or PROBE_CONFIG';

/** The configuration named by `--config`, else by PROBE_CONFIG, else `probe.yaml`. */
export function readConfigFile({ flag, env, cwd }: ConfigRequest): ConfigSource {
  const fromEnv = env['PROBE_CONFIG'];
  const [path, by] =
    flag !== null
      ? [flag, 'named by --config']
      : fromEnv !== undefined && fromEnv !== ''
        ? [fromEnv, 'named by PROBE_CONFIG']
        : ['probe.yaml', 'the default'];
  const place = isAbsolute(path) ? path : join(cwd, path);
  try {
    return { path, folder: dirname(place), text: readFileSync(place, 'utf8').replace(/^\uFEFF/, '') };
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    if (typeof code !== 'string') throw error;
    const why = code === 'ENOENT' ? 'there is no such file' : code === 'EISDIR' ? 'it is a folder' : code;
    throw new PreflightError('ERR_CONFIG_MISSING', `no configuration at ${path} (${by}): ${why}`, HINT, {
      cause: error,
    });
  }
}
