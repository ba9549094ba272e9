import { z } from 'zod';
import { PreflightError } from '../../model/preflight-error.ts';
import { spanMs } from '../../model/settings.ts';

const SPAN = spanMs();
const INSTANT = z.iso.datetime({ offset: true });
const DATE = z.iso.date();

/** A statement is believed for as long as evidence is, counted from the decision. */
export function expiryOf(flag: string | undefined, decidedAt: string, maxAgeSeconds: number): string {
  const maxAgeMs = maxAgeSeconds * 1_000;
  const ms = flag === undefined ? maxAgeMs : spanOf(flag);
  if (ms > maxAgeMs) {
    throw new PreflightError(
      'ERR_EXPIRES',
      `--expires ${flag} is longer than policy.maxAge (${maxAgeSeconds / 86_400} days)`,
      'A statement is believed no longer than evidence is: shorten it, or lengthen policy.maxAge.',
    );
  }
  return new Date(Date.parse(decidedAt) + ms).toISOString();
}

function spanOf(text: string): number {
  const read = SPAN.safeParse(text);
  if (read.success && read.data > 0) return read.data;
  throw new PreflightError('ERR_EXPIRES', `--expires ${text} is no span`, 'A span has a unit, such as 30d or 12h.');
}

/** A date means the end of that day: a statement made on it is known by then, and one that ended on it no longer counts. */
export function momentOf(flag: string | undefined, now: Date): string {
  if (flag === undefined) return now.toISOString();
  if (INSTANT.safeParse(flag).success) return new Date(flag).toISOString();
  if (DATE.safeParse(flag).success) return `${flag}T23:59:59.999Z`;
  throw new PreflightError(
    'ERR_AT',
    `--at ${flag} is no date`,
    'A date is written 2026-11-24, and a time 2026-11-24T08:00:00Z.',
  );
}
