import { clausesText, countOf, listText } from '../judge/words.ts';
import type { Blocker, Cell } from '../model/decision.ts';
import type { WorkloadRecord } from '../model/records.ts';

/** A cell as one sentence. */
export function whyOf(cell: Omit<Cell, 'why'>, { name }: Pick<WorkloadRecord, 'name'>): string {
  switch (cell.placement) {
    case 'unsuitable':
      return `${name} cannot run in ${cell.context} as it is: ${listText([...new Set(cell.blockers.map(blockerText))])}.${waivedText(cell)}`;
    case 'undetermined':
      return `Whether ${name} can run in ${cell.context} is not known: missing is ${clausesText(cell.missing.map(({ what }) => what))}.${waivedText(cell)}`;
    case 'suitable':
      return `${name} can run in ${cell.context}: ${groundsOf(cell)}.${waivedText(cell)}`;
    default:
      return cell.placement satisfies never;
  }
}

export const blockerText = ({ target, cause, rule }: Blocker): string =>
  `${cause ?? rule}${target === null ? '' : ` at ${target}`}`;

const RATE = 'stability/failure-rate';

function groundsOf({ declared, blocks, waived }: Omit<Cell, 'why'>): string {
  if (declared) return 'it was declared to connect to nothing and to keep nothing, and nothing was tried for it';
  if (blocks === null) return 'all that is asked of its targets holds, or is waived';
  const left = waived.filter(({ rule }) => rule === RATE).map(({ target }) => target);
  const where = left.length === 0 ? '' : `leaving out ${listText(left)}, whose failure rate is waived, `;
  return (
    `${where}${blocks.met} of ${countOf(blocks.counted, 'independent run')} met a failure, ` +
    `so that with 95 % confidence at most ${blocks.ofRunsPerMonth} runs a month fail`
  );
}

const waivedText = ({ waived }: Omit<Cell, 'why'>): string =>
  waived.length === 0
    ? ''
    : ` Waived: ${listText(waived.map(({ rule, target, ticket, until }) => `${rule} at ${target} (${ticket}, until ${until.slice(0, 10)})`))}.`;
