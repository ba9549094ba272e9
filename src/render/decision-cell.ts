import type { Blocker, Cell, Decision } from '../model/decision.ts';
import { type CellTerms, NO_TERMS, termsOf } from './decision-terms.ts';
import { instantText, moneyText, named, ofTarget, spanText } from './decision-words.ts';
import { actionRows } from './findings.ts';
import { countOf, row, titled } from './layout.ts';
import { runsRow } from './target-rows.ts';

/** One workload in one context; with what the decision that it stands in says of it besides. */
export const renderCell = (cell: Cell, decision: Decision | null = null): string =>
  `${cellRows(cell, decision === null ? NO_TERMS : termsOf(decision, cell)).join('\n')}\n`;

/** The placement with its reason; what keeps it from a better one; what was passed over; what it costs. */
export function cellRows(cell: Cell, { currency, since }: CellTerms): string[] {
  return [
    ...titled(cell.placement.toUpperCase(), `${placeOf(cell)}: ${cell.why}`),
    ...cell.waived.flatMap(waivedRow),
    ...since.flatMap((text) => row('SINCE', text)),
    ...cell.blockers.flatMap((blocker) => blockerRows('blocker', blocker)),
    ...cell.missing.flatMap(missingRow),
    ...cell.warnings.flatMap((warning) => blockerRows('warning', warning)),
    ...(cell.placement === 'suitable' ? [] : runsRow(cell)),
    ...(cell.needed?.withinMaxRuns === false ? row('max runs', 'policy.maxRuns leaves no room for so many runs') : []),
    ...marginRow(cell),
    ...costRow(cell.cost, currency),
  ];
}

function placeOf({ context, vantage, declared }: Cell): string {
  const from = vantage === null ? 'no vantage declared' : `from the ${vantage}`;
  return `${context} (${declared ? 'declared, nothing was tried' : from})`;
}

const waivedRow = ({ target, rule, verdict, observed, until, approvedBy, ticket, reason }: Cell['waived'][number]) =>
  row(
    'WAIVED',
    `${target}: ${verdict.toUpperCase()} ${observed} [${rule}] Waived until ${instantText(until)} by ${approvedBy}, ${ticket}: ${reason}`,
  );

function blockerRows(label: string, blocker: Blocker): string[] {
  const { target, observed, required, action, owner } = blocker;
  const ownerAlone = action === null && owner !== null ? row('owner', owner) : [];
  return [
    ...row(label, `${ofTarget(target, observed)} ${named(blocker)}`),
    ...row('asked', required),
    ...actionRows(blocker),
    ...ownerAlone,
  ];
}

/** Most sentences of what is missing name their target themselves. */
function missingRow({ target, rule, what }: Cell['missing'][number]): string[] {
  const isNamed = target !== null && what.includes(target);
  return row('missing', `${isNamed ? what : ofTarget(target, what)} [${rule}]`);
}

function marginRow({ badRunsToLose }: Cell): string[] {
  if (badRunsToLose === null) return [];
  const runs = badRunsToLose === 1 ? 'one more bad run' : `${countOf(badRunsToLose, 'more bad run')} one after another`;
  return row('margin', `${runs} would take away the pass of its failure rate`);
}

function costRow(
  { perMonth, billedHours, startupSeconds, startupFrom, missing }: Cell['cost'],
  currency: string | null,
) {
  const parts = [
    perMonth === null ? 'not known' : `${moneyText(perMonth, currency)} a month`,
    ...(billedHours === null ? [] : [`${billedHours.toFixed(1)} h a month are paid for`]),
    ...(startupSeconds === null ? [] : [`${spanText(startupSeconds)} to start (${startupFrom ?? 'unknown'})`]),
  ];
  return row('cost', `${parts.join(', ')}${missing.length === 0 ? '' : `; missing: ${missing.join(', ')}`}`);
}
