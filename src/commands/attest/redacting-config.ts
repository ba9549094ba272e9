import type { Config } from '../../model/config.ts';
import type { Io } from '../io.ts';
import { presentConfig } from '../present-config.ts';
import { redactionOf } from '../setting-out.ts';

/** The present configuration, read before anything is said: a message that quotes an argument must show no secret of it. */
export async function redactingConfig(flag: string | null | undefined, io: Io): Promise<Config | null> {
  const config = presentConfig(flag, io, await io.registry());
  if (config !== null) io.redactBy(redactionOf(config));
  return config;
}
