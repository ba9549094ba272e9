import { EXIT } from '../model/verdict.ts';
import type { Io } from './io.ts';
import { type ConfigOptions, setOut } from './setting-out.ts';

/** `probe check`: everything about the configuration that needs no network. */
export async function check(
  options: ConfigOptions & { readonly offlineReferences?: boolean },
  io: Io,
): Promise<number> {
  await using out = await setOut(options, io, options.offlineReferences === true ? 'offline' : 'resolve');
  const { config, redaction } = out;
  for (const warning of config.warnings) io.err(`warning: ${redaction.text(warning)}\n`);
  const unbound = config.targets.filter(({ bound }) => bound === null).length;
  const rest = unbound === 0 ? '' : `, ${unbound} of them only as far as their references resolve here`;
  io.out(
    redaction.text(
      `${config.path}: ${config.targets.length} targets and ${config.workloads.length} workloads are in order${rest}\n`,
      { freeText: false },
    ),
  );
  return EXIT.ok;
}
