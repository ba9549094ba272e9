import { type Bracket, bracketOf, idleAsClient } from '../../analyze/bracket.ts';
import { isConcluded } from '../../analyze/holds.ts';
import type { HoldAnalysis } from '../../model/analysis.ts';
import type { Rule } from '../../model/probe.ts';
import { neededIdleMs, secondsText, sharedText } from '../idle-words.ts';
import { countOf, listText } from '../words.ts';

/** How long idle connections last on this way. It informs: `idle/survives` alone judges, and only as long as the workload idles. */
export const idleLimit: Rule<unknown, unknown> = {
  id: 'idle/limit',
  needs: [],
  required: ({ analysis }) =>
    idleAsClient(analysis.holds).length === 0 ? null : 'it is known how long an idle connection lasts',
  judge(input) {
    const { holds, target } = input.analysis;
    const idle = idleAsClient(holds);
    const bracket = bracketOf(idle);
    if (bracket === null) return { verdict: 'pass', observed: `${livedText(idle)}${sharedText(target)}`, cause: null };
    const observed = `${[bracketText(bracket, idle), ...contrastsTo(bracket, holds)].join('; ')}${sharedText(target)}`;
    const needed = neededIdleMs(input);
    return needed !== null && needed < bracket.withinMs
      ? { verdict: 'pass', observed, cause: null }
      : { verdict: 'warn', observed, cause: 'idle-limited' };
  },
};

function livedText(idle: readonly HoldAnalysis[]): string {
  const rungs = [...new Set(idle.map(({ plannedMs }) => plannedMs))];
  const count = idle.reduce((sum, hold) => sum + hold.count, 0);
  const tried = listText(rungs.map(secondsText), rungs.length);
  return `every idle connection lasted, for ${secondsText(Math.max(...rungs))} at the longest (${countOf(count, 'connection')}: ${tried})`;
}

const HOW: Readonly<Record<Bracket['outcome'], string>> = {
  closed: 'closed in order (FIN)',
  reset: 'with a reset',
  silent: 'silently',
};

function bracketText({ aboveMs, withinMs, outcome }: Bracket, idle: readonly HoldAnalysis[]): string {
  const when =
    aboveMs === 0 ? `within ${secondsText(withinMs)}` : `between ${secondsText(aboveMs)} and ${secondsText(withinMs)}`;
  return `drops ${when}, ${HOW[outcome]} (${rungsText(idle)})`;
}

/** Each rung with its outcomes: `4 s 3 alive, 8 s 3 silent`. */
function rungsText(idle: readonly HoldAnalysis[]): string {
  const rungs = new Map<number, string[]>();
  for (const { plannedMs, outcome, count } of idle)
    rungs.set(plannedMs, [...(rungs.get(plannedMs) ?? []), `${count} ${outcome}`]);
  return [...rungs].map(([plannedMs, outcomes]) => `${secondsText(plannedMs)} ${outcomes.join(' and ')}`).join(', ');
}

/** What would save such a connection, where it was tried for longer than the connection lasts. */
function contrastsTo({ withinMs }: Bracket, holds: readonly HoldAnalysis[]): readonly string[] {
  const asLong = holds.filter(({ plannedMs, outcome }) => plannedMs >= withinMs && isConcluded(outcome));
  const kept = asLong.filter(({ kind, keepalive }) => kind === 'idle' && keepalive !== 'as-client');
  const inUse = asLong.filter(({ kind }) => kind === 'in-use');
  return [...keepaliveText(kept, withinMs), ...inUseText(inUse)];
}

function keepaliveText(kept: readonly HoldAnalysis[], withinMs: number): readonly string[] {
  const intervals = new Set(kept.map(({ keepalive }) => (keepalive === 'as-client' ? 0 : keepalive.intervalMs)));
  return [...intervals].map((intervalMs) => {
    const of = kept.filter(({ keepalive }) => keepalive !== 'as-client' && keepalive.intervalMs === intervalMs);
    const saves = of.every(({ outcome }) => outcome === 'alive');
    if (saves) return `keepalive of ${secondsText(intervalMs)} saves it`;
    return `keepalive of ${secondsText(intervalMs)} ${intervalMs < withinMs ? 'does not save it' : 'comes too late for it'}`;
  });
}

function inUseText(inUse: readonly HoldAnalysis[]): readonly string[] {
  if (inUse.length === 0) return [];
  const lost = inUse.filter(({ outcome }) => outcome !== 'alive');
  const [first] = lost;
  if (first === undefined) return ['in use it lasts'];
  return [`in use it ends too: ${first.outcome} after ${secondsText(Math.min(first.plannedMs, first.afterMs))}`];
}
