import { z } from 'zod';
import { PreflightError } from '../model/preflight-error.ts';

const time = z.iso.datetime({ offset: true });

/** The clock of the platform and that of this machine are not one. */
const CLOCK_SLACK_MS = 5 * 60_000;

/** When the platform was asked for this run, in UTC; null where that was not said. `beganAt` is the beginning of the run. */
export function requestedAtOf(flag: string | undefined, beganAt: string): string | null {
  if (flag === undefined) return null;
  const read = time.safeParse(flag);
  if (!read.success) {
    throw new PreflightError(
      'ERR_REQUESTED_AT',
      `--requested-at: no time: ${flag}`,
      'Give an ISO 8601 time with its offset, such as 2026-11-24T08:00:00Z or 2026-11-24T09:00:00+01:00.',
    );
  }
  const at = Date.parse(read.data);
  if (at > Date.parse(beganAt) + CLOCK_SLACK_MS) {
    throw new PreflightError(
      'ERR_REQUESTED_AT',
      `--requested-at: ${flag} is more than 5 minutes after the beginning of this run (${beganAt})`,
      'A run is asked for before it begins: give the time at which the platform was asked for it.',
    );
  }
  return new Date(at).toISOString();
}
