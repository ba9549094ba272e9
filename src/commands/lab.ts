import { writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { PreflightError } from '../model/preflight-error.ts';
import { EXIT } from '../model/verdict.ts';
import type { Io } from './io.ts';
import { untilInterrupted } from './until-interrupted.ts';

/** `probe lab KIND`: keeps the embedded lab running and prints a configuration for it, until it is interrupted. */
export async function lab(kind: string, options: { readonly write?: string }, io: Io): Promise<number> {
  if (kind !== 'dedicated' && kind !== 'serverless') {
    throw new PreflightError('ERR_LAB_UNKNOWN', `no such lab: ${kind}`, 'The labs are `dedicated` and `serverless`.');
  }
  const { startLab } = await import('../../fixtures/lab.ts');
  await using running = await startLab(kind);
  const variables = Object.entries(running.env).map(([name, value]) => `export ${name}='${value}'`);
  if (options.write === undefined) io.out(running.configText);
  else writeFileSync(resolve(io.cwd, options.write), running.configText, { mode: 0o600, flag: 'wx' });
  io.err(
    `probe: the ${kind} lab runs; its secrets live as long as it does:\n${variables.join('\n')}\nEnd it with Ctrl-C.\n`,
  );
  await untilInterrupted(io);
  return EXIT.ok;
}
