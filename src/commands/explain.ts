import { nearest } from '../config/nearest.ts';
import { CAUSES, isCause } from '../model/causes.ts';
import { PreflightError } from '../model/preflight-error.ts';
import { EXIT } from '../model/verdict.ts';
import type { Io } from './io.ts';

/** `probe explain CODE`: what a cause means, who usually owns it, and what to do. */
export async function explain(code: string, io: Io): Promise<number> {
  if (!isCause(code)) {
    const guess = nearest(code, Object.keys(CAUSES));
    throw new PreflightError(
      'ERR_CAUSE_UNKNOWN',
      `no such cause: ${code}`,
      guess === null ? 'Causes stand in the findings of a report.' : `Did you mean ${guess}?`,
    );
  }
  const { title, meaning, inEphemeral, owner, action, decisive, leads } = CAUSES[code];
  const lines = [
    `${code}: ${title}`,
    '',
    meaning,
    ...(inEphemeral === null ? [] : [`On serverless compute: ${inEphemeral}`]),
    '',
    `Usually owned by: ${owner}`,
    `What to do: ${action}`,
    `Leads to: ${leads}${decisive === null ? '' : ', without a minimum of runs'}`,
  ];
  io.out(`${lines.join('\n')}\n`);
  return EXIT.ok;
}
