const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

const dayOf = (at: Date): string => `${at.getUTCDate()} ${MONTHS[at.getUTCMonth()]}`;
const timeOf = (at: Date): string => at.toISOString().slice(11, 16);

/** `24 Nov 08:00`, in UTC. */
export const momentText = (iso: string): string => `${dayOf(new Date(iso))} ${timeOf(new Date(iso))}`;

/** `24 Nov 14:02 to 14:19`, with the second day where it is another. */
export function periodText(from: string, to: string | null): string {
  if (to === null) return `since ${momentText(from)}`;
  const isOneDay = dayOf(new Date(from)) === dayOf(new Date(to));
  return `${momentText(from)} to ${isOneDay ? timeOf(new Date(to)) : momentText(to)}`;
}

/** `14:02 to 14:19`, where both lie on one day. */
export function hoursText(from: string, to: string | null): string {
  const isOneDay = to !== null && dayOf(new Date(from)) === dayOf(new Date(to));
  return isOneDay ? `${timeOf(new Date(from))} to ${timeOf(new Date(to))}` : periodText(from, to);
}

export function elapsedText(elapsedMs: number): string {
  if (elapsedMs < 10) return `${elapsedMs.toFixed(1)} ms`;
  if (elapsedMs < 1_000) return `${Math.round(elapsedMs)} ms`;
  return elapsedMs < 10_000 ? `${(elapsedMs / 1_000).toFixed(1)} s` : `${Math.round(elapsedMs / 1_000)} s`;
}
