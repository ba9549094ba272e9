import type { ServerFootprint } from './probe.ts';
import type { HoldRequest } from './records.ts';

/** Connections of each rung, where nothing is written: one alone may be dropped for a reason of its own. */
export const HOLD_SOCKETS = 3;

/** What a hold costs a server at most. A member of a group has a connection to its coordinator too. */
export function shareOfHold(
  { kind }: Pick<HoldRequest, 'kind'>,
  { connections, logins }: Pick<ServerFootprint, 'connections' | 'logins'>,
): { readonly connections: number; readonly logins: number } {
  const most = kind === 'membership' ? 2 : 1;
  return { connections: Math.min(most, connections), logins: Math.min(most, logins) };
}

const MOST_UNUSED_MS = 5_000;
const LEAST_USES = 10;

/** How often a connection in use is used: every few seconds, and often enough to tell where in a short hold it died. */
export const useEveryMs = (plannedMs: number): number => Math.min(MOST_UNUSED_MS, plannedMs / LEAST_USES);
